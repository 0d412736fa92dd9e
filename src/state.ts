/** Bookmarks: what a STATE message holds, how an incoming one is read, and how it changes. Pure. */
import { ConfigError } from './errors.js';
import { isObject, kindOf, type JsonObject } from './json.js';

/** How far a stream is. Keys other than these are passed through. */
export interface Bookmark {
  /** Of a list: begins the next walk, which brings what changed since. */
  readonly refresh_token?: string;
  /** Of an unfinished walk: the page at which it goes on. */
  readonly next_batch?: string;
  /** Of an unfinished walk: what becomes `refresh_token` when it is finished, the first one that it was given. */
  readonly walk_token?: string;
  /** Of an unfinished walk: over all rows, or over what changed since `refresh_token`. */
  readonly walk?: 'full' | 'changes';
  /** Of a feed: what comes after it is new. */
  readonly event_token?: string;
  /** Of a feed: a short fingerprint of the page written last, which the API may give once more. */
  readonly last_page?: string;
  readonly [other: string]: unknown;
}

/** The value of a STATE message. Keys other than these are passed through. */
export interface State {
  readonly bookmarks: Readonly<Record<string, Bookmark>>;
  readonly currently_syncing?: string | null;
  readonly [other: string]: unknown;
}

const TOKENS = ['refresh_token', 'next_batch', 'walk_token', 'event_token', 'last_page'] as const;

/** The tokens of a bookmark: null and blank ones count as not there, anything but text is an error. */
function readBookmark(value: unknown, place: string, file: string): Bookmark {
  if (value === null) return {};
  if (!isObject(value)) throw new ConfigError(`${file}: ${place} is ${kindOf(value)}; it takes an object`);
  const bookmark: Record<string, unknown> = { ...value };
  for (const key of TOKENS) {
    const token = bookmark[key];
    if (token === undefined) continue;
    if (token === null) delete bookmark[key];
    else if (typeof token !== 'string') {
      throw new ConfigError(`${file}: ${place}.${key} is ${kindOf(token)}; it takes a text`);
    } else if (token.trim() === '') delete bookmark[key];
  }
  if (bookmark['walk'] !== 'full' && bookmark['walk'] !== 'changes') delete bookmark['walk'];
  return bookmark;
}

/** The older Fivetran connector kept a stream's tokens at the top: `{"jobs": {"refresh_token": "…"}}`. */
function isOlderEntry(value: unknown): value is JsonObject {
  return isObject(value) && ['refresh_token', 'next_batch', 'event_token'].some((key) => key in value);
}

function readOlderState(value: JsonObject, file: string): { state: State; notes: string[] } {
  const bookmarks: Record<string, Bookmark> = {};
  const others: Record<string, unknown> = {};
  const notes: string[] = [];
  for (const [name, entry] of Object.entries(value)) {
    if (!isOlderEntry(entry)) {
      others[name] = entry;
      continue;
    }
    const { next_batch: unfinished, ...bookmark } = readBookmark(entry, name, file);
    if (unfinished === undefined) bookmarks[name] = bookmark;
    else {
      notes.push(
        `${file}: ${name} was left in the middle of a walk by the older connector, whose token may skip rows: it starts in full`,
      );
    }
  }
  notes.unshift(`${file}: taken over from the older connector (${Object.keys(bookmarks).join(', ') || 'no bookmark'})`);
  return { state: { ...others, ...syncingOf(value), bookmarks }, notes };
}

/**
 * Reads what a `--state` file holds: a bookmark file, a whole STATE message (its value is meant), or the older Fivetran
 * connector's state.
 *
 * @param value the parsed file
 * @param file its name, for messages
 * @returns the state, and lines that the user should see
 * @throws ConfigError where it is none of these
 */
export function readState(value: unknown, file: string): { state: State; notes: string[] } {
  if (!isObject(value)) throw new ConfigError(`${file}: it holds ${kindOf(value)}; a state is a JSON object`);
  if (value['type'] === 'STATE' && 'value' in value) return readState(value['value'] ?? {}, file);
  const { bookmarks } = value;
  if (bookmarks === undefined || bookmarks === null) {
    if (Object.values(value).some((entry) => isOlderEntry(entry))) return readOlderState(value, file);
    return { state: { ...value, ...syncingOf(value), bookmarks: {} }, notes: [] };
  }
  if (!isObject(bookmarks)) {
    throw new ConfigError(`${file}: bookmarks is ${kindOf(bookmarks)}; it takes an object of streams`);
  }
  const read = Object.entries(bookmarks).map(
    ([name, entry]) => [name, readBookmark(entry, `bookmarks.${name}`, file)] as const,
  );
  return { state: { ...value, ...syncingOf(value), bookmarks: Object.fromEntries(read) }, notes: [] };
}

/** Where an earlier run was cut short; anything but a name stands for nowhere. */
function syncingOf({ currently_syncing: at }: JsonObject): { currently_syncing?: string | null } {
  return at === undefined ? {} : { currently_syncing: typeof at === 'string' ? at : null };
}

/** The state with the bookmark of one stream, and the stream that comes next, put in. */
export function withBookmark(state: State, stream: string, bookmark: Bookmark, syncing: string | null): State {
  const isEmpty = Object.keys(bookmark).length === 0 && !(stream in state.bookmarks);
  const bookmarks = isEmpty ? state.bookmarks : { ...state.bookmarks, [stream]: bookmark };
  return { ...state, bookmarks, currently_syncing: syncing };
}

/** The state without the bookmarks of these streams: they begin anew. */
export function forget(state: State, streams: readonly string[]): State {
  const kept = Object.entries(state.bookmarks).filter(([name]) => !streams.includes(name));
  return { ...state, bookmarks: Object.fromEntries(kept) };
}

/** A token as logs and summaries may show it. */
export function shorten(token: string): string {
  return token.length <= 12 ? '…' : `${token.slice(0, 6)}…${token.slice(-2)}`;
}
