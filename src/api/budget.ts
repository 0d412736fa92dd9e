/**
 * The call budget: when the next call may be made. A log of call times rather than a bucket that refills, since bucket and
 * refill together allow twice the limit within the first hour. Pure: times are passed in, in ms since 1970.
 */

export const HOUR = 3_600_000;
/** How long a halved pace takes to be whole again. */
const RECOVERY = 600_000;
/** However often the pace was halved, it stays above this share of what is set. */
const SLOWEST = 1 / 64;

export interface BudgetOptions {
  /** Calls in any hour, whenever that hour begins. */
  readonly callsPerHour: number;
  readonly callsPerSecond: number;
  /** Times of calls made before, by an earlier run. */
  readonly history?: Iterable<number>;
  readonly now: number;
}

export class Budget {
  readonly #callsPerHour: number;
  readonly #callsPerSecond: number;
  /** Times of the calls of the last hour; a ring, so that it never grows beyond the limit. */
  #times: Float64Array;
  #first = 0;
  #count = 0;
  #last = -Infinity;
  /** The time that was passed in last. */
  #seen = -Infinity;
  /** What the server has said to be left, and until when. */
  #left = Infinity;
  #leftUntil = 0;
  /** The share of the pace that was left when it was halved last. */
  #share = 1;
  #halvedAt = -Infinity;

  constructor({ callsPerHour, callsPerSecond, history = [], now }: BudgetOptions) {
    this.#callsPerHour = callsPerHour;
    this.#callsPerSecond = callsPerSecond;
    this.#times = new Float64Array(Math.min(callsPerHour, 1024));
    // A clock that was set back leaves times of the future behind: they count as now. An earlier run may have had a higher limit.
    const known = [...history].map((time) => Math.min(time, now)).toSorted((a, b) => a - b);
    for (const time of known.slice(-callsPerHour)) this.#add(time);
  }

  /** ms until a call may be made, 0 where it may be made now; and what it waits for, in words. */
  delay(now: number): { ms: number; why: string } {
    this.#forget(now);
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

  /** Notes a call as made. */
  take(now: number): void {
    this.#forget(now);
    this.#add(now);
    this.#last = now;
    this.#left -= 1;
  }

  /** Calls that may still be made within the hour before `now`. */
  room(now: number): number {
    this.#forget(now);
    const server = now < this.#leftUntil ? Math.max(0, this.#left) : Infinity;
    return Math.min(this.#callsPerHour - this.#count, server);
  }

  /** Calls a second at present. */
  pace(now: number): number {
    const recovered = Math.min(1, Math.max(0, now - this.#halvedAt) / RECOVERY);
    return this.#callsPerSecond * (this.#share + recovered * (1 - this.#share));
  }

  /** Halves the pace; it recovers within ten minutes. */
  halve(now: number): void {
    this.#share = Math.max(SLOWEST, this.pace(now) / this.#callsPerSecond / 2);
    this.#halvedAt = now;
  }

  /** The server has said how many calls are left until when. It may lower what may be made, never raise it. */
  limit(left: number, until: number, now: number): void {
    if (now < this.#leftUntil && left >= this.#left && until <= this.#leftUntil) return;
    this.#left = left;
    this.#leftUntil = Math.min(until, now + HOUR);
  }

  #at(index: number): number {
    return this.#times[(this.#first + index) % this.#times.length] ?? 0;
  }

  #forget(now: number): void {
    if (now < this.#seen) this.#setBack(now);
    this.#seen = now;
    while (this.#count > 0 && this.#at(0) + HOUR <= now) {
      this.#first = (this.#first + 1) % this.#times.length;
      this.#count -= 1;
    }
  }

  /** The clock was set back: what it says to be still to come counts as now. */
  #setBack(now: number): void {
    for (let index = this.#count - 1; index >= 0 && this.#at(index) > now; index -= 1) {
      this.#times[(this.#first + index) % this.#times.length] = now;
    }
    this.#last = Math.min(this.#last, now);
    this.#halvedAt = Math.min(this.#halvedAt, now);
    this.#leftUntil -= this.#seen - now;
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
