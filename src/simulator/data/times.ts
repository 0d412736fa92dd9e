/** Times in the format of the API, and the period that the simulated past covers. */

export const DAY = 86_400_000;
/** The end of the simulated past. It is fixed, so that the same seed gives the same bytes. */
export const HISTORY_END = Date.UTC(2025, 0, 6, 14);
export const HISTORY_START = HISTORY_END - 720 * DAY;
/** The tenant is at UTC-6, without daylight saving time. */
const OFFSET = 6 * 3_600_000;

/** Cache of formatted days. There are a few thousand, and `Date` is slow for a million rows. */
const DAYS = new Map<number, string>();
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/**
 * Formats a time as Rails does in JSON.
 *
 * @param time ms since the epoch
 * @returns the local time with its offset: `2025-01-06T08:00:00.000-06:00`
 */
export function formatTimestamp(time: number): string {
  const local = Math.floor(time - OFFSET);
  const day = Math.floor(local / DAY);
  const ms = local - day * DAY;
  const seconds = Math.floor(ms / 1000);
  const [hour, minute, second] = [
    Math.floor(seconds / 3600),
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  const fraction = String(ms % 1000).padStart(3, '0');
  const clock = `${TWO_DIGITS[hour]}:${TWO_DIGITS[minute]}:${TWO_DIGITS[second]}.${fraction}`;
  return `${formatDay(day)}T${clock}-06:00`;
}

/**
 * Formats the local day of a time.
 *
 * @param time ms since the epoch
 * @returns `2025-01-06`
 */
export function formatDate(time: number): string {
  return formatDay(Math.floor((time - OFFSET) / DAY));
}

function formatDay(day: number): string {
  let text = DAYS.get(day);
  if (text === undefined) DAYS.set(day, (text = new Date(day * DAY).toISOString().slice(0, 10)));
  return text;
}
