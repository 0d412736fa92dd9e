/** What a run needs to talk to the API, put together from its configuration. */
import { FormFinder } from './authorization.js';
import { Budget } from './budget.js';
import { Cache } from './cache.js';
import { Client, type Call } from './client.js';
import type { Config } from '../config/config.js';
import type { Log } from '../log.js';
import { Pace, type Clock } from './pace.js';
import { proxyAgents } from './proxy.js';

export interface SessionOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  /** Aborted when the run ends. */
  readonly signal: AbortSignal;
  readonly onCall: (call: Call) => void;
}

export interface Session {
  readonly client: Client;
  readonly budget: Budget;
  /** Writes down how many calls were really made. */
  readonly close: () => Promise<void>;
}

/** Opens the client of a run, with what earlier runs of the same token left in the cache. */
export async function openSession({ config, log, clock, signal, onCall }: SessionOptions): Promise<Session> {
  const { baseUrl, apiToken, callsPerHour, callsPerSecond, maxRunMinutes } = config;
  const began = clock.now();
  const cache = new Cache({
    dir: config.cacheDir,
    host: baseUrl.host,
    token: apiToken,
    callsPerHour,
    callsPerSecond,
    batch: Math.max(1, Math.min(Math.ceil(callsPerSecond), Math.floor(callsPerHour / 100))),
    warn: (message) => log.warn(message),
    sleep: (ms, until) => clock.sleep(ms, until),
  });
  const budget = new Budget({ callsPerHour, callsPerSecond, history: cache.calls(began), now: began });
  const finder = new FormFinder(cache.form, (form) => (cache.form = form));
  const pace = new Pace({
    budget,
    shared: cache,
    clock,
    random: Math.random,
    signal,
    deadline: maxRunMinutes === undefined ? Infinity : began + maxRunMinutes * 60_000,
    onWait: (ms, why) => log.info(`waiting ${Math.ceil(ms / 1000)} s: ${why}`, { wait_ms: ms }),
  });
  const client = new Client({
    root: baseUrl,
    token: apiToken,
    tokenName: config.apiTokenName,
    xsrfToken: config.xsrfToken,
    userAgent: config.userAgent,
    requestTimeoutS: config.requestTimeoutS,
    maxRetries: config.maxRetries,
    maxResponseMb: config.maxResponseMb,
    agent: await proxyAgents(baseUrl),
    finder,
    pace,
    budget,
    clock,
    random: Math.random,
    signal,
    onCall,
  });
  return { client, budget, close: () => cache.close(clock.now()) };
}
