/** Times as the API writes them, and the days that the simulated past runs over. */

export const DAY = 86_400_000;
/** Where the history ends that the simulator begins with. It is fixed, so that the same seed gives the same bytes. */
export const HISTORY_END = Date.UTC(2025, 0, 6, 14);
export const HISTORY_START = HISTORY_END - 720 * DAY;
const OFFSET = 6 * 3_600_000;

/** A time as Rails' JSON has it, in the contractor's zone: `2025-01-06T08:00:00.000-06:00`. */
export function stamp(time: number): string {
  return `${new Date(time - OFFSET).toISOString().slice(0, 23)}-06:00`;
}

/** The day of a time in the contractor's zone: `2025-01-06`. */
export function day(time: number): string {
  return new Date(time - OFFSET).toISOString().slice(0, 10);
}
