/**
 * Paging of lists and of feeds, as pure functions: a request and its response determine the next
 * request, and the bookmark that holds once the rows are written. The facts are in `docs/api.md`,
 * "Lists" and "Events".
 */
import type { Code } from '../codes.js';
import { createHash } from 'node:crypto';
import { ApiError, DataError } from '../errors.js';
import type { Query } from '../api/query.js';
import type { Mode } from '../reports/report.js';
import { isObject, kindOf, type JsonObject } from '../json.js';
import { jsonText } from '../shape/json-text.js';
import type { Bookmark } from '../singer/state.js';
import type { StreamDef } from '../streams.js';

/** The position of a walk: the next request, and the bookmark before it. */
export interface Position {
  readonly query: Query;
  readonly bookmark: Bookmark;
  /** Whether the page before had no new rows. */
  readonly repeated?: boolean;
}

/** What follows from a response. */
export interface Step {
  /** The rows to emit. */
  readonly rows: readonly unknown[];
  /** The bookmark that holds when these rows are written. */
  readonly bookmark: Bookmark;
  /** Null at the end of the walk. */
  readonly next: Query | null;
  /** Whether all rows of the page were written before. */
  readonly repeated?: boolean;
  /** A warning for the user. */
  readonly warning?: string;
}

/** A way of paging. */
export interface Paginator {
  start(bookmark: Bookmark): Position;
  /** @throws DataError if a token is not text */
  step(at: Position, rows: readonly unknown[], body: JsonObject): Step;
  /**
   * Returns where the walk starts again if the token of `at` is stale, with the message about it;
   * or the error that ends the stream.
   */
  back(at: Position, error: ApiError): (Position & { readonly why: string }) | ApiError;
}

/**
 * Returns the paginator of a stream.
 *
 * @param options `startToken` is the user's first token of a feed
 */
export function paginatorOf(
  stream: StreamDef,
  {
    fullTable,
    startToken,
  }: { readonly fullTable: boolean; readonly startToken?: string | undefined },
): Paginator {
  return stream.paging === 'events'
    ? feedPaginator(stream, startToken)
    : listPaginator(stream, fullTable);
}

/** Returns what a walk that starts here brings. */
export function modeOf({ query, bookmark }: Position): Mode {
  if (query['next_batch'] !== undefined) return 'continued';
  return query['refresh_token'] === undefined && bookmark.event_token === undefined
    ? 'full'
    : 'incremental';
}

/**
 * Lists: `next_batch` from page to page, `refresh_token` from walk to walk.
 *
 * @param fullTable whether every walk returns all rows and ignores the refresh token
 */
export function listPaginator(stream: StreamDef, fullTable: boolean): Paginator {
  const { name } = stream;
  return {
    start(bookmark) {
      const { next_batch, refresh_token } = bookmark;
      const unfinished = next_batch === undefined ? null : { query: { next_batch }, bookmark };
      if (unfinished !== null && !(fullTable && walkOf(unfinished) === 'changes'))
        return unfinished;
      return beginning(bookmark, fullTable || refresh_token === undefined ? 'full' : 'changes');
    },

    step(at, rows, body) {
      const { next_batch: _, walk_token: first, walk: __, ...kept } = at.bookmark;
      // The first token of a walk is kept. With a later one, the change of a row that the walk has
      // passed could be lost.
      const left = first ?? token(stream, body, 'refresh_token');
      const next_batch = token(stream, body, 'next_batch');
      if (next_batch !== undefined) {
        const walk_token = left === undefined ? {} : { walk_token: left };
        return {
          rows,
          bookmark: { ...kept, next_batch, ...walk_token, walk: walkOf(at) },
          next: { next_batch },
        };
      }
      if (fullTable) return { rows, bookmark: kept, next: null };
      if (left !== undefined)
        return { rows, bookmark: { ...kept, refresh_token: left }, next: null };
      const then =
        kept.refresh_token === undefined
          ? 'fetches the whole list again'
          : 'starts where this run started';
      const warning = `${name}: the API gave no refresh_token, so the next run ${then}`;
      return { rows, bookmark: kept, next: null, warning };
    },

    back(at, error) {
      const status = `HTTP ${String(error.status)}`;
      if (at.query['next_batch'] !== undefined) {
        const why = `${name}: the API no longer accepts its next_batch (${status}); the walk starts again`;
        return { ...beginning(at.bookmark, walkOf(at)), why };
      }
      const why = `${name}: the API no longer accepts its refresh_token (${status}); the whole list is fetched`;
      return { ...beginning(at.bookmark, 'full'), why };
    },
  };
}

/**
 * Returns the start of a walk. The refresh token stays in the bookmark until a complete walk
 * replaces it.
 */
function beginning(
  { next_batch, walk_token, walk, ...kept }: Bookmark,
  begin: 'full' | 'changes',
): Position {
  const { refresh_token } = kept;
  return {
    query: begin === 'full' || refresh_token === undefined ? {} : { refresh_token },
    bookmark: kept,
  };
}

