/**
 * How long to wait before a request is sent again. Pure: clock and chance are passed in. All times
 * are in ms.
 */

const SHORTEST = 2000;
const LONGEST_THROTTLE = 300_000;
const LONGEST_RETRY = 60_000;
/** The API counts calls per hour, so a longer wait is never needed. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * Exponential backoff with up to 25% of jitter, so that several taps do not retry in step.
 *
 * @param attempt 0 for the first wait
 * @param chance from 0 to 1
 */
function backoff(attempt: number, chance: number, longest: number): number {
  return Math.min(longest, SHORTEST * 2 ** Math.min(attempt, 30) * (1 + chance / 4));
}

/**
 * Returns the pause after a 429 without a usable `Retry-After`.
 *
 * @param attempt counts the 429s since the last other response, from 0
 */
export function throttleDelay(attempt: number, chance: number): number {
  return backoff(attempt, chance, LONGEST_THROTTLE);
}

/**
 * Returns the wait after a 5xx, a broken connection or an unreadable body.
 *
 * @param attempt counts the retries of this request from 0
 */
export function retryDelay(attempt: number, chance: number): number {
  return backoff(attempt, chance, LONGEST_RETRY);
}

/**
 * Parses a `Retry-After` header: seconds or an HTTP date.
 *
 * @param date the server's time, since the two clocks may differ
 * @returns the wait, an hour at most; null if the header is missing, invalid, zero or in the past
 */
export function parseRetryAfter(
  header: string | undefined,
  now: number,
  date = now,
): number | null {
  const text = header?.trim() ?? '';
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseDate(text) - date;
  return wait > 0 ? Math.min(wait, MAX_RETRY_AFTER_MS) : null;
}

/** `Date.parse` would accept `-5` as a year. */
function parseDate(text: string): number {
  return /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : NaN;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Returns the `Date` of a response, ms since 1970; undefined if it is missing or invalid. */
export function serverTime({ date }: Headers): number | undefined {
  const time = typeof date === 'string' ? parseDate(date.trim()) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

/**
 * Parses the rate limit headers: `X-RateLimit-Remaining` and `X-RateLimit-Reset`, or the same
 * without `X-`.
 *
 * @returns the calls left until a time (ms since 1970); null if one of the headers is missing,
 *   invalid, or the reset is in the past or more than an hour away
 */
export function parseAllowance(
  headers: Headers,
  now: number,
): { left: number; until: number } | null {
  const read = (name: string): number => {
    const value = headers[`x-ratelimit-${name}`] ?? headers[`ratelimit-${name}`];
    return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : NaN;
  };
  const left = read('remaining');
  const wait = msUntilReset(read('reset'), serverTime(headers) ?? now);
  return left >= 0 && wait > 0 && wait <= MAX_RETRY_AFTER_MS ? { left, until: now + wait } : null;
}

const SECONDS_SINCE_1970 = 1e9;
const MS_SINCE_1970 = 1e12;

/**
 * Returns the ms until a reset. Its unit is not specified: it may be seconds or ms, from now or
 * since 1970. Since it is an hour away at most, its size tells which.
 */
function msUntilReset(reset: number, date: number): number {
  if (reset >= MS_SINCE_1970) return reset - date;
  if (reset >= SECONDS_SINCE_1970) return reset * 1000 - date;
  return reset * 1000 <= MAX_RETRY_AFTER_MS ? reset * 1000 : reset;
}
