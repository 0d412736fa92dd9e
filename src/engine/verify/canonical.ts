/**
 * One text for one value, whichever way a destination prints it: numbers as text, booleans as `t`,
 * timestamps without an offset, JSON with other blanks. Pure.
 */
import type { PropertySchema } from '../../catalog/schema.js';
import { isObject } from '../../json.js';
import { Misfit } from '../../shape/convert-type.js';
import { compileConvert } from '../../shape/convert.js';
import { toDateTime } from '../../shape/timestamp.js';

/** A column as it is compared. */
export interface ComparedColumn {
  readonly name: string;
  /** From a cell of the destination to the tap's form of it; a Misfit if it has none. */
  readonly read: (cell: unknown) => unknown;
  /** The text of a value in the tap's form; without fractions of seconds unless `exact`. */
  readonly text: (value: unknown, exact: boolean) => string;
  /** Whether it holds times of day. */
  readonly isTime: boolean;
}

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ['t', true],
  ['1', true],
  [1, true],
  ['f', false],
  ['0', false],
  [0, false],
]);

/** As many digits of a second as databases keep. */
const FRACTION_DIGITS = 6;

/**
 * Compiles the comparison of a column.
 *
 * @throws ConfigError if the property has a type that JSON Schema does not have
 */
export function comparedColumn(name: string, property: PropertySchema): ComparedColumn {
  const convert = compileConvert(property, `column ${name}`);
  const type = [property.type].flat().find((one) => one !== 'null');
  const isTime = type === 'string' && property.format === 'date-time';
  if (isTime) return { name, read: readTime, text: timeText, isTime };
  if (type === 'boolean') {
    const read = (cell: unknown): unknown =>
      BOOLEANS.get(typeof cell === 'string' ? cell.trim().toLowerCase() : cell) ?? convert(cell);
    return { name, read, text: valueText, isTime };
  }
  return { name, read: convert, text: valueText, isTime };
}

/** A timestamp without an offset is UTC: that is what databases print for such columns. */
function readTime(cell: unknown): unknown {
  const time = typeof cell === 'string' ? (toDateTime(cell) ?? toDateTime(`${cell}Z`)) : null;
  return time ?? NOT_A_TIME;
}

const NOT_A_TIME = new Misfit('not a date-time');

function timeText(value: unknown, exact: boolean): string {
  if (typeof value !== 'string') return valueText(value);
  const dot = value.indexOf('.');
  if (dot < 0) return value;
  const digits = exact ? value.slice(dot + 1, -1).slice(0, FRACTION_DIGITS) : '';
  const fraction = digits.replace(/0+$/, '');
  return `${value.slice(0, dot)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return looksLikeJson(value) ? sortedText(value) : value;
  return typeof value === 'object' && value !== null ? sortedJson(value) : String(value);
}

function looksLikeJson(text: string): boolean {
  const first = text.charCodeAt(0);
  return first === 0x7b || first === 0x5b;
}

/** A jsonb column prints its own blanks and its own order of names. */
function sortedText(text: string): string {
  try {
    return sortedJson(JSON.parse(text));
  } catch {
    return text;
  }
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isObject(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
