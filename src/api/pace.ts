/** Lets requests go, one by one: by the call budget, and after a 429 not before the API is ready again. */
import type { Budget } from './budget.js';
import type { Clock } from './clock.js';
import { StopError } from '../errors.js';
import { askedWait, pauseAfter } from './retry.js';

/** The calls that all taps of a token share. */
export interface SharedCalls {
  /** Takes a call that is reserved, to be made now; false if there is none. */
  take(now: number): boolean;
  /** Reserves calls; gives how long to wait before that can be tried again, 0 ms if there are some now. */
  reserve(now: number, signal: AbortSignal): Promise<{ readonly ms: number; readonly why: string }>;
}

export interface PaceOptions {
  readonly budget: Budget;
  readonly shared: SharedCalls;
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** Aborted when the run has to end; its reason is what waiting requests are rejected with. */
  readonly signal: AbortSignal;
  /** ms since 1970: no wait goes beyond it. */
  readonly deadline: number;
  /** Told of each wait that a person would wonder at. */
  readonly onWait: (ms: number, why: string) => void;
}

/** A request's leave to go; the answer's status has to be brought back with it. */
export interface Turn {
  /** It goes alone, to see whether the API answers again after a 429. */
  readonly first: boolean;
  /** ms of its waiting in which everything stood still after a 429. */
  readonly pausedMs: number;
}

const WORTH_A_LINE = 5000;
const THROTTLED = 'the API responded with 429 (too many calls)';

export class Pace {
  readonly #options: PaceOptions;
  /** The queue of requests: each waits for the one before it. */
  #queue: Promise<unknown> = Promise.resolve();
  /** The pause after a 429. */
  #pause = { from: 0, until: 0, why: '' };
  /** ms of all pauses before that one. */
  #pausedBefore = 0;
  /** How many 429s this episode has seen; 0 outside one. */
  #refusals = 0;
  /** Settled when the request that went first has its answer. */
  #first: { promise: Promise<void>; done: () => void } | null = null;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /**
   * Waits until a call may be made, in the order of asking.
   *
   * @throws StopError where the run ends before, or the wait would go beyond the deadline
   */
  turn(): Promise<Turn> {
    const paused = this.#pausedMs();
    const turn = this.#queue.then(() => this.#wait(paused));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /**
   * The answer was a 429: everything stops, for as long as the API asks or for a growing while.
   *
   * @param date the answer's own date, ms since 1970
   */
  refused(turn: Turn, retryAfter: string | undefined, date?: number): void {
    const { budget, clock, random } = this.#options;
    const now = clock.now();
    const asked = askedWait(retryAfter, now, date);
    const begins = this.#refusals === 0;
    if (begins) budget.halve(now);
    // A request that was on its way when the episode began tells nothing new, unless the API asks for more.
    if (begins || turn.first) {
      // What the API asked for was waited for and did not help: from the second 429 on, the waits grow in any case.
      if (asked === null || !begins)
        this.#pauseFor(pauseAfter(this.#refusals, random()), THROTTLED);
      this.#refusals += 1;
    }
    if (asked !== null) this.#pauseFor(asked, `${THROTTLED} and requests this wait`);
    this.#release(turn);
  }

  /** The answer was another than 429. */
  answered(turn: Turn): void {
    if (turn.first) this.#refusals = 0;
    this.#release(turn);
  }

  /** There was no answer: whether the API is ready again is still open. */
  unanswered(turn: Turn): void {
    this.#release(turn);
  }

  /**
   * Waits before a request is made again.
   *
   * @throws StopError where the run ends before, or the wait would go beyond the deadline
   */
  async rest(ms: number): Promise<void> {
    const { clock, signal, deadline } = this.#options;
    if (clock.now() + ms > deadline) throw new StopError(outOfTime(ms));
    await clock.sleep(ms, signal);
  }

  #pauseFor(ms: number, why: string): void {
    const from = this.#options.clock.now();
    if (from + ms <= this.#pause.until) return;
    this.#pausedBefore = this.#pausedMs();
    this.#pause = { from, until: from + ms, why };
  }

  /** ms of all pauses so far. */
  #pausedMs(): number {
    const { from, until } = this.#pause;
    return this.#pausedBefore + Math.max(0, Math.min(this.#options.clock.now(), until) - from);
  }

  /** ms of the pause that are still to come. Where the clock was set back since it began, it begins once more. */
  #pauseLeft(now: number): number {
    const { from, until, why } = this.#pause;
    if (now < from) this.#pause = { from: now, until: now + until - from, why };
    return this.#pause.until - now;
  }

  #release(turn: Turn): void {
    if (!turn.first) return;
    this.#first?.done();
    this.#first = null;
  }

  async #wait(pausedBefore: number): Promise<Turn> {
    const { budget, shared, clock, signal, deadline } = this.#options;
    // What the other taps leave, once this tap itself could go.
    let others = { ms: 0, why: '' };
    for (let told = 0; ;) {
      await this.#first?.promise;
      signal.throwIfAborted();
      const now = clock.now();
      const paused = { ms: this.#pauseLeft(now), why: this.#pause.why };
      const { ms, why } = [paused, budget.delay(now), others].reduce((one, other) =>
        other.ms > one.ms ? other : one,
      );
      others = { ms: 0, why: '' };
      if (now >= deadline || (ms > 0 && now + ms > deadline)) throw new StopError(outOfTime(ms));
      if (ms > 0) {
        told = this.#tell(ms, why, told);
        await clock.sleep(ms, signal);
      } else if (shared.take(now)) {
        budget.take(now);
        return this.#go(this.#pausedMs() - pausedBefore);
      } else {
        others = await shared.reserve(now, signal);
      }
    }
  }

  /** Says a long wait once; gives until when a wait has been said. */
  #tell(ms: number, why: string, told: number): number {
    const until = this.#options.clock.now() + ms;
    if (ms < WORTH_A_LINE || until <= told) return told;
    this.#options.onWait(ms, why);
    return until;
  }

  #go(pausedMs: number): Turn {
    if (this.#refusals === 0) return { first: false, pausedMs };
    const first = { promise: Promise.resolve(), done: () => undefined as void };
    first.promise = new Promise((resolve) => (first.done = resolve));
    this.#first = first;
    return { first: true, pausedMs };
  }
}

function outOfTime(wait: number): string {
  return wait > 0
    ? `max_run_minutes would pass while waiting ${Math.ceil(wait / 1000)} s for the API`
    : 'max_run_minutes has passed';
}
