/** The columns of each stream with their types, from the schemas, without those the tap makes. */
import { shippedSchema } from '#src/catalog/shipped.js';
import type { PropertySchema, StreamSchema } from '#src/catalog/schema.js';
import { ALL_STREAMS, DELETED_COLUMNS, RESCUED } from '#src/streams.js';

/** The names of a stream's columns, separated by blanks, by type or format. */
export type Columns = Readonly<Record<string, string>>;

function kindOf({ type, format }: PropertySchema): string {
  if (format === 'date' || format === 'date-time') return format;
  return [type ?? 'string'].flat().find((one) => one !== 'null') ?? 'null';
}

/** The columns that the tap makes. */
const MADE: ReadonlySet<string> = new Set(['event_id', ...DELETED_COLUMNS, RESCUED]);

/** Groups the columns of a schema by type or format. */
export function columnsByKind({ properties }: StreamSchema): Columns {
  const columns: Record<string, string[]> = {};
  for (const [name, property] of Object.entries(properties)) {
    if (!MADE.has(name)) (columns[kindOf(property)] ??= []).push(name);
  }
  return Object.fromEntries(
    Object.entries(columns).map(([kind, names]) => [kind, names.join(' ')]),
  );
}

export const COLUMNS: Readonly<Record<string, Columns>> = Object.fromEntries(
  ALL_STREAMS.map(({ name }) => [name, columnsByKind(shippedSchema(name))]),
);
