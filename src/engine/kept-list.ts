/** A list that is kept by its feed: its position there, and the rows of the events. */
import { eventTime, readListEvent, type RowEvent, type UnusableEvent } from './list-event.js';
import { RecentRows } from './recent-rows.js';
import type { StreamLines } from './stream-lines.js';
import type { Page } from './walk.js';
import type { PlannedStream } from '../catalog/plan.js';
import type { StreamReport } from '../reports/report.js';
import {
  EVENTS_MARGIN_MS,
  positionOf,
  type Bookmark,
  type EventsPosition,
} from '../singer/state.js';
import { DELETED_COLUMNS, type ListFeed } from '../streams.js';

/** Deletions that are held back at most; with more, all of them are emitted. */
const MOST_HELD_BACK = 10_000;

/** The feed of a stream, if the stream's rows are to be taken from events too. */
export function feedOf({ stream, selected }: PlannedStream): ListFeed | null {
  const { feed, paging } = stream;
  const isMarked = DELETED_COLUMNS.some((column) => selected.has(column));
  return feed !== undefined && (isMarked || paging === 'derived') ? feed : null;
}

export interface KeptListOptions {
  readonly planned: PlannedStream;
  readonly feed: ListFeed;
  readonly lines: StreamLines;
  readonly report: StreamReport;
  /** The bookmark that the list starts with. */
  readonly bookmark: Bookmark;
  /** The bookmark of the feed before the run. */
  readonly feedBookmark: Bookmark;
}

/** A list in a run, and how far the events of its feed are in the list's table. */
export class KeptList {
  readonly planned: PlannedStream;
  readonly feed: ListFeed;
  readonly report: StreamReport;
  readonly #lines: StreamLines;
  readonly #bookmark: Bookmark;
  readonly #feedBookmark: Bookmark;
  readonly #recent: RecentRows;
  #position: EventsPosition;
  /** Of a list that takes only deletions: the deleted rows that have not come back, by key. */
  readonly #gone = new Map<string, RowEvent>();
  /** Of the last page. */
  #arrivedAt = 0;
  /** ms since 1970, of the last event that was taken. */
  #latest: number | undefined;
  /** Whether there is a position: a list has one from the first page of its first walk on. */
  #hasBegun: boolean;

  constructor(options: KeptListOptions) {
    const { planned, feed, lines, report, bookmark, feedBookmark } = options;
    this.planned = planned;
    this.feed = feed;
    this.report = report;
    this.#lines = lines;
    this.#bookmark = bookmark;
    this.#feedBookmark = feedBookmark;
    this.#recent = new RecentRows(planned.keys);
    this.#position = positionOf(bookmark);
    this.#hasBegun = planned.stream.paging === 'derived' || Object.keys(this.#position).length > 0;
  }

  /** Whether the list's own rows are all written, so that events may follow them. */
  get isReady(): boolean {
    return this.planned.stream.paging === 'derived' || this.report.outcome === 'complete';
  }

  get position(): EventsPosition {
    return this.#position;
  }

  /** The position as a bookmark of the feed. */
  get feedPosition(): Bookmark {
    const { events_token, events_page } = this.#position;
    return {
      ...(events_token !== undefined && { event_token: events_token }),
      ...(events_page !== undefined && { last_page: events_page }),
    };
  }

  /** Whether the list is where a bookmark of the feed is, so that one walk serves both. */
  isAt({ event_token, last_page }: Bookmark): boolean {
    const { events_token, events_page } = this.#position;
    return events_token === event_token && events_page === last_page;
  }

  /**
   * Sets the position of a list that has none, on the first page of its walk. Rows that were
   * deleted before a list's first walk are not in its table, so events before it are skipped.
   *
   * @returns whether the list had no position
   */
  begin({ serverTime, arrivedAt }: Page): boolean {
    if (this.#hasBegun) return false;
    this.#hasBegun = true;
    const { event_token, last_page } = this.#feedBookmark;
    const { refresh_token, next_batch } = this.#bookmark;
    const hasRows = refresh_token !== undefined || next_batch !== undefined;
    const since = new Date((serverTime ?? arrivedAt) - EVENTS_MARGIN_MS).toISOString();
    this.#position = {
      ...(event_token !== undefined && { events_token: event_token }),
      ...(last_page !== undefined && { events_page: last_page }),
      ...((event_token === undefined || !hasRows) && { events_since: since }),
    };
    return true;
  }

