/** Times as the API writes them, and the days that the simulated past runs over. */

export const DAY = 86_400_000;
/** Where the history ends that the simulator begins with. It is fixed, so that the same seed gives the same bytes. */
export const HISTORY_END = Date.UTC(2025, 0, 6, 14);
export const HISTORY_START = HISTORY_END - 720 * DAY;
const OFFSET = 6 * 3_600_000;

/** The days that were written so far: there are a few thousand at most, and `Date` is slow where rows come by the million. */
const DAYS = new Map<number, string>();
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** A time as Rails' JSON has it, in the contractor's zone: `2025-01-06T08:00:00.000-06:00`. */
export function stamp(time: number): string {
  const local = Math.floor(time - OFFSET);
  const number = Math.floor(local / DAY);
  const left = local - number * DAY;
  const seconds = Math.floor(left / 1000);
  const [hour, minute, second] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const fraction = String(left % 1000).padStart(3, '0');
  return `${dayText(number)}T${TWO_DIGITS[hour]}:${TWO_DIGITS[minute]}:${TWO_DIGITS[second]}.${fraction}-06:00`;
}

/** The day of a time in the contractor's zone: `2025-01-06`. */
export function day(time: number): string {
  return dayText(Math.floor((time - OFFSET) / DAY));
}

function dayText(number: number): string {
  let text = DAYS.get(number);
  if (text === undefined) DAYS.set(number, (text = new Date(number * DAY).toISOString().slice(0, 10)));
  return text;
}
