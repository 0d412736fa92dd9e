/** The API's allowance: so many calls in any hour. Calls that are refused count as well, so who hammers on stays out. */

const HOUR = 3_600_000;

export class Hour {
  readonly #limit: number;
  readonly #now: () => number;
  #times: number[] = [];

  /** `limit` may be Infinity: then nothing is counted. */
  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Counts a call; gives 0 if it is within the allowance, else the ms after which one would be if none is made till then. */
  count(): number {
    if (this.#limit === Infinity) return 0;
    const now = this.#now();
    const left = this.#times.findIndex((time) => time > now - HOUR);
    this.#times = left < 0 ? [] : left > 0 ? this.#times.slice(left) : this.#times;
    this.#times.push(now);
    const over = this.#times.length - this.#limit;
    return over > 0 ? HOUR - (now - (this.#times[over] ?? now)) : 0;
  }
}
