/** Creates the API client of a run from its configuration. */
import { FormFinder } from './authorization.js';
import { Budget } from './budget.js';
import { Cache } from './cache.js';
import { Client, type Answered, type Call } from './client.js';
import { isLoopback } from '../config/base-url.js';
import type { Config } from '../config/config.js';
import type { Log } from '../terminal/log.js';
import type { Clock } from './clock.js';
import { Pace } from './pace.js';
import { proxyAgents } from './proxy.js';

export interface SessionOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  /** Aborted when the run ends. */
  readonly signal: AbortSignal;
  readonly onCall: (call: Call) => void;
  readonly onHeaders?: (answer: Answered) => void;
  /** Called for each wait of 5 s or more, with its ms. */
  readonly onWait?: (ms: number) => void;
  /** What sets `maxRunMinutes`, for messages. Default: the setting. */
  readonly limitOf?: string | undefined;
  /** Limit for the first response of the host, in seconds. */
  readonly firstResponseS?: number;
}

/** A wrong host is reported within a minute; almost every page takes less time. */
const FIRST_RESPONSE_S = 50;
/** Shorter for `--test` and `configure`, since a person waits for them. */
export const FIRST_RESPONSE_OF_CHECK_S = 10;

export interface Session {
  readonly client: Client;
  readonly budget: Budget;
  /** Whether an earlier command with this host and token has used `cache_dir`. */
  readonly isKnown: boolean;
  /** Gives reserved calls back that were not made. */
  readonly close: () => Promise<void>;
}

/**
 * Creates the client of a run. The call budget and the form of the header continue from earlier
 * runs with the same token, as stored in the cache.
 *
 * @throws ConfigError if the environment names an invalid proxy
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const {
    config,
    log,
    clock,
    signal,
    onCall,
    onHeaders,
    limitOf,
    firstResponseS = FIRST_RESPONSE_S,
  } = options;
  if (printsHeaders(process.env['NODE_DEBUG'])) log.warn('SECRET_LOGGED', NODE_DEBUG_WARNING);
  const { baseUrl, apiToken, callsPerHour, callsPerSecond, maxRunMinutes } = config;
  const began = clock.now();
  const cache = new Cache({
    dir: config.cacheDir,
    host: baseUrl.host,
    token: apiToken,
    callsPerHour,
    callsPerSecond,
    batch: Math.max(1, Math.min(Math.ceil(callsPerSecond), Math.floor(callsPerHour / 100))),
    warn: (message) => log.warn('CACHE_UNUSABLE', message),
    sleep: (ms, until) => clock.sleep(ms, until),
  });
  const { isKnown } = cache;
  const budget = new Budget({
    callsPerHour,
    callsPerSecond,
    history: cache.calls(began),
    now: began,
  });
  const finder = new FormFinder(cache.form, (form) => (cache.form = form));
  const pace = new Pace({
    budget,
    shared: cache,
    clock,
    random: Math.random,
    signal,
    deadlineOf: limitOf,
    deadline: maxRunMinutes === undefined ? Infinity : began + maxRunMinutes * 60_000,
    onWait: (ms, why) => {
      options.onWait?.(ms);
      log.info(`waiting ${Math.ceil(ms / 1000)} s: ${why}`, { wait_ms: ms });
    },
  });
  const client = new Client({
    root: baseUrl,
    token: apiToken,
    tokenName: config.apiTokenName,
    xsrfToken: config.xsrfToken,
    userAgent: config.userAgent,
    requestTimeoutS: config.requestTimeoutS,
    firstResponseS,
    maxRetries: config.maxRetries,
    maxResponseMb: config.maxResponseMb,
    agent: isLoopback(baseUrl.hostname) ? undefined : await proxyAgents(baseUrl),
    finder,
    pace,
    budget,
    clock,
    random: Math.random,
    signal,
    onCall,
    onHeaders,
  });
  return { client, budget, isKnown, close: () => cache.close(clock.now()) };
}

const NODE_DEBUG_WARNING =
  'NODE_DEBUG makes Node print requests with the API token to stderr, outside of this log: ' +
  'unset it unless you need it';

/** Whether `NODE_DEBUG` names a module of Node that prints requests. `*` is a wildcard. */
export function printsHeaders(nodeDebug = ''): boolean {
  return nodeDebug.split(',').some((part) => {
    const words = part.trim().toLowerCase().split('*');
    const pattern = new RegExp(
      `^${words.map((word) => word.replaceAll(/\W/g, '\\$&')).join('.*')}$`,
    );
    return ['http', 'https', 'net', 'tls'].some((name) => pattern.test(name));
  });
}
