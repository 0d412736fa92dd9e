/** Bookmarks: what a STATE message holds, and how it changes. Pure. */
import { ALL_STREAMS, type StreamDef } from '../streams.js';

/** The bookmark of one stream. The fields are described in `BOOKMARK_FIELDS`. */
export interface Bookmark {
  readonly refresh_token?: string;
  readonly next_batch?: string;
  readonly walk_token?: string;
  readonly walk?: 'full' | 'changes';
  readonly event_token?: string;
  readonly last_page?: string;
  readonly events_token?: string;
  readonly events_page?: string;
  readonly events_since?: string;
  readonly events_at?: string;
  readonly version?: number;
  readonly walk_rows?: number;
  readonly full_rows?: number;
}

/** The kinds of streams that a field of a bookmark belongs to. */
type Owner = 'list' | 'feed' | 'list with a feed';

/** What a field holds. */
type Value = 'text' | 'time' | 'number';

/** A field of a bookmark. */
interface FieldOfBookmark {
  readonly of: Owner;
  /** Default: text. */
  readonly holds?: Value;
  readonly meaning: string;
}

/** Every field of a bookmark: whose it is, and what it means. */
export const BOOKMARK_FIELDS = {
  refresh_token: { of: 'list', meaning: 'starts the next walk, which returns what changed since' },
  next_batch: { of: 'list', meaning: 'the page at which an unfinished walk continues' },
  walk_token: {
    of: 'list',
    meaning:
      'the first token of an unfinished walk; it becomes `refresh_token` when the walk is complete',
  },
  walk: {
    of: 'list',
    meaning:
      'what an unfinished walk returns: `full` (all rows) or `changes` (since `refresh_token`)',
  },
  event_token: { of: 'feed', meaning: 'what comes after it is new' },
  last_page: {
    of: 'feed',
    meaning: 'a short fingerprint of the page written last, which the API may send once more',
  },
  events_token: {
    of: 'list with a feed',
    meaning: "the list's position in its feed: the events after it are not in the list's table yet",
  },
  events_page: {
    of: 'list with a feed',
    meaning: '`last_page` of that position',
  },
  events_since: {
    of: 'list with a feed',
    holds: 'time',
    meaning:
      'events before this time are skipped until the position has passed it: ' +
      "ten minutes before the list's first walk",
  },
  events_at: {
    of: 'list with a feed',
    holds: 'time',
    meaning: "the time of the last event in the list's table; used if the feed is read again",
  },
  version: {
    of: 'list',
    holds: 'number',
    meaning: 'the version of its records, with `emit_activate_version_messages`',
  },
  walk_rows: {
    of: 'list',
    holds: 'number',
    meaning: 'rows of an unfinished full walk so far, with versions',
  },
  full_rows: {
    of: 'list',
    holds: 'number',
    meaning: 'rows of the last complete full walk, with versions',
  },
} as const satisfies Record<keyof Bookmark, FieldOfBookmark>;

/** The names of the fields that the bookmark of a stream can have. */
export function bookmarkFields(stream: StreamDef): string[] {
  const { paging, feed } = stream;
  const isOf: Readonly<Record<Owner, boolean>> = {
    list: paging === 'list' || paging === 'array',
    feed: paging === 'events',
    'list with a feed': feed !== undefined,
  };
  return Object.entries(BOOKMARK_FIELDS).flatMap(([name, { of }]) => (isOf[of] ? [name] : []));
}

/** Returns what a field of a bookmark holds. */
export function valueOf(field: string): Value {
  const fields: Readonly<Record<string, FieldOfBookmark>> = BOOKMARK_FIELDS;
  return fields[field]?.holds ?? 'text';
}

/** The value of a STATE message. */
export interface State {
  readonly bookmarks: Readonly<Record<string, Bookmark>>;
  readonly currently_syncing?: string | null;
}

/** The state of a run without a bookmark. */
export const NO_STATE: State = { bookmarks: {} };

/** Returns the state with another bookmark of one stream. An empty bookmark adds no entry. */
export function withBookmark(
  state: State,
  stream: string,
  bookmark: Bookmark,
  syncing: string | null,
): State {
  const isEmpty = Object.keys(bookmark).length === 0 && !(stream in state.bookmarks);
  const bookmarks = isEmpty ? state.bookmarks : { ...state.bookmarks, [stream]: bookmark };
  return { ...state, bookmarks, currently_syncing: syncing };
}

/**
 * Returns the state without the bookmarks of some streams, so that these start again.
 *
 * A list keeps its version, which must grow, and its position in its feed: otherwise, deletions
 * between that position and the feed's own would be lost. If the feed starts again, the list
 * follows it from the start and skips what it already has.
 */
export function forget(state: State, streams: readonly string[]): State {
  if (streams.length === 0) return state;
  const bookmarks: Record<string, Bookmark> = {};
  for (const [name, bookmark] of Object.entries(state.bookmarks)) {
    const stream = ALL_STREAMS.find((one) => one.name === name);
    const isDerived = stream?.paging === 'derived';
    const list = streams.includes(name) ? lasting(isDerived ? {} : bookmark) : bookmark;
    const kept = streams.includes(stream?.feed?.name ?? '') ? restarted(list) : list;
    if (list === bookmark || Object.keys(kept).length > 0) bookmarks[name] = kept;
  }
  return { ...state, bookmarks };
}

/** What stays of a bookmark if its stream starts again. */
function lasting(bookmark: Bookmark): Bookmark {
  const { version, full_rows } = bookmark;
  return {
    ...positionOf(bookmark),
    ...(version !== undefined && { version }),
    ...(full_rows !== undefined && { full_rows }),
  };
}

/** The position of a list in its feed. */
export type EventsPosition = Pick<
  Bookmark,
  'events_token' | 'events_page' | 'events_since' | 'events_at'
>;

/** The part of a bookmark that is the list's position in its feed. */
export function positionOf(bookmark: Bookmark): EventsPosition {
  const { events_token, events_page, events_since, events_at } = bookmark;
  return {
    ...(events_token !== undefined && { events_token }),
    ...(events_page !== undefined && { events_page }),
    ...(events_since !== undefined && { events_since }),
    ...(events_at !== undefined && { events_at }),
  };
}

/** The bookmark of a list with another position in its feed. */
export function withPosition(bookmark: Bookmark, position: EventsPosition): Bookmark {
  const { events_token, events_page, events_since, events_at, ...list } = bookmark;
  return { ...list, ...position };
}

/** Times in events and the server's clock may differ by this, and an event may come late. */
export const EVENTS_MARGIN_MS = 10 * 60_000;

/** The bookmark of a list whose feed starts again: a time replaces the position. */
function restarted(bookmark: Bookmark): Bookmark {
  const { events_token, events_page, events_since, events_at, ...list } = bookmark;
  const since =
    events_since ?? (events_at && new Date(Date.parse(events_at) - EVENTS_MARGIN_MS).toISOString());
  return {
    ...list,
    ...(since !== undefined && { events_since: since }),
    ...(events_at !== undefined && { events_at }),
  };
}

/** A token as logs and summaries may show it. */
export function shorten(token: string): string {
  return token.length <= 12 ? '…' : `${token.slice(0, 6)}…${token.slice(-2)}`;
}