  /** Remembers a record of the list itself. A full walk has too many to remember. */
  note(record: Readonly<Record<string, unknown>>): void {
    if (this.report.mode !== 'full') this.#recent.note(record);
  }

  /**
   * Takes a page of the feed. The position moves with it.
   *
   * @returns lines to write on the list's stream; null if the list's own walk is not complete and
   *   the page has events for it: the position then stays where it is
   */
  take({ rows, arrivedAt, serverTime, bookmark }: Page): string[] | null {
    if (!this.#hasBegun) return null;
    let since = dateOf(this.#position.events_since);
    let at = dateOf(this.#position.events_at);
    const latest = serverTime ?? arrivedAt;
    const events: unknown[] = [];
    for (const event of rows) {
      const time = eventTime(event);
      if (since !== undefined) {
        if (time === null || time < since) continue;
        since = undefined;
      }
      events.push(event);
      // An event cannot be later than its response.
      if (time !== null) at = Math.max(at ?? 0, Math.min(time, latest));
    }
    if (events.length > 0 && !this.isReady) return null;
    const read = events.map((event) => readListEvent(this.feed, event));
    this.#arrivedAt = arrivedAt;
    const now = this.feed.deletionsOnly ? this.#holdBack(read) : read;
    // What is held back is not written yet, so it must be read again after a cut.
    if (this.#gone.size === 0) this.#position = positionWith(bookmark, since, at);
    this.#latest = at;
    return this.#linesOf(now);
  }

  /**
   * The feed was read to its end: nothing is skipped from here on.
   *
   * @returns lines to write on the list's stream
   */
  end(feedBookmark: Bookmark): string[] {
    const lines = this.#linesOf([...this.#gone.values()]);
    this.#gone.clear();
    const since = dateOf(this.#position.events_since);
    const at = this.#latest ?? dateOf(this.#position.events_at);
    const latest = since === undefined || at === undefined ? (at ?? since) : Math.max(at, since);
    this.#position = positionWith(feedBookmark, undefined, latest);
    return lines;
  }

  /**
   * Holds deletions back until the feed's end: the list has only some of the feed's rows, so an
   * event that writes a row again must not be emitted, and its deletion neither.
   *
   * @returns the events that cannot be held back
   */
  #holdBack(events: readonly (RowEvent | UnusableEvent)[]): (RowEvent | UnusableEvent)[] {
    const rest: (RowEvent | UnusableEvent)[] = [];
    for (const event of events) {
      const key = event.kind === 'unusable' ? null : this.#rawKey(event);
      if (key === null) rest.push(event);
      else if (event.kind === 'deleted') this.#gone.set(key, event);
      else this.#gone.delete(key);
    }
    if (this.#gone.size > MOST_HELD_BACK) {
      rest.push(...this.#gone.values());
      this.#gone.clear();
    }
    return rest.filter(({ kind }) => kind !== 'written');
  }

  /** The key of a row as it came, or null if it has none. */
  #rawKey({ row }: RowEvent): string | null {
    const parts = this.planned.keys.map((key) => row[key]);
    return parts.every((part) => typeof part === 'number' || typeof part === 'string')
      ? parts.map((part) => String(part).trim()).join('\n')
      : null;
  }

  #linesOf(events: readonly (RowEvent | UnusableEvent)[]): string[] {
    if (events.length === 0) return [];
    return this.#lines.events(events, this.#arrivedAt, (record, isDeleted) => {
      if (isDeleted) this.#recent.noteDeleted(record);
      return isDeleted || !this.#recent.isKnown(record);
    });
  }
}

function dateOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

function positionWith(
  { event_token, last_page }: Bookmark,
  since: number | undefined,
  at: number | undefined,
): EventsPosition {
  return {
    ...(event_token !== undefined && { events_token: event_token }),
    ...(last_page !== undefined && { events_page: last_page }),
    ...(since !== undefined && { events_since: new Date(since).toISOString() }),
    ...(at !== undefined && { events_at: new Date(at).toISOString() }),
  };
}
