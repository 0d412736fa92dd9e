/**
 * The format of rows in responses. `addQuirks` gives a row the irregularities of the live API;
 * every cell still converts to its type. `corruptRow` makes a row that a tap has to reject.
 */

import type { Random } from './random.js';
import type { Row } from './row.js';
import * as words from './words.js';

/** The columns that each quirk applies to. A column must be of the type that the name says. */
export interface QuirkColumns {
  readonly decimals: ReadonlySet<string>;
  readonly integers: ReadonlySet<string>;
  readonly booleans: ReadonlySet<string>;
  /** Date-times. */
  readonly times: ReadonlySet<string>;
  /** Texts that may be replaced with other texts. */
  readonly notes: ReadonlySet<string>;
  /** Texts that may be blank. */
  readonly blanks: ReadonlySet<string>;
  /** Texts that may be a number if all their characters are digits. */
  readonly numericTexts: ReadonlySet<string>;
  /** Columns that a row may omit if they are null. */
  readonly absent: ReadonlySet<string>;
}

/** The columns of the streams that have a row maker. */
const KNOWN_COLUMNS: QuirkColumns = {
  decimals: new Set([
    'total',
    'price',
    'labor',
    'retail_price',
    'square_footage',
    'labor_hours',
    'contract_price',
    'labor_total',
    'price_total',
    'floorplan_contract_charge',
    'floorplan_labor_charge',
    'crew_pay_extra_added_pay',
  ]),
  integers: new Set([
    'percentage_of_completion',
    'display_order',
    'weekly_hours',
    'customer_id',
    'job_number',
    'leader_id',
    'number',
  ]),
  booleans: new Set([
    'active',
    'favorite',
    'under_warranty',
    'po_required',
    'piece_pay',
    'web_display',
    'device_display',
    'transpose',
  ]),
  times: new Set(['created_at', 'updated_at']),
  notes: new Set(['notes', 'crew_notes', 'work_order_notes']),
  blanks: new Set([
    'home_owner_phone',
    'permit_number',
    'external_id',
    'po_number',
    'cellphone',
    'schedule_change_comment',
  ]),
  numericTexts: new Set(['lot', 'zip', 'item_number', 'custom_field1']),
  absent: new Set(['municipality', 'warranty_issue', 'last_error', 'warranties', 'payroll_id']),
};

/** Columns whose names some rows write with capitals, blanks or hyphens. */
const KEY_VARIANTS: Readonly<Record<string, string>> = {
  home_owner_email: 'Home-Owner-Email',
  accounting_number: 'Accounting Number',
  schedule_change_reason: 'schedule-change-reason',
  truck_number: 'Truck Number',
  bid_number: 'bid-number',
  po_numbers: 'PO Numbers',
  external_id: 'External-ID',
};

const DATE = /^\d{4}-\d\d-\d\d$/;

/** Changes cells of a row in place. */
type Quirk = (row: Row, random: Random, columns: QuirkColumns) => void;

/** Makes a quirk that reformats the cells of a set of columns, null excepted. */
function reformat(
  set: keyof QuirkColumns,
  format: (value: unknown, random: Random) => unknown,
): Quirk {
  return (row, random, columns) => {
    for (const key in row) {
      if (columns[set].has(key) && row[key] !== null) row[key] = format(row[key], random);
    }
  };
}

/** Formats a time as `to_s` of Rails does: `2025-01-06 14:00:00 UTC`, or with an offset. */
function formatRailsTime(value: unknown, random: Random): string {
  const text = String(value);
  if (random.oneIn(2)) return `${text.slice(0, 19).replace('T', ' ')} -0600`;
  return `${new Date(text).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function renameKeys(row: Row): void {
  for (const [key, variant] of Object.entries(KEY_VARIANTS)) {
    if (!(key in row)) continue;
    row[variant] = row[key];
    delete row[key];
  }
}

/** Half of the rows have one of these quirks, each equally often. */
const QUIRKS: readonly Quirk[] = [
  reformat('integers', (value, random) => (random.oneIn(2) ? ` ${String(value)} ` : String(value))),
  reformat('booleans', (value, random) =>
    random.oneIn(2) ? String(value) : String(value).toUpperCase(),
  ),
  reformat('times', formatRailsTime),
  reformat('notes', (_, random) => random.pick(words.UGLY_NOTES)),
  reformat('blanks', (_, random) => (random.oneIn(2) ? '' : '   ')),
  reformat('numericTexts', (value) => (/^[1-9]\d*$/.test(String(value)) ? Number(value) : value)),
  (row, _, { absent }) => {
    for (const key of absent) if (row[key] === null) delete row[key];
    const start = row['start_date'];
    if (typeof start === 'string' && DATE.test(start)) {
      row['start_date'] = `${start}T00:00:00.000-06:00`;
    }
  },
  (row, random) => {
    renameKeys(row);
    if (!random.oneIn(2)) return;
    row['custom_field_9'] = { label: 'Sales region', value: random.pick(words.TOWNS) };
  },
];

const writeDecimalsAsText = reformat('decimals', (value) => Number(value).toFixed(2));

/**
 * Gives a row the irregularities of the live API.
 *
 * @param row is changed in place
 * @param columns the columns to change; without it, those of the streams that have a row maker
 * @returns `row`
 */
export function addQuirks(row: Row, random: Random, columns = KNOWN_COLUMNS): Row {
  if (random.oneIn(2)) writeDecimalsAsText(row, random, columns);
  QUIRKS[random.below(QUIRKS.length * 2)]?.(row, random, columns);
  return row;
}

/**
 * Returns the column of a key as a tap names it: in lower case, with `_` for blanks and hyphens.
 */
export function columnName(key: string): string {
  return key.toLowerCase().replaceAll(/[ -]/g, '_');
}

/**
 * Returns a copy of a row with other cells.
 *
 * @param fields cells by key; each replaces the cell of the same column, whatever its key in the
 *   row
 */
export function mergeFields(row: Row, fields: Row): Row {
  const names = new Set(Object.keys(fields).map(columnName));
  const rest = Object.entries(row).filter(([key]) => key in fields || !names.has(columnName(key)));
  return { ...Object.fromEntries(rest), ...fields };
}

/** Returns the cell of a column, whatever its key in the row; null if there is none. */
export function columnValue(row: Row, column: string): unknown {
  if (column in row) return row[column];
  const key = Object.keys(row).find((one) => columnName(one) === column);
  return key === undefined ? null : row[key];
}

/**
 * Returns a malformed variant of a row: no object, an invalid date, or no key.
 *
 * @param row is not changed
 * @param key a cell without which the row is malformed
 */
export function corruptRow(row: Row, key: string, random: Random): unknown {
  const dateColumn = ['updated_at', 'start_date'].find((column) => column in row);
  switch (random.below(4)) {
    case 0:
      return random.oneIn(2) ? null : `Row ${random.digits(4)} could not be rendered`;
    case 1:
      if (dateColumn === undefined) break;
      return { ...row, [dateColumn]: random.oneIn(2) ? '0000-00-00' : '01/27/2025' };
    default:
  }
  if (random.oneIn(2)) return { ...row, [key]: null };
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== key));
}
