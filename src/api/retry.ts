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
 * @returns the wait, an hour at most; null where there is none or it is absurd (none at all, negative, text)
 */
export function askedWait(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : readDate(text) - now;
  return wait > 0 ? Math.min(wait, LONGEST_ASKED) : null;
}

/** `Date.parse` alone would take `-5` for a year. */
function readDate(text: string): number {
  return /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : NaN;
}

/**
 * Reads what a server says to be left of its allowance: `X-RateLimit-Remaining` and `-Reset`, or `RateLimit-…` without the `X-`.
 *
 * @returns calls left until a time (ms since 1970), or null where it says neither
 */
export function allowance(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  now: number,
): { left: number; until: number } | null {
  const read = (name: string): number => {
    const value = headers[`x-ratelimit-${name}`] ?? headers[`ratelimit-${name}`];
    return typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : NaN;
  };
  const left = read('remaining');
  const reset = read('reset');
  if (Number.isNaN(left) || Number.isNaN(reset)) return null;
  // Some give the seconds from now, some the time in seconds since 1970.
  return { left, until: reset > 1_000_000_000 ? reset * 1000 : now + reset * 1000 };
}
