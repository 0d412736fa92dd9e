/** What a simulator can be told at its start. */

import type { Access } from './api/access.js';
import type { Readings } from './api/pages.js';

export interface SimulatorOptions {
  /** The size of the largest lists (jobs, work_orders); the others follow from it. 250 without. */
  rows?: number;
  /** Exact sizes of lists and feeds, by stream. */
  rowsByStream?: Readonly<Record<string, number>>;
  /** The same seed gives the same bytes. */
  seed?: number;
  /** Rows a page; 100 without. */
  pageSize?: number;
  /** The clock, ms; the machine's without. */
  now?: () => number;
  /** The token that is let in. */
  token?: string;
  /** The name that goes with it; a request may leave it out unless `requireName`. */
  tokenName?: string;
  requireName?: boolean;
  /** Which forms of the Authorization header are let in. */
  authForm?: 'quoted' | 'unquoted' | 'both';
  /** What everybody else is answered; 401 without. */
  refusalStatus?: number;
  /** Where set, requests without this cookie are refused. */
  xsrfToken?: string;
  /** Whether each page has a `refresh_token`, or the last one alone. */
  refreshTokenOn?: 'every' | 'last';
  /** Whether it is fixed when a walk begins, or made when each page is. */
  refreshTokenMade?: 'start' | 'page';
  /**
   * How a feed ends. `empty`: no events, under a token that was not there before; `repeat-empty`: no events, under the token that was sent;
   * `repeat-page`: the last page once more, under the token that was sent; `repeat-new`: already the last page with new events has the token that
   * was sent.
   */
  eventEnd?: 'empty' | 'repeat-empty' | 'repeat-page' | 'repeat-new';
  /** What comes where no `event_token` was sent: the beginning, or 422. */
  eventStart?: 'beginning' | 'refuse';
  /** What a stale token, or one of another path, is answered with; 422 without. */
  staleStatus?: 400 | 404 | 410 | 422;
  /** The allowance of a rolling hour; 1000 without, Infinity for none. */
  callsPerHour?: number;
  /** What `Retry-After` of a 429 says. */
  retryAfter?: 'seconds' | 'date' | 'none';
  typeConfigurationForm?: 'array' | 'object';
  /** Whether rows look as they do in life; true without. */
  ugly?: boolean;
  /** The share of rows (0 to 1) that no tap can take as they are. */
  malformed?: number;
  /** How many answers of lists are kept, to be given again while nothing changes: for benchmarks. None without. */
  keepPages?: number;
  /** How long `serve` waits before each answer. */
  latencyMs?: number;
}

/** The options with nothing left open. */
export interface Settings extends Access, Readings {
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
  rows: 250,
  rowsByStream: {},
  seed: 1,
  pageSize: 100,
  now: Date.now,
  token: 'simulated-token',
  tokenName: 'simulator',
  requireName: false,
  authForm: 'both',
  refusalStatus: 401,
  xsrfToken: undefined,
  refreshTokenOn: 'every',
  refreshTokenMade: 'page',
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

/** The options over their defaults. */
export function settled(options: SimulatorOptions): Settings {
  return { ...DEFAULTS, ...options };
}
