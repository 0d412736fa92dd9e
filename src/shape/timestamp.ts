/**
 * Parses dates and times of the API: ISO 8601, and the two forms that Rails also prints
 * (`2025-01-06 08:00:00 UTC`, `2025-01-06 08:00:00 -0600`). Works on character codes, since
 * `Date.parse` would take most of the time of a row, and would guess at text that is not a date.
 */

const BLANK = 32;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const COLON = 58;
const DAY_MINUTES = 24 * 60;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** `00` to `59`. */
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/**
 * Returns the day of a date or of a date-time, with or without an offset: its first ten characters,
 * `YYYY-MM-DD`. The day is never moved to another time zone.
 *
 * @returns null if the day does not exist in the years 1 to 9999, or if the rest is not a time
 */
export function toDate(text: string): string | null {
  const trimmed = text.trim();
  if (!startsWithDay(trimmed)) return null;
  if (trimmed.length === 10) return trimmed;
  const end = timeEnd(trimmed);
  if (end < 0 || (end < trimmed.length && Number.isNaN(offsetMinutes(trimmed, end)))) return null;
  return trimmed.slice(0, 10);
}

/**
 * Converts a date-time to UTC: `2025-01-06T14:00:00.000Z`. A date becomes its midnight in UTC. The
 * fraction of the second keeps its digits and has at least three.
 *
 * @returns null if the text is not a date-time, has no offset, or is outside the years 1 to 9999
 */
export function toDateTime(text: string): string | null {
  const trimmed = text.trim();
  if (!startsWithDay(trimmed)) return null;
  if (trimmed.length === 10) return `${trimmed}T00:00:00.000Z`;
  const end = timeEnd(trimmed);
  if (end < 0) return null;
  const offset = offsetMinutes(trimmed, end);
  if (Number.isNaN(offset)) return null;

  const seconds = end > 16 ? trimmed.slice(17, 19) : '00';
  const fraction = end > 19 ? trimmed.slice(20, end).padEnd(3, '0') : '000';
  let day: string | null = trimmed.slice(0, 10);
  let minutes = twoDigits(trimmed, 11) * 60 + twoDigits(trimmed, 14) - offset;
  if (minutes < 0) {
    minutes += DAY_MINUTES;
    day = adjacentDay(trimmed, -1);
  } else if (minutes >= DAY_MINUTES) {
    minutes -= DAY_MINUTES;
    day = adjacentDay(trimmed, 1);
  }
  if (day === null) return null;
  const time = `${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:${seconds}`;
  return `${day}T${time}.${fraction}Z`;
}

/** The value of two digits, or -1 if they are not digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** The year in the first four characters; below 1 if they are not a year from 1 to 9999. */
function yearOf(text: string): number {
  const century = twoDigits(text, 0);
  const year = twoDigits(text, 2);
  return century < 0 || year < 0 ? -1 : century * 100 + year;
}

function daysIn(year: number, month: number): number {
  if (month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)) return 29;
  return MONTH_DAYS[month - 1] ?? 0;
}

function startsWithDay(text: string): boolean {
  if (text.charCodeAt(4) !== MINUS || text.charCodeAt(7) !== MINUS) return false;
  const year = yearOf(text);
  const day = twoDigits(text, 8);
  return year >= 1 && day >= 1 && day <= daysIn(year, twoDigits(text, 5));
}

/** The day before or after the one at the start of the text; null outside the years 1 to 9999. */
function adjacentDay(text: string, step: -1 | 1): string | null {
  let year = yearOf(text);
  let month = twoDigits(text, 5);
  let day = twoDigits(text, 8) + step;
  if (day < 1) {
    month -= 1;
    if (month < 1) [year, month] = [year - 1, 12];
    day = daysIn(year, month);
  } else if (day > daysIn(year, month)) {
    [month, day] = [month + 1, 1];
    if (month > 12) [year, month] = [year + 1, 1];
  }
  if (year < 1 || year > 9999) return null;
  return `${String(year).padStart(4, '0')}-${TWO_DIGITS[month]}-${TWO_DIGITS[day]}`;
}

/** The end of the time after the day (`HH:MM`, `HH:MM:SS`, a fraction), or -1 if there is none. */
function timeEnd(text: string): number {
  const between = text.charAt(10);
  if (between !== 'T' && between !== ' ' && between !== 't') return -1;
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || text.charCodeAt(13) !== COLON)
    return -1;
  if (text.charCodeAt(16) !== COLON) return 16;
  const second = twoDigits(text, 17);
  if (second < 0 || second > 59) return -1;
  const mark = text.charCodeAt(19);
  if (mark !== DOT && mark !== COMMA) return 19;
  let end = 20;
  while (isDigit(text.charCodeAt(end))) end += 1;
  return end === 20 ? -1 : end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** The offset in the rest of the text, in minutes east of UTC, or NaN if it is not an offset. */
function offsetMinutes(text: string, from: number): number {
  const at = text.charCodeAt(from) === BLANK ? from + 1 : from;
  const sign = text.charCodeAt(at);
  if (sign !== PLUS && sign !== MINUS) {
    const zone = text.slice(at);
    return zone === 'Z' || zone === 'UTC' || zone === 'z' ? 0 : Number.NaN;
  }
  const hours = twoDigits(text, at + 1);
  const colon = text.charCodeAt(at + 3) === COLON ? 1 : 0;
  const hoursOnly = text.length === at + 3;
  const minutes = hoursOnly ? 0 : twoDigits(text, at + 3 + colon);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return Number.NaN;
  if (!hoursOnly && text.length !== at + 5 + colon) return Number.NaN;
  return sign === PLUS ? hours * 60 + minutes : -(hours * 60 + minutes);
}
