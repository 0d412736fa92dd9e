/** The one loop over the pages of a stream, whichever way it is paged. */
import type { Code } from '../codes.js';
import { ApiError, DataError } from '../errors.js';
import { isObject, kindOf } from '../json.js';
import type { ApiResponse, Query } from '../api/query.js';
import type { Mode } from '../reports/report.js';
import { modeOf, paginatorOf } from './paginate.js';
import { sameJson } from '../shape/json-text.js';
import type { Bookmark } from '../singer/state.js';
import type { StreamDef } from '../streams.js';

/** Rows as they came, and the bookmark that holds as soon as they are written. */
export interface Page {
  readonly rows: readonly unknown[];
  /** Of the answer that they came in. */
  readonly size: number;
  readonly arrivedAt: number;
  /** By the server's clock, ms since 1970; absent if the response had no `Date`. */
  readonly serverTime?: number | undefined;
  readonly bookmark: Bookmark;
  /** Set on the first page of a walk, also of one that starts again: what the walk returns. */
  readonly starts?: Mode;
  /** Set on the last page of a complete walk. */
  readonly isLast?: true;
}

export interface WalkOptions {
  /** The stream's bookmark; `{}` for a first run. */
  readonly bookmark: Bookmark;
  /** A list that is walked in full each time. */
  readonly fullTable: boolean;
  /** The user's first token of a feed. */
  readonly startToken?: string | undefined;
  readonly get: (query: Query) => Promise<ApiResponse>;
  readonly warn: (code: Code, message: string) => void;
  /** Called with what the walk brings from now on, if it has to start anew. */
  readonly onReturn?: (mode: Mode) => void;
}

/** A walk goes back at most this often: from a stale `next_batch` to its beginning, from there to a full walk. */
const MOST_RETURNS = 2;
const MOST_EMPTY_PAGES = 100;
const MOST_EQUAL_PAGES = 3;

/**
 * Walks a stream from its bookmark to its end, and asks for a page only when it is wanted.
 *
 * @throws ApiError where the API does not give a page
 * @throws DataError where an answer has not the stream's form, or the walk goes in a circle
 */
export async function* walk(
  stream: StreamDef,
  options: WalkOptions,
): AsyncGenerator<Page, void, undefined> {
  const { get, warn, onReturn } = options;
  const paginator = paginatorOf(stream, options);
  let at = paginator.start(options.bookmark);
  let circle = new Circle(at.query);
  let starts: Mode | undefined = modeOf(at);
  for (let returns = 0; ;) {
    let answer: ApiResponse;
    try {
      answer = await get(at.query);
    } catch (error) {
      if (!isStale(error, stream, at.query) || returns === MOST_RETURNS) throw error;
      const back = paginator.back(at, error);
      if (back instanceof ApiError) throw back;
      warn('TOKEN_STALE', back.why);
      starts = modeOf(back);
      onReturn?.(starts);
      at = back;
      circle = new Circle(at.query);
      returns += 1;
      continue;
    }
    const { body, ...arrival } = answer;
    const found = rowsOf(stream, body);
    const {
      rows,
      bookmark,
      next,
      repeated = false,
      warning,
    } = paginator.step(at, found, isObject(body) ? body : {});
    if (warning !== undefined) warn('TOKEN_MISSING', warning);
    yield {
      rows,
      ...arrival,
      bookmark,
      ...(starts !== undefined && { starts }),
      ...(next === null && { isLast: true as const }),
    };
    starts = undefined;
    if (next === null) return;
    const why = circle.closes(next, found);
    if (why !== null) {
      throw new DataError(
        'WALK_STUCK',
        `${stream.name}: the walk does not advance: ${why}; if this persists, run with --full-refresh ${stream.name}`,
      );
    }
    at = { query: next, bookmark, repeated };
  }
}

/** The first rows of a walk, as many as `most` says; then no further page is asked for. */
export async function* firstRows(
  pages: AsyncGenerator<Page, void, undefined>,
  most: number,
): AsyncGenerator<Page, void, undefined> {
  let left = most;
  for await (const page of pages) {
    yield page.rows.length > left ? { ...page, rows: page.rows.slice(0, left) } : page;
    left -= page.rows.length;
    if (left <= 0) return;
  }
}

/** Any other 4xx may pass (409, 423) or is about something else, and must not cost a bookmark. */
const STALE: ReadonlySet<number | undefined> = new Set([400, 404, 410, 422]);

/** Such a 4xx to a request with a token means that the token is stale; to a bare one for a feed, that it wants one. */
function isStale(error: unknown, stream: StreamDef, query: Query): error is ApiError {
  if (!(error instanceof ApiError) || error.fault !== 'bad-request' || !STALE.has(error.status))
    return false;
  return stream.paging === 'events' || Object.keys(query).length > 0;
}

/** The rows of an answer. A missing list is an error, never "no rows". */
function rowsOf(stream: StreamDef, body: unknown): readonly unknown[] {
  if (Array.isArray(body) && stream.paging === 'array') return body;
  const rows = isObject(body) ? body[stream.recordsKey] : undefined;
  if (Array.isArray(rows)) return rows;
  const names = isObject(body) ? Object.keys(body).slice(0, 8).join(', ') : '';
  throw new DataError(
    'FORMAT_CHANGED',
    `${stream.name}: the response has no list "${stream.recordsKey}"; it is ${kindOf(body)}${names && ` with ${names}`}: ` +
      `the API's format has changed, or base_url is not a Bolt API`,
  );
}

/** Notices a walk that goes in a circle, in constant memory (Brent's algorithm), or that brings nothing new for long. */
class Circle {
  #kept: string;
  #steps = 0;
  #power = 1;
  #empty = 0;
  #equal = 0;
  /** Of the page before: how many rows it had, its first and its last one. */
  #edges: readonly unknown[] = [];

  constructor(start: Query) {
    this.#kept = tokenOf(start);
  }

  /** Why the walk does not advance, or null. */
  closes(next: Query, rows: readonly unknown[]): string | null {
    const token = tokenOf(next);
    if (token === this.#kept) return 'the API repeats a token';
    if (++this.#steps === this.#power) {
      this.#kept = token;
      this.#power *= 2;
      this.#steps = 0;
    }
    this.#empty = rows.length === 0 ? this.#empty + 1 : 0;
    if (this.#empty === MOST_EMPTY_PAGES)
      return `the API gave ${MOST_EMPTY_PAGES} empty pages in a row`;
    const edges = [rows.length, rows[0], rows.at(-1)];
    this.#equal = rows.length > 0 && sameJson(edges, this.#edges) ? this.#equal + 1 : 1;
    this.#edges = edges;
    return this.#equal === MOST_EQUAL_PAGES
      ? `the API gave the same page ${MOST_EQUAL_PAGES} times`
      : null;
  }
}

/** The token that is asked with; a request has one at most. */
function tokenOf(query: Query): string {
  return Object.values(query).join('');
}
