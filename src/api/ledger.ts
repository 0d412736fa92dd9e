/**
 * The calls of all taps with the same token on this machine, as stored in the cache. Pure: the time
 * is passed in, in ms since 1970.
 *
 * A tap reserves a batch of calls before it makes them. Reserved calls count as made until the tap
 * gives them back, so a tap that is killed can make the others slower, but not exceed the limit.
 * Calls are counted in spans of ten seconds. A call counts as made at the end of its span, which is
 * the latest possible time.
 */
import { HOUR } from './budget.js';
import { isObject } from '../json.js';

/** Calls in a span. If `tap` is set, that tap has reserved them and can still give them back. */
interface Span {
  readonly end: number;
  readonly count: number;
  readonly tap?: string;
}

/** The limits that all taps with the same token share. */
export interface CallLimits {
  readonly callsPerHour: number;
  readonly callsPerSecond: number;
  /** Calls that a tap reserves at once. */
  readonly batch: number;
}

/** Reserved calls, which have to be made before `end`. */
export interface Grant {
  readonly count: number;
  readonly end: number;
}

/** Why no calls can be reserved now, and for how long. */
export interface Wait {
  readonly ms: number;
  readonly why: string;
}

const SPAN = 10_000;
/** A larger count in the file is damage. */
const MAX_COUNT = 1_000_000;
/** Shorter waits are rounding errors. */
const MIN_WAIT_MS = 1;

export class Ledger {
  /** Whether the entry contained anything that this version does not write. */
  readonly isDamaged: boolean;
  readonly #now: number;
  #spans: Span[] = [];
  /** When all reserved calls will have been made, at `callsPerSecond`. */
  #next: number;

  /** @param entry the token's entry in the file, unchecked */
  constructor(entry: unknown, now: number) {
    this.#now = now;
    const { calls = [], next = 0 } = isObject(entry) ? entry : {};
    const read = Array.isArray(calls) ? calls.map(readSpan) : [];
    this.isDamaged =
      (entry !== undefined && !isObject(entry)) ||
      !Array.isArray(calls) ||
      read.includes(null) ||
      !Number.isFinite(next);
    // Times in the future count as now: the clock was set back.
    for (const span of read) {
      if (span !== null && span.end > now - HOUR)
        this.#spans.push({ ...span, end: Math.min(span.end, endOfSpan(now)) });
    }
    this.#next = typeof next === 'number' && Number.isFinite(next) ? next : 0;
  }

  /** Yields the latest possible time of each call of the last hour. */
  *times(): Generator<number, void, undefined> {
    for (const { end, count } of this.#spans) {
      for (let call = 0; call < count; call += 1) yield end;
    }
  }

  /**
   * Replaces the reserved calls of a tap by the calls that it has made.
   *
   * @param grant the calls that it had reserved. The calls made are added even if the reservation
   *   is no longer in the file
   * @param made how many of them it has made
   */
  settle(tap: string, grant: Grant, made: number, { callsPerSecond }: CallLimits): void {
    this.#spans = this.#spans.filter((span) => span.tap !== tap);
    if (made > 0 && grant.end > this.#now - HOUR) {
      this.#spans.push({ end: Math.min(grant.end, endOfSpan(this.#now)), count: made });
    }
    this.#next -= ((grant.count - made) * 1000) / callsPerSecond;
  }

  /** Reserves calls for a tap, within the limits of all taps; returns a wait if there are none. */
  reserve(tap: string, { callsPerHour, callsPerSecond, batch }: CallLimits): Grant | Wait {
    const now = this.#now;
    const ms = this.#msUntilFree(callsPerHour);
    if (ms > 0) {
      return {
        ms,
        why: 'the call budget (calls_per_hour) is used up by all taps of this token together',
      };
    }
    const gap = 1000 / callsPerSecond;
    const next = Math.max(now, Math.min(this.#next, now + batch * gap));
    if (next - now >= MIN_WAIT_MS)
      return { ms: next - now, why: 'another tap makes calls (calls_per_second is shared)' };
    const count = Math.min(batch, callsPerHour - this.#sum());
    const end = endOfSpan(now);
    this.#spans.push({ end, count, tap });
    this.#next = next + count * gap;
    return { count, end };
  }

  /** Returns the entry for the file. */
  entry(): { calls: (readonly [end: number, count: number, tap?: string])[]; next: number } {
    const made = new Map<number, number>();
    for (const { end, count, tap } of this.#spans) {
      if (tap === undefined) made.set(end, (made.get(end) ?? 0) + count);
    }
    const open = this.#spans.flatMap(({ end, count, tap }) =>
      tap === undefined ? [] : [[end, count, tap] as const],
    );
    return { calls: [...made, ...open], next: this.#next };
  }

  #sum(): number {
    return this.#spans.reduce((sum, { count }) => sum + count, 0);
  }

  /** Returns the ms until the hourly limit allows another call. */
  #msUntilFree(callsPerHour: number): number {
    let over = this.#sum() - callsPerHour;
    for (const { end, count } of this.#spans.toSorted((a, b) => a.end - b.end)) {
      if (over < 0) break;
      over -= count;
      if (over < 0) return end + HOUR - this.#now;
    }
    return 0;
  }
}

/** Returns the end of the span that contains `now`. */
function endOfSpan(now: number): number {
  return (Math.floor(now / SPAN) + 1) * SPAN;
}

function readSpan(span: unknown): Span | null {
  const [end, count, tap]: unknown[] = Array.isArray(span) ? span : [];
  if (typeof end !== 'number' || typeof count !== 'number' || !(count > 0 && count <= MAX_COUNT))
    return null;
  return { end, count: Math.ceil(count), ...(typeof tap === 'string' && { tap }) };
}
