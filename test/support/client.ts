/** An API client like that of a run, in virtual time, and a record of what it did. */

import { FormFinder, type Form } from '#src/api/authorization.js';
import { Budget } from '#src/api/budget.js';
import { Client, type Call, type ClientOptions } from '#src/api/client.js';
import { ApiError } from '#src/errors.js';
import { Pace, type SharedCalls } from '#src/api/pace.js';
import { FakeClock } from './clock.js';

export interface ClientRig {
  readonly client: Client;
  readonly clock: FakeClock;
  readonly budget: Budget;
  readonly calls: Call[];
  /** The reported waits. */
  readonly waits: string[];
  /** The forms of the header that were found. */
  readonly found: Form[];
  readonly stop: AbortController;
}

export interface RigOptions extends Partial<Omit<ClientOptions, 'root' | 'clock'>> {
  readonly clock?: FakeClock;
  readonly callsPerHour?: number;
  readonly callsPerSecond?: number;
  readonly remembered?: Form;
  /** ms from the start */
  readonly deadline?: number;
}

/** For a tap that does not share its calls. */
export const ALONE: SharedCalls = { take: () => true, reserve: async () => ({ ms: 0, why: '' }) };

/** No jitter. */
const random = (): number => 0;

/** Creates a client of the API at `root` (`…/open/v1`), with the simulator's token. */
export function clientOf(root: string, options: RigOptions = {}): ClientRig {
  const {
    clock = new FakeClock(),
    callsPerHour = 10_000,
    callsPerSecond = 1000,
    remembered,
    deadline,
  } = options;
  const stop = new AbortController();
  const budget = new Budget({ callsPerHour, callsPerSecond, now: clock.now() });
  const calls: Call[] = [];
  const waits: string[] = [];
  const found: Form[] = [];
  const client = new Client({
    root: new URL(root),
    token: 'simulated-token',
    tokenName: 'simulator',
    userAgent: 'test/1',
    requestTimeoutS: 10,
    firstResponseS: Infinity,
    maxRetries: 8,
    maxResponseMb: 64,
    finder: new FormFinder(remembered, (form) => found.push(form)),
    pace: new Pace({
      budget,
      clock,
      random,
      signal: stop.signal,
      deadline: clock.now() + (deadline ?? Infinity),
      onWait: (ms, why) => waits.push(`${Math.ceil(ms / 1000)} s: ${why}`),
      shared: ALONE,
    }),
    budget,
    clock,
    random,
    signal: stop.signal,
    onCall: (call) => calls.push(call),
    ...options,
  });
  return { client, clock, budget, calls, waits, found, stop };
}

/** Returns the reason of a rejected promise; throws if it was fulfilled. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It was not rejected.');
}

/** Returns the ApiError of a rejected promise; throws any other reason. */
export async function fault(promise: Promise<unknown>): Promise<ApiError> {
  const error = await rejection(promise);
  if (error instanceof ApiError) return error;
  throw error;
}
