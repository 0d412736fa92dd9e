/**
 * Decides when requests may be sent: by the call budget and, after a 429, not before the API
 * accepts calls again. The first request after a pause is a probe: the others wait for its result.
 */
import type { Budget } from './budget.js';
import type { Clock } from './clock.js';
import { StopError } from '../errors.js';
import { parseRetryAfter, throttleDelay } from './retry.js';

/** The calls that all taps with the same token share. */
export interface SharedCalls {
  /** Takes a reserved call, to be made now. Returns false if none is reserved. */
  take(now: number): boolean;
  /** Reserves calls. Returns how long to wait before the next try; 0 ms if there are calls now. */
  reserve(now: number, signal: AbortSignal): Promise<{ readonly ms: number; readonly why: string }>;
}

export interface PaceOptions {
  readonly budget: Budget;
  readonly shared: SharedCalls;
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** Aborted when the run has to end. Waiting requests are rejected with its reason. */
  readonly signal: AbortSignal;
  /** ms since 1970. A wait that would end later is an error. */
  readonly deadline: number;
  /** What sets the deadline, for messages. Default: max_run_minutes. */
  readonly deadlineOf?: string | undefined;
  /** Called for each wait of 5 s or more. */
  readonly onWait: (ms: number, why: string) => void;
}

/** Permission to send one request. Return it through `answered`, `throttled` or `unanswered`. */
export interface Permit {
  /** Whether the request is sent alone, to find out whether the API accepts calls again. */
  readonly isProbe: boolean;
  /** The part of its waiting that 429s caused, ms. */
  readonly pausedMs: number;
}

const REPORTED_WAIT_MS = 5000;
const THROTTLED = 'the API responded with 429 (too many calls)';

export class Pace {
  readonly #options: PaceOptions;
  /** The last request in the queue. Each waits for the one before it. */
  #queue: Promise<unknown> = Promise.resolve();
  /** The pause after a 429. */
  #pause = { from: 0, until: 0, why: '' };
  /** Duration of all pauses before `#pause`, ms. */
  #pausedBefore = 0;
  /** How many 429s have counted since the API accepted calls last. */
  #throttles = 0;
  /** The probe that is being sent. */
  #probe: { ended: Promise<void>; end: () => void } | null = null;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /**
   * Waits until a call may be made. Permits are given in the order of the calls to this function.
   *
   * @throws StopError if the run has to end, or the wait would go beyond the deadline
   */
  permit(): Promise<Permit> {
    const paused = this.#pausedMs();
    const permit = this.#queue.then(() => this.#waitForPermit(paused));
    this.#queue = permit.catch(() => undefined);
    return permit;
  }

  /**
   * Returns a permit after a 429. All requests pause for the time that the API requests, or with
   * exponential backoff.
   *
   * @param retryAfter the header `Retry-After`
   * @param date the header `Date`, ms since 1970
   */
  throttled(permit: Permit, retryAfter: string | undefined, date?: number): void {
    const { budget, clock, random } = this.#options;
    const now = clock.now();
    const requested = parseRetryAfter(retryAfter, now, date);
    const isFirst = this.#throttles === 0;
    if (isFirst) budget.halve(now);
    // Requests that were sent before the first 429 do not count again.
    if (isFirst || permit.isProbe) {
      // From the second 429 on the waits grow, because the requested wait was too short.
      if (requested === null || !isFirst)
        this.#pauseFor(throttleDelay(this.#throttles, random()), THROTTLED);
      this.#throttles += 1;
    }
    if (requested !== null) this.#pauseFor(requested, `${THROTTLED} and requests this wait`);
    this.#release(permit);
  }

  /** Returns a permit after a response other than 429. */
  answered(permit: Permit): void {
    if (permit.isProbe) this.#throttles = 0;
    this.#release(permit);
  }

  /** Returns a permit if there was no response. After a 429 the next request is the probe. */
  unanswered(permit: Permit): void {
    this.#release(permit);
  }

  /**
   * Waits before a request is sent again.
   *
   * @throws StopError if the run has to end, or the wait would go beyond the deadline
   */
  async wait(ms: number): Promise<void> {
    const { clock, signal, deadline, deadlineOf } = this.#options;
    if (clock.now() + ms > deadline) throw new StopError(describeTimeout(ms, deadlineOf));
    await clock.sleep(ms, signal);
  }

  #pauseFor(ms: number, why: string): void {
    const from = this.#options.clock.now();
    if (from + ms <= this.#pause.until) return;
    this.#pausedBefore = this.#pausedMs();
    this.#pause = { from, until: from + ms, why };
  }

  /** Duration of all pauses so far, ms. */
  #pausedMs(): number {
    const { from, until } = this.#pause;
    return this.#pausedBefore + Math.max(0, Math.min(this.#options.clock.now(), until) - from);
  }

  /** Time left of the pause, ms. It starts again if the clock was set back meanwhile. */
  #pauseLeft(now: number): number {
    const { from, until, why } = this.#pause;
    if (now < from) this.#pause = { from: now, until: now + until - from, why };
    return this.#pause.until - now;
  }

  #release(permit: Permit): void {
    if (!permit.isProbe) return;
    this.#probe?.end();
    this.#probe = null;
  }

  async #waitForPermit(pausedBefore: number): Promise<Permit> {
    const { budget, shared, clock, signal, deadline, deadlineOf } = this.#options;
    // The wait that other taps cause. It matters only if this tap may send a request.
    let others = { ms: 0, why: '' };
    for (let reportedUntil = 0; ;) {
      await this.#probe?.ended;
      signal.throwIfAborted();
      const now = clock.now();
      const paused = { ms: this.#pauseLeft(now), why: this.#pause.why };
      const { ms, why } = [paused, budget.delay(now), others].reduce((one, other) =>
        other.ms > one.ms ? other : one,
      );
      others = { ms: 0, why: '' };
      if (now >= deadline || (ms > 0 && now + ms > deadline))
        throw new StopError(describeTimeout(ms, deadlineOf));
      if (ms > 0) {
        reportedUntil = this.#reportWait(ms, why, reportedUntil);
        await clock.sleep(ms, signal);
      } else if (shared.take(now)) {
        budget.take(now);
        return this.#createPermit(this.#pausedMs() - pausedBefore);
      } else {
        others = await shared.reserve(now, signal);
      }
    }
  }

  /** Reports a long wait once. Returns the end of the last reported wait, ms since 1970. */
  #reportWait(ms: number, why: string, reportedUntil: number): number {
    const until = this.#options.clock.now() + ms;
    if (ms < REPORTED_WAIT_MS || until <= reportedUntil) return reportedUntil;
    this.#options.onWait(ms, why);
    return until;
  }

  #createPermit(pausedMs: number): Permit {
    if (this.#throttles === 0) return { isProbe: false, pausedMs };
    const probe = { ended: Promise.resolve(), end: () => undefined as void };
    probe.ended = new Promise((resolve) => (probe.end = resolve));
    this.#probe = probe;
    return { isProbe: true, pausedMs };
  }
}

function describeTimeout(wait: number, limit = 'max_run_minutes'): string {
  return wait > 0
    ? `${limit} would pass while waiting ${Math.ceil(wait / 1000)} s for the API`
    : `${limit} has passed`;
}
