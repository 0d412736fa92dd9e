/** Time, as the machine has it. */
import { setTimeout } from 'node:timers/promises';
import type { Clock } from './pace.js';

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