/** Returns what a walk is over. A bookmark of the older connector does not say so. */
function walkOf({ query, bookmark }: Position): 'full' | 'changes' {
  if (query['refresh_token'] !== undefined) return 'changes';
  if (query['next_batch'] === undefined) return 'full';
  return bookmark.walk ?? (bookmark.refresh_token === undefined ? 'full' : 'changes');
}

/**
 * Feeds: `event_token` from page to page and from run to run.
 *
 * @param startToken the user's first token, sent if there is no bookmark
 */
export function feedPaginator(stream: StreamDef, startToken: string | undefined): Paginator {
  const { name } = stream;
  return {
    start(bookmark) {
      return { query: after(bookmark.event_token ?? startToken), bookmark };
    },

    step(at, rows, body) {
      const sent = at.query['event_token'];
      const given = token(stream, body, 'event_token');
      const event_token = given ?? sent;
      // At the end of a feed, the page that was written last may come again, in this run or at the
      // start of the next, and may then have new events behind it.
      const fresh = rows.slice(knownRows(stream, rows, at.bookmark.last_page));
      const repeated = fresh.length === 0;
      const ended =
        rows.length === 0 ||
        given === undefined ||
        given === sent ||
        (repeated && at.repeated === true);
      const bookmark = {
        ...at.bookmark,
        ...(event_token === undefined ? {} : { event_token }),
        ...(repeated ? {} : { last_page: fingerprint(stream, rows) }),
      };
      const step = { rows: fresh, bookmark, next: ended ? null : after(given), repeated };
      if (given !== undefined || repeated) return step;
      const warning =
        `${name}: the API gave no event_token with its events, so the next run requests ` +
        `this page again`;
      return { ...step, warning };
    },

    back({ query, bookmark }, error) {
      const status = `HTTP ${String(error.status)}`;
      const fail = (code: Code, message: string): ApiError =>
        new ApiError(`${name}: ${message}`, error.fault, {
          cause: error,
          status: error.status,
          code,
        });
      if (query['event_token'] === undefined) {
        return fail(
          'EVENT_TOKEN_REQUIRED',
          `the API requires a first token for this feed (${status}): set event_start_tokens.${name}`,
        );
      }
      if (bookmark.event_token === undefined) {
        return fail(
          'EVENT_TOKEN_STALE',
          `the API does not accept event_start_tokens.${name} (${status}): set a newer token`,
        );
      }
      // Tokens are opaque: any other one, also the user's, may be before or after this one.
      const begin = `event_start_tokens.${name}`;
      const where =
        startToken === undefined ? `its beginning, or at ${begin} if you set it` : begin;
      return fail(
        'EVENT_TOKEN_STALE',
        `the API no longer accepts its event_token (${status}), and any other start could skip events. ` +
          `To accept such a gap, run with --full-refresh ${name}: the feed then starts at ${where}`,
      );
    },
  };
}

function after(event_token: string | undefined): Query {
  return event_token === undefined ? {} : { event_token };
}

/**
 * Returns a token of a response. Null and blank ones count as absent.
 *
 * @throws DataError if it is not text
 */
function token(stream: StreamDef, body: JsonObject, key: string): string | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return String(value);
    throw new DataError(
      'FORMAT_CHANGED',
      `${stream.name}: the response's ${key} is a number that JavaScript cannot hold exactly`,
    );
  }
  throw new DataError(
    'FORMAT_CHANGED',
    `${stream.name}: the response's ${key} is ${kindOf(value)}, not a text: the API's format has changed`,
  );
}

/** Returns the fingerprint of a page: the number of its rows, and a hash of their identities. */
function fingerprint(stream: StreamDef, rows: readonly unknown[]): string {
  const hash = createHash('sha256').update(jsonText(rows.map((row) => identity(stream, row))));
  return `${rows.length}-${hash.digest('hex').slice(0, 16)}`;
}

/** Returns what identifies an event: the parts of its key, or the whole row if it lacks them. */
function identity({ flatten }: StreamDef, row: unknown): unknown {
  if (!isObject(row) || row['event'] === undefined || row['created_at'] === undefined) return row;
  const snapshots = Object.keys(flatten).map((name) => row[name]);
  return [
    row['id'],
    row['event'],
    row['created_at'],
    ...snapshots.map((of) => (isObject(of) ? of['id'] : of)),
  ];
}

/** Returns how many of the first rows are those of the page with this fingerprint: all, or none. */
function knownRows(
  stream: StreamDef,
  rows: readonly unknown[],
  last_page: string | undefined,
): number {
  const count = Number.parseInt(last_page ?? '', 10);
  return count <= rows.length && fingerprint(stream, rows.slice(0, count)) === last_page
    ? count
    : 0;
}
