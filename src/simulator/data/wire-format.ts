/**
 * How rows look on the wire. `dress` makes them as ugly as the live API's (every cell still converts to its declared kind, see
 * the table in API.md), `spoil` makes what no tap can convert.
 */

import type { Dice } from './random.js';
import type { Row } from './tenant.js';
import * as words from './words.js';

const DECIMALS = new Set([
  'total', 'price', 'labor', 'retail_price', 'square_footage', 'labor_hours', 'contract_price', 'labor_total', 'price_total',
  'floorplan_contract_charge', 'floorplan_labor_charge', 'crew_pay_extra_added_pay',
]); // prettier-ignore
const INTEGERS = new Set([
  'percentage_of_completion',
  'display_order',
  'weekly_hours',
  'customer_id',
  'job_number',
  'leader_id',
  'number',
]);
const BOOLEANS = new Set([
  'active',
  'favorite',
  'under_warranty',
  'po_required',
  'piece_pay',
  'web_display',
  'device_display',
  'transpose',
]);
const TIMES = new Set(['created_at', 'updated_at']);
const NOTES = new Set(['notes', 'crew_notes', 'work_order_notes']);
const BLANKED = new Set([
  'home_owner_phone',
  'permit_number',
  'external_id',
  'po_number',
  'cellphone',
  'schedule_change_comment',
]);
const NUMERIC_TEXT = new Set(['lot', 'zip', 'item_number', 'custom_field1']);
const ABSENT = new Set(['municipality', 'warranty_issue', 'last_error', 'warranties', 'payroll_id']);
/** Keys that some rows spell in another way: capitals, blanks, hyphens (API.md). */
const SPELLINGS: Readonly<Record<string, string>> = {
  home_owner_email: 'Home-Owner-Email',
  accounting_number: 'Accounting Number',
  schedule_change_reason: 'schedule-change-reason',
  truck_number: 'Truck Number',
  bid_number: 'bid-number',
  po_numbers: 'PO Numbers',
  external_id: 'External-ID',
};

/** Changes cells of a row in place, by what the dice say. */
type Habit = (row: Row, dice: Dice) => void;

/** A habit that gives cells of some columns another look; cells that hold nothing are left alone. */
function cells(columns: ReadonlySet<string>, look: (value: unknown, dice: Dice) => unknown): Habit {
  return (row, dice) => {
    for (const key in row) {
      if (columns.has(key) && row[key] !== null) row[key] = look(row[key], dice);
    }
  };
}

/** A time that Rails' `to_s` wrote: `2025-01-06 14:00:00 UTC`, or with the zone's offset. */
function railsTime(value: unknown, dice: Dice): string {
  const text = String(value);
  if (dice.once(2)) return `${text.slice(0, 19).replace('T', ' ')} -0600`;
  return `${new Date(text).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function respell(row: Row): void {
  for (const [key, spelling] of Object.entries(SPELLINGS)) {
    if (!(key in row)) continue;
    row[spelling] = row[key];
    delete row[key];
  }
}

/** What one row in eight has; half of the rows have none of it. */
const HABITS: readonly Habit[] = [
  cells(INTEGERS, (value, dice) => (dice.once(2) ? ` ${String(value)} ` : String(value))),
  cells(BOOLEANS, (value, dice) => (dice.once(2) ? String(value) : String(value).toUpperCase())),
  cells(TIMES, railsTime),
  cells(NOTES, (_, dice) => dice.pick(words.UGLY_NOTES)),
  cells(BLANKED, (_, dice) => (dice.once(2) ? '' : '   ')),
  cells(NUMERIC_TEXT, (value) => (/^[1-9]\d*$/.test(String(value)) ? Number(value) : value)),
  (row) => {
    for (const key of ABSENT) if (row[key] === null) delete row[key];
    if (typeof row['start_date'] === 'string') row['start_date'] += 'T00:00:00.000-06:00';
  },
  (row, dice) => {
    respell(row);
    if (dice.once(2)) row['custom_field_9'] = { label: 'Sales region', value: dice.pick(words.TOWNS) };
  },
];

const decimalText = cells(DECIMALS, (value) => Number(value).toFixed(2));

/** Gives a row the looks of the live API's, in place. */
export function dress(row: Row, dice: Dice): Row {
  if (dice.once(2)) decimalText(row, dice);
  HABITS[dice.below(HABITS.length * 2)]?.(row, dice);
  return row;
}

/** The name of a column as a tap has it: lower case, `_` for blanks and hyphens. */
export function columnOf(key: string): string {
  return key.toLowerCase().replaceAll(/[ -]/g, '_');
}

/** A row with some of its cells set: a key that the row spells in its own way is not held twice. */
export function overlaid(row: Row, fields: Row): Row {
  const names = new Set(Object.keys(fields).map(columnOf));
  const kept = Object.entries(row).filter(([key]) => key in fields || !names.has(columnOf(key)));
  return { ...Object.fromEntries(kept), ...fields };
}

/** The value of a column of a row, however the row spells its key. */
export function valueOf(row: Row, column: string): unknown {
  if (column in row) return row[column];
  const key = Object.keys(row).find((one) => columnOf(one) === column);
  return key === undefined ? null : row[key];
}

/** A malformed row in place of a good one: without a key, with a date that is none, or no object at all. */
export function spoil(row: Row, dice: Dice): unknown {
  const dated = ['updated_at', 'start_date'].find((column) => column in row);
  switch (dice.below(4)) {
    case 0:
      return dice.once(2) ? null : `Row ${dice.digits(4)} could not be rendered`;
    case 1:
      if (dated !== undefined) return { ...row, [dated]: dice.once(2) ? '0000-00-00' : '01/27/2025' };
      break;
    default:
  }
  const key = ['event', 'id', 'job_type_id'].find((column) => column in row) ?? 'id';
  if (dice.once(2)) return { ...row, [key]: null };
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== key));
}
