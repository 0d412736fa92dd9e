/** The clock that is passed to all code that waits. */
import { setTimeout } from 'node:timers/promises';

/** Tests pass a clock in virtual time, so that they need not wait. */
export interface Clock {
  /** ms since 1970 */
  now(): number;
  /** Resolves after `ms`, or rejects with the signal's reason as soon as the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The machine's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await setTimeout(ms, undefined, { signal });
    } catch {
      signal.throwIfAborted();
    }
  },
};
