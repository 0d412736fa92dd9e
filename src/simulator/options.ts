/** The options of a simulator. */

import { shippedSchema } from '../catalog/shipped.js';
import type { StreamSchema } from '../catalog/schema.js';
import { STREAMS, type StreamDef } from '../streams.js';
import type { Access } from './api/access.js';
import type { PagingBehavior } from './api/pages.js';

export interface SimulatorOptions {
  /** The streams to serve. Default: those of the tap. */
  streams?: readonly StreamDef[];
  /** Returns the schema of a stream. Default: reads it from `schemas/`. */
  schemaOf?: (stream: string) => StreamSchema;
  /** The size of the largest lists (jobs, work_orders); other sizes are relative. Default: 250. */
  rows?: number;
  /** Exact sizes of lists and feeds, by stream. */
  rowsByStream?: Readonly<Record<string, number>>;
  /** The same seed gives the same bytes. Default: 1. */
  seed?: number;
  /** Rows per page. Default: 100. */
  pageSize?: number;
  /** Returns the time in ms. Default: `Date.now`. */
  now?: () => number;
  /** The valid API token. */
  token?: string;
  /** The valid name of the token. A request may omit it unless `requireName` is true. */
  tokenName?: string;
  requireName?: boolean;
  /** The accepted forms of the Authorization header. */
  authForm?: 'quoted' | 'unquoted' | 'both';
  /** The status for requests without valid authorization. Default: 401. */
  refusalStatus?: number;
  /** If set, requests without this XSRF-TOKEN cookie are not authorized. */
  xsrfToken?: string;
  /**
   * Whether the pages of a walk show rows as they are now, or as they were when the walk started.
   * `frozen` takes memory for each change.
   */
  pages?: 'live' | 'frozen';
  /** Whether every page has a `refresh_token`, or only the last. */
  refreshTokenOn?: 'every' | 'last';
  /** Whether `refresh_token` covers changes since the walk began, or since the page was made. */
  refreshTokenMade?: 'start' | 'page';
  /** Whether `refresh_token` returns what changed, or every row again. Default: what changed. */
  refreshReturns?: 'changes' | 'all';
  /**
   * How a feed ends. `empty`: no events, with a new token. `repeat-empty`: no events, with the
   * token that was sent. `repeat-page`: the last page again, with the token that was sent.
   * `repeat-new`: the last page with new events already has the token that was sent.
   */
  eventEnd?: 'empty' | 'repeat-empty' | 'repeat-page' | 'repeat-new';
  /** The response without an `event_token`: the first events, or 422. */
  eventStart?: 'beginning' | 'refuse';
  /** The status for a stale token or one of another path. Default: 422. */
  staleStatus?: 400 | 404 | 410 | 422;
  /** The rate limit. Default: 1000; Infinity disables it. */
  callsPerHour?: number;
  /** The form of `Retry-After` in a 429 response. */
  retryAfter?: 'seconds' | 'date' | 'none';
  /** Whether array streams are sent as a bare array, or in an object. */
  typeConfigurationForm?: 'array' | 'object';
  /** Whether rows have the irregularities of the live API. Default: true. */
  ugly?: boolean;
  /** The share of malformed rows, 0 to 1. Default: 0. */
  malformed?: number;
  /** How many responses of lists to cache until a row changes, for benchmarks. Default: 0. */
  keepPages?: number;
  /** How long `serve` waits before each response. */
  latencyMs?: number;
}

/** All options with their values. */
export interface Settings extends Access, PagingBehavior {
  readonly streams: readonly StreamDef[];
  readonly schemaOf: (stream: string) => StreamSchema;
  readonly rows: number;
  readonly rowsByStream: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly now: () => number;
  readonly refusalStatus: number;
  readonly staleStatus: number;
  readonly callsPerHour: number;
  readonly retryAfter: 'seconds' | 'date' | 'none';
  readonly typeConfigurationForm: 'array' | 'object';
  readonly ugly: boolean;
  readonly malformed: number;
  readonly keepPages: number;
  readonly latencyMs: number;
}

const DEFAULTS: Settings = {
  streams: STREAMS,
  schemaOf: shippedSchema,
  rows: 250,
  rowsByStream: {},
  seed: 1,
  pageSize: 100,
  pages: 'live',
  now: Date.now,
  token: 'simulated-token',
  tokenName: 'simulator',
  requireName: false,
  authForm: 'both',
  refusalStatus: 401,
  xsrfToken: undefined,
  refreshTokenOn: 'every',
  refreshTokenMade: 'page',
  refreshReturns: 'changes',
  eventEnd: 'empty',
  eventStart: 'beginning',
  staleStatus: 422,
  callsPerHour: 1000,
  retryAfter: 'seconds',
  typeConfigurationForm: 'array',
  ugly: true,
  malformed: 0,
  keepPages: 0,
  latencyMs: 0,
};

/** Adds the default values to options. */
export function withDefaults(options: SimulatorOptions): Settings {
  return { ...DEFAULTS, ...options };
}
