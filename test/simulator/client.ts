/** A plain client of the simulator: asks, walks, reads. It gives rows as they came. */

import { Simulator, type SimulatorOptions } from '#src/simulator/simulator.js';

/** What the simulator lets in by default. */
export const AUTHORIZATION = 'Token token="simulated-token", name="simulator"';

export type Row = Readonly<Record<string, unknown>>;

/** What came of a request. */
export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Row;
  /** The rows, under whatever key they stand. */
  readonly rows: readonly Row[];
  readonly next_batch: string | undefined;
  readonly refresh_token: string | undefined;
  readonly event_token: string | undefined;
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects in a list. */
export function rowsIn(list: Iterable<unknown>): Row[] {
  return [...list].filter(isRow);
}

/** A simulator without a limit to calls. */
export function simulated(options: SimulatorOptions = {}): Simulator {
  return new Simulator({ callsPerHour: Infinity, ...options });
}

/** A request of a path below the API's root. */
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
  const text = (key: string): string | undefined => (typeof body[key] === 'string' ? body[key] : undefined);
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

/** All pages of a list from a query on; `between` is called after each, with its number. */
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

/** The pages of a feed from a token on, up to the first without events. */
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

/** The ids of the rows of pages. */
export function idsOf(pages: readonly Got[]): unknown[] {
  return pages.flatMap(({ rows }) => rows.map((row) => row['id']));
}

/** The rows that the simulator holds, objects alone. */
export function held(simulator: Simulator, stream: string): Row[] {
  return rowsIn(simulator.rows(stream));
}

/** The id of the row at a place of a list. */
export function idAt(simulator: Simulator, stream: string, place: number): number {
  return Number(held(simulator, stream)[place]?.['id']);
}
