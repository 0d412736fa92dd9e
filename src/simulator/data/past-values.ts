/** How the columns of a row differed in its past. */

import { DAY, formatDate } from './times.js';

/** A column that changes over time, and the function that returns its value before a change. */
export type PastColumn = readonly [column: string, before: (value: unknown) => unknown];

/** Returns null for a text, and a text for null. */
export function toggleText(value: unknown): unknown {
  return value === null ? 'to follow' : null;
}

/** Returns the opposite of a boolean; true for null. */
export function negate(value: unknown): boolean {
  return value !== true;
}

function subtractWeek(value: unknown): unknown {
  return formatDate(Date.parse(String(value).slice(0, 10)) - 6.5 * DAY);
}

/** The columns that change in the past of a job. */
export const JOB_PAST: readonly PastColumn[] = [
  ['start_date', subtractWeek],
  ['permit_number', toggleText],
  ['notes', toggleText],
  ['active', negate],
];

/** The columns that change in the past of a work order. */
export const WORK_ORDER_PAST: readonly PastColumn[] = [
  ['stage', (value) => (value === 'New' ? 'Scheduled' : 'New')],
  ['estimated_completion_date', subtractWeek],
  ['crew_notes', toggleText],
  ['percentage_of_completion', (value) => (value === 0 ? 5 : 0)],
];

/** The columns that change in the past of a status. */
export const STATUS_PAST: readonly PastColumn[] = [['status', negate]];
