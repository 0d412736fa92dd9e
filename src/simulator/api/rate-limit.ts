/**
 * The rate limit of the API: a number of calls in any period of an hour. Rejected calls count too.
 */

const HOUR = 3_600_000;

export class RateLimit {
  readonly #limit: number;
  readonly #now: () => number;
  #times: number[] = [];

  /**
   * @param limit calls per hour; Infinity for no limit
   * @param now returns the time in ms
   */
  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /**
   * Counts a call.
   *
   * @returns 0 if the call is within the limit; otherwise how many ms to wait until a call is,
   *   provided that no call is made before
   */
  countCall(): number {
    if (this.#limit === Infinity) return 0;
    const now = this.#now();
    const first = this.#times.findIndex((time) => time > now - HOUR);
    this.#times = first < 0 ? [] : first > 0 ? this.#times.slice(first) : this.#times;
    this.#times.push(now);
    const excess = this.#times.length - this.#limit;
    return excess > 0 ? HOUR - (now - (this.#times[excess] ?? now)) : 0;
  }
}
