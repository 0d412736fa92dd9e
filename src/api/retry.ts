/** How long to wait before a request is made again. Pure: clock and chance are passed in; all times in ms. */

const SHORTEST = 2000;
/** The longest of the growing waits after a 429. */
const LONGEST_PAUSE = 300_000;
const LONGEST_RETRY = 60_000;
/** The allowance is an hour's: a server that asks for more than that is not believed, but asked again after an hour. */
const LONGEST_ASKED = 3_600_000;

/**
 * The growing wait, with up to a quarter of jitter on top so that several taps do not come back in step.
 *
 * @param attempt 0 for the first wait
 * @param chance from 0 to 1
 */
function growing(attempt: number, chance: number, longest: number): number {
  return Math.min(longest, SHORTEST * 2 ** Math.min(attempt, 30) * (1 + chance / 4));
}

/** The wait after a 429 without a usable `Retry-After`; `attempt` counts the 429s of this episode from 0. */
export function pauseAfter(attempt: number, chance: number): number {
  return growing(attempt, chance, LONGEST_PAUSE);
}

/** The wait after a 5xx, a broken connection or an unreadable body; `attempt` counts the tries of this request from 0. */
export function retryAfter(attempt: number, chance: number): number {
  return growing(attempt, chance, LONGEST_RETRY);
}

/**
 * Reads a `Retry-After` header: seconds or an HTTP date.
 *
 * @param date the time at the server, since the two clocks may differ
 * @returns the wait, an hour at most; null where there is none or it is absurd (none at all, negative, text)
 */
export function askedWait(header: string | undefined, now: number, date = now): number | null {
  const text = header?.trim() ?? '';
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : readDate(text) - date;
  return wait > 0 ? Math.min(wait, LONGEST_ASKED) : null;
}

/** `Date.parse` alone would take `-5` for a year. */
function readDate(text: string): number {
  return /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : NaN;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The time at the server when it answered (`Date`), ms since 1970; undefined if the answer does not say it. */
export function dateOf({ date }: Headers): number | undefined {
  const time = typeof date === 'string' ? readDate(date.trim()) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

/**
 * Reads what a server says to be left of its allowance: `X-RateLimit-Remaining` and `-Reset`, or `RateLimit-…` without the `X-`.
 *
 * @returns calls left until a time (ms since 1970), or null if it does not say both, or nothing that can be true
 */
export function allowance(headers: Headers, now: number): { left: number; until: number } | null {
  const read = (name: string): number => {
    const value = headers[`x-ratelimit-${name}`] ?? headers[`ratelimit-${name}`];
    return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : NaN;
  };
  const left = read('remaining');
  const wait = waitOf(read('reset'), dateOf(headers) ?? now);
  return left >= 0 && wait > 0 && wait <= LONGEST_ASKED ? { left, until: now + wait } : null;
}

const SECONDS_SINCE_1970 = 1e9;
const MS_SINCE_1970 = 1e12;

/** ms until a reset. It is in seconds or ms, from now or since 1970: no allowance is for longer than an hour. */
function waitOf(reset: number, date: number): number {
  if (reset >= MS_SINCE_1970) return reset - date;
  if (reset >= SECONDS_SINCE_1970) return reset * 1000 - date;
  return reset * 1000 <= LONGEST_ASKED ? reset * 1000 : reset;
}
