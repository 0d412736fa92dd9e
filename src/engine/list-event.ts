/** What an event of a feed says about a row of a list. Pure. */
import { isObject, kindOf, type JsonObject } from '../json.js';
import { toDateTime } from '../shape/timestamp.js';
import type { ListFeed } from '../streams.js';

/** A row of a list, as an event reports it. */
export interface RowEvent {
  readonly kind: 'written' | 'deleted';
  /** The whole row as it was at the event. */
  readonly row: JsonObject;
  /** When the row was deleted, as an ISO time in UTC; null for a row that exists. */
  readonly deletedAt: string | null;
}

/** An event that says nothing certain about a row. The row stays as it is. */
export interface UnusableEvent {
  readonly kind: 'unusable';
  readonly reason: string;
  readonly event: unknown;
}

/**
 * Reads an event for the list that its feed keeps.
 *
 * @param feed the feed, as the list declares it
 * @param event as the API sent it (`docs/api.md`, "Events")
 */
export function readListEvent(feed: ListFeed, event: unknown): RowEvent | UnusableEvent {
  const unusable = (reason: string): UnusableEvent => ({ kind: 'unusable', reason, event });
  if (!isObject(event)) return unusable('the event is not an object');
  const row = event[feed.snapshot];
  const kind = event['event'];
  if (kind !== 'create' && kind !== 'update' && kind !== 'destroy')
    return unusable('the event is not create, update or destroy');
  if (!isObject(row))
    return unusable(`the event's ${feed.snapshot} is ${kindOf(row)}, not an object`);
  if (kind !== 'destroy') return { kind: 'written', row, deletedAt: null };
  const deletedAt = timeOf(event);
  if (deletedAt === null) return unusable("the event's created_at is not a date-time");
  return { kind: 'deleted', row, deletedAt };
}

/**
 * Returns the time of an event in ms since 1970.
 *
 * @returns null if it has none that can be read
 */
export function eventTime(event: unknown): number | null {
  const time = isObject(event) ? timeOf(event) : null;
  return time === null ? null : Date.parse(time);
}

function timeOf(event: JsonObject): string | null {
  const time = event['created_at'];
  return typeof time === 'string' ? toDateTime(time) : null;
}
