/** A client of the simulator. It returns rows as they were sent. */

import { Simulator, type SimulatorOptions } from '#src/simulator/simulator.js';

/** The header that the simulator accepts by default. */
export const AUTHORIZATION = 'Token token="simulated-token", name="simulator"';

export type Row = Readonly<Record<string, unknown>>;

/** A response with its rows and tokens. */
export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Row;
  /** The rows, whatever their key. */
  readonly rows: readonly Row[];
  readonly next_batch: string | undefined;
  readonly refresh_token: string | undefined;
  readonly event_token: string | undefined;
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the objects in a list. */
export function rowsIn(list: Iterable<unknown>): Row[] {
  return [...list].filter(isRow);
}

/** Makes a simulator without a rate limit. */
export function simulated(options: SimulatorOptions = {}): Simulator {
  return new Simulator({ callsPerHour: Infinity, ...options });
}

/** Makes a request for a path below the API's root. */
export function ask(path: string, query: Row = {}, headers: Record<string, string> = {}): Request {
  const url = new URL(`https://bolt.test/open/v1${path}`);
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, String(value));
  return new Request(url, { headers: { authorization: AUTHORIZATION, ...headers } });
}

export async function get(simulator: Simulator, path: string, query: Row = {}): Promise<Got> {
  const response = await simulator.fetch(ask(path, query));
  const value: unknown = await response.json();
  const body = isRow(value) ? value : {};
  const list = isRow(value) ? Object.values(value).find((one) => Array.isArray(one)) : value;
  const text = (key: string): string | undefined =>
    typeof body[key] === 'string' ? body[key] : undefined;
  return {
    status: response.status,
    headers: response.headers,
    body,
    rows: Array.isArray(list) ? rowsIn(list) : [],
    next_batch: text('next_batch'),
    refresh_token: text('refresh_token'),
    event_token: text('event_token'),
  };
}

/** Fetches all pages of a list, from a query on. Calls `between` after each, with its number. */
export async function walk(
  simulator: Simulator,
  path: string,
  query: Row = {},
  between: (page: number) => void = () => {},
): Promise<Got[]> {
  const pages: Got[] = [];
  for (let asked = query; pages.length < 100;) {
    const page = await get(simulator, path, asked);
    pages.push(page);
    between(pages.length);
    if (page.next_batch === undefined) return pages;
    asked = { next_batch: page.next_batch };
  }
  throw new Error('The walk has no end.');
}

/** Fetches the pages of a feed, from a token to the first page without events. */
export async function follow(simulator: Simulator, path: string, token?: string): Promise<Got[]> {
  const pages: Got[] = [];
  for (let sent = token; pages.length < 100;) {
    const page = await get(simulator, path, sent === undefined ? {} : { event_token: sent });
    pages.push(page);
    if (page.rows.length === 0) return pages;
    sent = page.event_token;
  }
  throw new Error('The feed has no end.');
}

/** Returns the ids of the rows of pages. */
export function idsOf(pages: readonly Got[]): unknown[] {
  return pages.flatMap(({ rows }) => rows.map((row) => row['id']));
}

/** Returns the rows of a stream that are objects. */
export function held(simulator: Simulator, stream: string): Row[] {
  return rowsIn(simulator.rows(stream));
}

/** Returns the id of the row at an index of a list. */
export function idAt(simulator: Simulator, stream: string, place: number): number {
  return Number(held(simulator, stream)[place]?.['id']);
}
