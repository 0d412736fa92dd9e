/** The events of a feed. Past events are computed from the history, new events are stored. */

import type { History, PastEvent } from './history.js';
import type { PastColumn } from './past-values.js';
import type { Row, RowMeta } from './row.js';
import type { Tenant } from './tenant.js';
import { formatTimestamp } from './times.js';
import * as words from './words.js';

const FIRST_EVENT_ID = 90_000_000;

export type EventKind = 'create' | 'update' | 'destroy';

/** What an event is about. */
export interface EventFact {
  readonly kind: EventKind;
  readonly row: Row;
  /** As in the event. */
  readonly createdAt: string;
}

/** What the events of a feed are made from. */
export interface FeedSource {
  readonly stream: string;
  /** The key of the snapshot in an event. */
  readonly snapshot: string;
  readonly history: History;
  readonly tenant: Tenant;
  readonly pastColumns: readonly PastColumn[];
  /** Makes the row that a past event is about, as it is now. */
  makeRow(event: PastEvent, created: number, updated: number): Row;
  /** Makes the cells of an event that other feeds do not have. */
  makeExtras(number: number, meta: RowMeta): Row;
  addQuirks(row: Row, index: number): Row;
  /** Returns the event, or a malformed variant of it. */
  corrupt(event: Row, number: number): unknown;
}

export class Feed {
  readonly #source: FeedSource;
  /** The events since the simulated past, and what they are about; raw ones are about nothing. */
  readonly #newEvents: { readonly event: unknown; readonly fact?: EventFact }[] = [];

  constructor(source: FeedSource) {
    this.#source = source;
  }

  /** The key of the snapshot in an event. */
  get snapshot(): string {
    return this.#source.snapshot;
  }

  /** How many events there are, old and new. */
  get count(): number {
    return this.#source.history.events + this.#newEvents.length;
  }

  /** Returns the events with the numbers `from` to `to` - 1 as they are sent, oldest first. */
  slice(from: number, to: number): unknown[] {
    const events: unknown[] = [];
    for (let number = from; number < Math.min(to, this.count); number++) {
      events.push(this.#eventAt(number));
    }
    return events;
  }

  /** Yields all events as they are sent, oldest first. */
  *all(): Generator {
    for (let number = 0; number < this.count; number++) yield this.#eventAt(number);
  }

  /** Yields what the events are about, oldest first. */
  *facts(): Generator<EventFact> {
    const { history } = this.#source;
    for (let number = 0; number < history.events; number++) yield this.#pastEvent(number).fact;
    for (const { fact } of this.#newEvents) if (fact) yield fact;
  }

  /** Returns the id of an event. The event itself may omit it. */
  idOf(number: number): number {
    return FIRST_EVENT_ID + number * 2;
  }

  /** Returns how many events there are up to an id, the event with this id included. */
  countUpTo(id: number): number {
    return Math.floor((id - FIRST_EVENT_ID) / 2) + 1;
  }

  #eventAt(number: number): unknown {
    const { events } = this.#source.history;
    if (number >= events) return this.#newEvents[number - events]?.event;
    return this.#source.corrupt(this.#pastEvent(number).event, number);
  }

  #pastEvent(number: number): { event: Row; fact: EventFact } {
    const { history, tenant, stream, snapshot } = this.#source;
    const past = history.eventAt(number);
    const time = history.timeOfEvent(number);
    const kind = eventKind(past);
    // A row is removed as it last was.
    const shown = kind === 'destroy' ? { ...past, step: past.step - 1 } : past;
    const timeOf = (step: number): number => history.timeOfStep(past.index, past.removed, step);
    const madeRow = this.#source.makeRow(shown, timeOf(0), timeOf(shown.step));
    const changes = this.#rewind(madeRow, shown);
    const random = tenant.random(stream, number);
    const author = random.oneIn(9) ? null : tenant.name('employees', random.below(40));
    const event: Row = { ...this.#head(number, kind, time), author };
    if (kind === 'update') event['changes'] = changes;
    const row = this.#source.addQuirks(madeRow, past.index);
    event[snapshot] = row;
    return { event, fact: { kind, row, createdAt: formatTimestamp(time) } };
  }

  /** Changes a row to what it was at a step of its past. Returns what that step changed. */
  #rewind(row: Row, { step, steps }: PastEvent): Row {
    const columns = this.#source.pastColumns;
    const changes: Row = {};
    for (const [at, [column, before]] of columns.entries()) {
      const value = row[column];
      const changesSince =
        countChanges(steps - 1, at, columns.length) - countChanges(step, at, columns.length);
      row[column] = changesSince % 2 === 0 ? value : before(value);
      if (step === 0 || (step - 1) % columns.length !== at) continue;
      changes[column] = [changesSince % 2 === 0 ? before(value) : value, row[column]];
    }
    return changes;
  }

  #head(number: number, kind: EventKind, time: number): Row {
    const id = this.idOf(number);
    const created_at = formatTimestamp(time);
    const extras = this.#source.makeExtras(number, { id, created: time, updated: time, etag: '' });
    const head = { event: kind, author: null, created_at, ...extras };
    const omitsId = this.#source.snapshot === 'work_order' && number % 3 === 1;
    return omitsId ? head : { id, ...head };
  }

  /**
   * Adds an event.
   *
   * @param row the row after the change
   * @param changes the old and the new value by column; only updates have them
   * @param time of the event, in ms
   */
  append(kind: EventKind, row: Row, changes: Row, time: number): void {
    const event = {
      ...this.#newHead(kind, time),
      ...(kind === 'update' ? { changes } : {}),
      [this.snapshot]: row,
    };
    this.#newEvents.push({ event, fact: { kind, row, createdAt: formatTimestamp(time) } });
  }

  /**
   * Adds an event that may be malformed.
   *
   * @param event an object has the id, the author and the time of an event unless it has its own;
   *   anything else is sent as it is
   * @param time of the event, in ms
   */
  appendRaw(event: unknown, time: number): void {
    const isObject = typeof event === 'object' && event !== null && !Array.isArray(event);
    const sent = isObject ? { ...this.#newHead('update', time), ...event } : event;
    this.#newEvents.push({ event: sent });
  }

  #newHead(kind: EventKind, time: number): Row {
    const random = this.#source.tenant.random(this.#source.stream, this.count);
    return { ...this.#head(this.count, kind, time), author: random.pick(words.FIRST_NAMES) };
  }
}

function eventKind({ step, steps, removed }: PastEvent): EventKind {
  if (step === 0) return 'create';
  return removed && step === steps - 1 ? 'destroy' : 'update';
}

/**
 * Returns how often the column at a position changed in a number of steps: the columns take turns.
 */
function countChanges(steps: number, at: number, columns: number): number {
  return Math.max(0, Math.ceil((steps - at) / columns));
}
