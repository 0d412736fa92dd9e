/** Time. */
import { setTimeout } from 'node:timers/promises';

/** Time as the tap sees it, so that tests need not wait. */
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
