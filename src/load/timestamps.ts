/**
 * Reads dates and times. `Date.parse` accepts other forms too, corrects February 30, and drops what
 * is finer than a millisecond, so it cannot be used.
 */

const DAY_MS = 86_400_000;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const [ZERO, T, LOWER_T, SPACE] = [0x30, 0x54, 0x74, 0x20];
/** After the seconds: a fraction, then Z, an offset, or nothing, which means UTC. */
const REST = /^(?:\.(\d{1,9}))?(?:Z|z|([+-])(\d\d):?(\d\d))?$/;

/** Returns the days since 1970 of a date `2026-11-24`; null if the text is not a date. */
export function parseDate(text: string): number | null {
  return text.length === 10 ? daysAt(text) : null;
}

/**
 * Returns the microseconds since 1970 of a date-time as in RFC 3339. One without an offset is in
 * UTC. Null if the text is not a date-time, or finer than a microsecond.
 */
export function parseTimestamp(text: string): bigint | null {
  const days = daysAt(text);
  if (days === null || text.length < 19) return null;
  const separator = text.charCodeAt(10);
  if (separator !== T && separator !== SPACE && separator !== LOWER_T) return null;
  if (text.charAt(13) !== ':' || text.charAt(16) !== ':') return null;
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)];
  if (!(hour < 24 && minute < 60 && second < 60)) return null;
  const ms = days * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000;
  if (text.length === 20 && text.charAt(19) === 'Z') return BigInt(ms) * 1000n;
  return withRest(ms, text.slice(19));
}

function withRest(ms: number, rest: string): bigint | null {
  const parts = REST.exec(rest);
  if (parts === null) return null;
  const [, fraction = '', sign, hours, minutes] = parts;
  const digits = fraction.padEnd(9, '0');
  if (digits.slice(6) !== '000') return null;
  const offset = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  if (offset >= 24 * 60 || Number(minutes ?? 0) > 59) return null;
  const utc = ms - (sign === '-' ? -offset : offset) * 60_000;
  return BigInt(utc) * 1000n + BigInt(digits.slice(0, 6));
}

/** The days since 1970 of the date with which a text begins. */
function daysAt(text: string): number | null {
  if (text.charAt(4) !== '-' || text.charAt(7) !== '-') return null;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  if (!(year > 0 && month > 0 && month <= 12 && day > 0)) return null;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > (MONTH_DAYS[month - 1] ?? 0) + (isLeap && month === 2 ? 1 : 0)) return null;
  // Days of whole years, counted from March, so that a leap day is the last of its year.
  const shifted = month > 2 ? year : year - 1;
  const century = Math.floor(shifted / 100);
  const leapDays = Math.floor(shifted / 4) - century + Math.floor(century / 4);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return shifted * 365 + leapDays + dayOfYear - 719_468;
}

/** Two digits as a number, or NaN. */
function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - ZERO, text.charCodeAt(at + 1) - ZERO];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
