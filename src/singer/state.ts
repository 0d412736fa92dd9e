/** Bookmarks: what a STATE message holds, and how it changes. Pure. */

/** How far a stream is. */
export interface Bookmark {
  /** Of a list: begins the next walk, which brings what changed since. */
  readonly refresh_token?: string;
  /** Of an unfinished walk: the page at which it goes on. */
  readonly next_batch?: string;
  /** Of an unfinished walk: the first token it was given. It becomes `refresh_token` when the walk is complete. */
  readonly walk_token?: string;
  /** Of an unfinished walk: over all rows, or over what changed since `refresh_token`. */
  readonly walk?: 'full' | 'changes';
  /** Of a feed: what comes after it is new. */
  readonly event_token?: string;
  /** Of a feed: a short fingerprint of the page written last, which the API may give once more. */
  readonly last_page?: string;
}

/** The value of a STATE message. */
export interface State {
  readonly bookmarks: Readonly<Record<string, Bookmark>>;
  readonly currently_syncing?: string | null;
}

/** The state of a run without a bookmark. */
export const NO_STATE: State = { bookmarks: {} };

/** The state with the bookmark of one stream, and the stream that comes next. */
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

/** The state without the bookmarks of these streams: they begin anew. */
export function forget(state: State, streams: readonly string[]): State {
  const kept = Object.entries(state.bookmarks).filter(([name]) => !streams.includes(name));
  return { ...state, bookmarks: Object.fromEntries(kept) };
}

/** A token as logs and summaries may show it. */
export function shorten(token: string): string {
  return token.length <= 12 ? '…' : `${token.slice(0, 6)}…${token.slice(-2)}`;
}
