/**
 * The calls of all taps of one token on this machine, as the cache holds them. Pure: the time is passed in, in ms since 1970.
 *
 * A tap reserves a few calls at once, before it makes them. They count as made until it says otherwise, so a tap that was
 * killed can only make the others slower. Calls are counted in spans of ten seconds, each by its end: that is the latest
 * time at which they can have been made.
 */
import { HOUR } from './budget.js';
import { isObject } from '../json.js';

/** Calls in a span. With a tap's name, that tap has reserved them, and can still give them back. */
interface Span {
  readonly end: number;
  readonly count: number;
  readonly tap?: string;
}

export interface Limits {
  readonly callsPerHour: number;
  readonly callsPerSecond: number;
  /** Calls that are reserved at once. */
  readonly batch: number;
}

/** Calls that may be made before `end`. */
export interface Grant {
  readonly count: number;
  readonly end: number;
}

/** Why there are no calls now, and for how long. */
export interface Wait {
  readonly ms: number;
  readonly why: string;
}

const SPAN = 10_000;
/** No tap makes more calls in a span: a larger count is damage. */
const MOST = 1_000_000;
/** Shorter waits for `callsPerSecond` are rounding. */
const SHORTEST = 1;

export class Ledger {
  /** Whether the entry had anything that this version does not write. */
  readonly isOdd: boolean;
  readonly #now: number;
  #spans: Span[] = [];
  /** When the calls that were reserved last have been made, at `callsPerSecond`. */
  #next: number;

  /** @param entry what the file holds for the token, whatever that is */
  constructor(entry: unknown, now: number) {
    this.#now = now;
    const { calls = [], next = 0 } = isObject(entry) ? entry : {};
    const read = Array.isArray(calls) ? calls.map(readSpan) : [];
    this.isOdd =
      (entry !== undefined && !isObject(entry)) ||
      !Array.isArray(calls) ||
      read.includes(null) ||
      !Number.isFinite(next);
    // The clock may have been set back since: what is in the future counts as now.
    for (const span of read) {
      if (span !== null && span.end > now - HOUR)
        this.#spans.push({ ...span, end: Math.min(span.end, endOf(now)) });
    }
    this.#next = typeof next === 'number' && Number.isFinite(next) ? next : 0;
  }

  /** Times of the calls of the last hour, each at its latest. */
  *times(): Generator<number, void, undefined> {
    for (const { end, count } of this.#spans) {
      for (let call = 0; call < count; call += 1) yield end;
    }
  }

  /**
   * Replaces what a tap has reserved by the calls that it made of it.
   *
   * @param grant what the tap was granted; its calls are added even if another has emptied the file since
   */
  settle(tap: string, grant: Grant, made: number, { callsPerSecond }: Limits): void {
    this.#spans = this.#spans.filter((span) => span.tap !== tap);
    if (made > 0 && grant.end > this.#now - HOUR) {
      this.#spans.push({ end: Math.min(grant.end, endOf(this.#now)), count: made });
    }
    this.#next -= ((grant.count - made) * 1000) / callsPerSecond;
  }

  /** Reserves calls for a tap, or says how long it has to wait. All taps together stay within the limits. */
  reserve(tap: string, { callsPerHour, callsPerSecond, batch }: Limits): Grant | Wait {
    const now = this.#now;
    const full = this.#hourLeft(callsPerHour);
    if (full > 0) {
      return {
        ms: full,
        why: 'the call budget (calls_per_hour) is used up by all taps of this token together',
      };
    }
    const gap = 1000 / callsPerSecond;
    const next = Math.max(now, Math.min(this.#next, now + batch * gap));
    if (next - now >= SHORTEST)
      return { ms: next - now, why: 'another tap makes calls (calls_per_second is shared)' };
    const count = Math.min(batch, callsPerHour - this.#sum());
    const end = endOf(now);
    this.#spans.push({ end, count, tap });
    this.#next = next + count * gap;
    return { count, end };
  }

  /** What is written into the file. */
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

  /** ms until a call fits into the hour again. */
  #hourLeft(callsPerHour: number): number {
    let over = this.#sum() - callsPerHour;
    for (const { end, count } of this.#spans.toSorted((a, b) => a.end - b.end)) {
      if (over < 0) break;
      over -= count;
      if (over < 0) return end + HOUR - this.#now;
    }
    return 0;
  }
}

/** The end of the span that a time is in. */
function endOf(now: number): number {
  return (Math.floor(now / SPAN) + 1) * SPAN;
}

function readSpan(span: unknown): Span | null {
  const [end, count, tap]: unknown[] = Array.isArray(span) ? span : [];
  if (typeof end !== 'number' || typeof count !== 'number' || !(count > 0 && count <= MOST))
    return null;
  return { end, count: Math.ceil(count), ...(typeof tap === 'string' && { tap }) };
}
