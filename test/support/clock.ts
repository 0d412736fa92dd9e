/** Virtual time: tests of waits take none. */

import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '#src/api/clock.js';

export const NOON = Date.UTC(2025, 0, 6, 12);

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * A clock that moves only when somebody sleeps, to the time at which the first sleeper wakes. A
 * `held` one moves only by `advance`.
 */
export class FakeClock implements Clock {
  /** All sleeps so far, ms. */
  readonly slept: number[] = [];
  readonly #held: boolean;
  #now: number;
  #sleepers: Sleeper[] = [];

  constructor({ now = NOON, held = false }: { now?: number; held?: boolean } = {}) {
    this.#now = now;
    this.#held = held;
  }

  /** How many sleep now. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  now(): number {
    return this.#now;
  }

  /** Sets the clock to another time; who sleeps, sleeps as long as before. */
  set(now: number): void {
    const moved = now - this.#now;
    this.#sleepers = this.#sleepers.map(({ at, wake }) => ({ at: at + moved, wake }));
    this.#now = now;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.slept.push(ms);
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const drop = (): void => {
        this.#sleepers = this.#sleepers.filter(({ wake }) => wake !== woken);
        reject(signal.reason);
      };
      const woken = (): void => {
        signal.removeEventListener('abort', drop);
        resolve();
      };
      signal.addEventListener('abort', drop, { once: true });
      this.#sleepers.push({ at: this.#now + ms, wake: woken });
      if (!this.#held) setImmediate(() => this.#wakeNext(Infinity));
      return undefined;
    });
  }

  /** Lets this much time pass, and all happen that has to happen meanwhile. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    while (this.#wakeNext(until)) await settle();
    this.#now = until;
  }

  #wakeNext(until: number): boolean {
    const [next] = this.#sleepers.toSorted((a, b) => a.at - b.at);
    if (next === undefined || next.at > until) return false;
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
    this.#now = Math.max(this.#now, next.at);
    next.wake();
    return true;
  }
}

/** Lets everything run that needs no time and no socket. */
export async function settle(): Promise<void> {
  for (let turns = 0; turns < 5; turns += 1) await turn();
}

/** Waits for a socket to do its part; the test's own time-out is the limit. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}
