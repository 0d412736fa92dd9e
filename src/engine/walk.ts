/** The loop over the pages of a stream, for every way of paging. */
import type { Code } from '../codes.js';
import { ApiError, DataError } from '../errors.js';
import { isObject, kindOf } from '../json.js';
import type { ApiResponse, Query } from '../api/query.js';
import type { Mode } from '../reports/report.js';
import { modeOf, paginatorOf } from './paginate.js';
import { sameJson } from '../shape/json-text.js';
import type { Bookmark } from '../singer/state.js';
import type { StreamDef } from '../streams.js';

/** Rows as the API sent them, and the bookmark that holds when they are written. */
export interface Page {
  readonly rows: readonly unknown[];
  /** Characters of the response that they came in. */
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
  /** Whether every walk of the list returns all rows. */
  readonly fullTable: boolean;
  /** The user's first token of a feed. */
  readonly startToken?: string | undefined;
  readonly get: (query: Query) => Promise<ApiResponse>;
  readonly warn: (code: Code, message: string) => void;
  /** Called if the walk has to start again, with what it brings from now on. */
  readonly onReturn?: (mode: Mode) => void;
}

/**
 * How often a walk may start again: from a stale `next_batch` at its beginning, and from a stale
 * `refresh_token` as a full walk.
 */
const MOST_RETURNS = 2;
const MOST_EMPTY_PAGES = 100;
const MOST_EQUAL_PAGES = 3;

/**
 * Walks a stream from its bookmark to its end. A page is requested when the consumer asks for it.
 *
 * @throws ApiError if a page cannot be had
 * @throws DataError if a response does not have the stream's form, or the walk does not advance
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
        `${stream.name}: the walk does not advance: ${why}; if this persists, run with ` +
          `--full-refresh ${stream.name}`,
      );
    }
    at = { query: next, bookmark, repeated };
  }
}

/** Returns the first rows of a walk, up to `most`. No page after them is requested. */
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

/**
 * The statuses of stale tokens. Any other 4xx may be temporary (409, 423) or about something else,
 * and must not cost a bookmark.
 */
export const STALE_STATUSES: readonly number[] = [400, 404, 410, 422];

/** Whether a request may have got this status because of its token. */
export function isStaleStatus(status: number | null | undefined): boolean {
  return STALE_STATUSES.includes(status ?? 0);
}

/**
 * Whether an error is about the token of the request. A request for a feed without a token may get
 * one too: the feed then requires a first token.
 */
function isStale(error: unknown, stream: StreamDef, query: Query): error is ApiError {
  if (!(error instanceof ApiError) || error.fault !== 'bad-request') return false;
  if (!isStaleStatus(error.status)) return false;
  return stream.paging === 'events' || Object.keys(query).length > 0;
}

/**
 * Returns the rows of a response.
 *
 * @throws DataError if there is no list: a missing list does not mean "no rows"
 */
function rowsOf(stream: StreamDef, body: unknown): readonly unknown[] {
  if (Array.isArray(body) && stream.paging === 'array') return body;
  const rows = isObject(body) ? body[stream.recordsKey] : undefined;
  if (Array.isArray(rows)) return rows;
  const names = isObject(body) ? Object.keys(body).slice(0, 8).join(', ') : '';
  throw new DataError(
    'FORMAT_CHANGED',
    `${stream.name}: the response has no list "${stream.recordsKey}"; it is ${kindOf(body)}` +
      `${names && ` with ${names}`}: the API's format has changed, or base_url is not a Bolt API`,
  );
}

/**
 * Detects a walk that does not advance: tokens that form a cycle (Brent's algorithm, in constant
 * memory), or many empty or equal pages in a row.
 */
class Circle {
  #kept: string;
  #steps = 0;
  #power = 1;
  #empty = 0;
  #equal = 0;
  /** Of the page before: the number of its rows, the first and the last one. */
  #edges: readonly unknown[] = [];

  constructor(start: Query) {
    this.#kept = tokenOf(start);
  }

  /** Returns why the walk does not advance, or null if it does. */
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

/** Returns the token of a request, which has at most one. */
function tokenOf(query: Query): string {
  return Object.values(query).join('');
}
