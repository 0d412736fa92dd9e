/** Times and numbers as a report shows them: UTC, English, short. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `06:12 UTC`, with the day if it is not that of `now`. */
export function timeText(ms: number, now: number): string {
  const time = `${clockText(ms)} UTC`;
  return isoDay(ms) === isoDay(now) ? time : `${time} on ${dayText(ms, now)}`;
}

/** `23 November`, with the year if it is not that of `now`. */
export function dayText(ms: number, now: number): string {
  const date = new Date(ms);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  const year = date.getUTCFullYear();
  return year === new Date(now).getUTCFullYear() ? day : `${day} ${year}`;
}

/** `24 Nov 06:12`, for tables. */
export function shortTime(ms: number): string {
  const date = new Date(ms);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]?.slice(0, 3)} ${clockText(ms)}`;
}

/** `06:12` */
export function clockText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}

/** A duration in one unit: `0.4 s`, `48 min`, `5 h`, `3 d`. */
export function durationText(ms: number): string {
  if (ms === 0) return '0 s';
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 90 * MINUTE) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.round(ms / HOUR)} h`;
  return `${Math.round(ms / DAY)} d`;
}

/** How long ago something was. */
export function ageText(ms: number): string {
  return ms < MINUTE ? '< 1 min' : durationText(ms);
}

/** `1,234` */
export function numberText(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 0 });
}

/** `3 runs`, `1 run` */
export function plural(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
