/** Converts JSON values to what DuckDB stores. */
import { jsonText } from '../shape/json-text.js';
import type { ColumnType } from './columns.js';
import { parseDate, parseTimestamp } from './timestamps.js';

/** A DATE is the number of days since 1970, a TIMESTAMPTZ the number of microseconds. */
export type Cell = string | number | bigint | boolean | null;

/** Converts a value that is not null. Returns undefined if the column cannot hold it exactly. */
export type Convert = (value: unknown) => Cell | undefined;

/** The conversion for each type of column. */
export const CONVERT: Readonly<Record<ColumnType, Convert>> = {
  BIGINT(value) {
    if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
    return typeof value === 'bigint' && BigInt.asIntN(64, value) === value ? value : undefined;
  },
  DOUBLE(value) {
    if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
    if (typeof value !== 'bigint') return undefined;
    const number = Number(value);
    return Number.isFinite(number) && BigInt(number) === value ? number : undefined;
  },
  BOOLEAN: (value) => (typeof value === 'boolean' ? value : undefined),
  DATE: (value) => (typeof value === 'string' ? (parseDate(value) ?? undefined) : undefined),
  TIMESTAMPTZ: (value) =>
    typeof value === 'string' ? (parseTimestamp(value) ?? undefined) : undefined,
  VARCHAR: (value) => (typeof value === 'string' ? value : jsonText(value)),
};

/** SQL that writes a column of another type as text, in the form that its values have in JSON. */
export function textOf(column: string, type: string): string {
  if (type === 'DOUBLE')
    return `CASE WHEN ${column} = trunc(${column}) AND abs(${column}) <= ${Number.MAX_SAFE_INTEGER}
      THEN ${column}::BIGINT::VARCHAR ELSE ${column}::VARCHAR END`;
  if (type === 'TIMESTAMP WITH TIME ZONE' || type === 'TIMESTAMPTZ')
    return `strftime(${column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')`;
  return `${column}::VARCHAR`;
}
