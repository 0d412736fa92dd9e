/**
 * The call budget: when the next call may be made. It keeps the time of each call of the last hour.
 * A token bucket would allow twice the limit in the first hour (the full bucket plus the refill).
 * Pure: times are passed in, in ms since 1970.
 */

export const HOUR = 3_600_000;
/** Time in which a halved pace recovers, ms. */
const RECOVERY = 600_000;
/** Lower limit of the pace, as a share of `callsPerSecond`. */
const MIN_SHARE = 1 / 64;

export interface BudgetOptions {
  /** Limit for every period of one hour. */
  readonly callsPerHour: number;
  readonly callsPerSecond: number;
  /** Times of calls of earlier runs. */
  readonly history?: Iterable<number>;
  readonly now: number;
}

export class Budget {
  readonly #callsPerHour: number;
  readonly #callsPerSecond: number;
  /** Times of the calls of the last hour: a ring buffer with `#count` entries from `#first`. */
  #times: Float64Array;
  #first = 0;
  #count = 0;
  #last = -Infinity;
  /** The latest time that was passed in. */
  #lastNow = -Infinity;
  /** Calls that the API reports as left, and the time of its reset. */
  #left = Infinity;
  #leftUntil = 0;
  /** The pace right after it was halved, as a share of `callsPerSecond`. */
  #share = 1;
  #halvedAt = -Infinity;

  constructor({ callsPerHour, callsPerSecond, history = [], now }: BudgetOptions) {
    this.#callsPerHour = callsPerHour;
    this.#callsPerSecond = callsPerSecond;
    this.#times = new Float64Array(Math.min(callsPerHour, 1024));
    // Times in the future count as now: the clock was set back. There may be more of them than the
    // limit, if an earlier run had a higher one.
    const times = [...history].map((time) => Math.min(time, now)).toSorted((a, b) => a - b);
    for (const time of times.slice(-callsPerHour)) this.#add(time);
  }

  /** Returns the wait until a call may be made, 0 if it may be made now, and the reason for it. */
  delay(now: number): { ms: number; why: string } {
    this.#dropOld(now);
    const waits = [
      {
        ms: this.#last + 1000 / this.pace(now) - now,
        why: 'calls are spaced out (calls_per_second, less after a 429)',
      },
      {
        ms: this.#count < this.#callsPerHour ? 0 : this.#at(0) + HOUR - now,
        why: 'the call budget (calls_per_hour) is used up',
      },
      {
        ms: this.#left > 0 || now >= this.#leftUntil ? 0 : this.#leftUntil - now,
        why: 'the API reports that its allowance is used up',
      },
    ];
    return waits.reduce((longest, wait) => (wait.ms > longest.ms ? wait : longest), {
      ms: 0,
      why: '',
    });
  }

  /** Counts a call that is made now. */
  take(now: number): void {
    this.#dropOld(now);
    this.#add(now);
    this.#last = now;
    this.#left -= 1;
  }

  /** Returns how many calls the hourly limit still allows at `now`. */
  room(now: number): number {
    this.#dropOld(now);
    const server = now < this.#leftUntil ? Math.max(0, this.#left) : Infinity;
    return Math.min(this.#callsPerHour - this.#count, server);
  }

  /** Returns the number of calls in the hour before `now`. */
  used(now: number): number {
    this.#dropOld(now);
    return this.#count;
  }

  /** Returns the calls per second that are allowed at `now`. */
  pace(now: number): number {
    const recovered = Math.min(1, Math.max(0, now - this.#halvedAt) / RECOVERY);
    return this.#callsPerSecond * (this.#share + recovered * (1 - this.#share));
  }

  /** Halves the pace. It recovers within ten minutes. */
  halve(now: number): void {
    this.#share = Math.max(MIN_SHARE, this.pace(now) / this.#callsPerSecond / 2);
    this.#halvedAt = now;
  }

  /**
   * Applies the rate limit headers of a response. They can only lower what the budget allows.
   *
   * @param left calls that the API still accepts
   * @param until when its count is reset
   */
  limit(left: number, until: number, now: number): void {
    if (now < this.#leftUntil && left >= this.#left && until <= this.#leftUntil) return;
    this.#left = left;
    this.#leftUntil = Math.min(until, now + HOUR);
  }

  #at(index: number): number {
    return this.#times[(this.#first + index) % this.#times.length] ?? 0;
  }

  #dropOld(now: number): void {
    if (now < this.#lastNow) this.#setBack(now);
    this.#lastNow = now;
    while (this.#count > 0 && this.#at(0) + HOUR <= now) {
      this.#first = (this.#first + 1) % this.#times.length;
      this.#count -= 1;
    }
  }

  /** Adapts to a clock that was set back: times in the future count as now. */
  #setBack(now: number): void {
    for (let index = this.#count - 1; index >= 0 && this.#at(index) > now; index -= 1) {
      this.#times[(this.#first + index) % this.#times.length] = now;
    }
    this.#last = Math.min(this.#last, now);
    this.#halvedAt = Math.min(this.#halvedAt, now);
    this.#leftUntil -= this.#lastNow - now;
  }

  #add(time: number): void {
    if (this.#count === this.#times.length) this.#grow();
    this.#times[(this.#first + this.#count) % this.#times.length] = time;
    this.#count += 1;
  }

  #grow(): void {
    const larger = new Float64Array(this.#times.length * 2);
    for (let index = 0; index < this.#count; index += 1) larger[index] = this.#at(index);
    this.#times = larger;
    this.#first = 0;
  }
}
