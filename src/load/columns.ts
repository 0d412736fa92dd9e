/** The columns of a table, from the JSON Schema of its stream. */
import { isObject, type JsonObject } from '../json.js';

/** The types of columns. Every value fits into VARCHAR: what is not text is written as JSON. */
export type ColumnType = 'BIGINT' | 'DOUBLE' | 'BOOLEAN' | 'DATE' | 'TIMESTAMPTZ' | 'VARCHAR';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** The description of the property, or null. */
  readonly comment: string | null;
}

const TYPE_OF_FORMAT: Readonly<Record<string, ColumnType>> = {
  date: 'DATE',
  'date-time': 'TIMESTAMPTZ',
};

/** Returns a column for each property of a schema. */
export function columnsOf(schema: JsonObject): Column[] {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  return Object.entries(properties).map(([name, property]) => ({
    name,
    type: columnType(property),
    comment: descriptionOf(property),
  }));
}

/** Returns the description of a schema or property, or null. */
export function descriptionOf(schema: unknown): string | null {
  const text = isObject(schema) ? schema['description'] : null;
  return typeof text === 'string' && text !== '' ? text : null;
}

/** Whether a column holds every value of another type without a change. */
export function holds(column: string, type: ColumnType): boolean {
  return column === type || column === 'VARCHAR' || (column === 'DOUBLE' && type === 'BIGINT');
}

/** The type that holds all alternatives of a property. */
function columnType(property: unknown): ColumnType {
  const types = new Set(alternatives(property));
  if (types.size === 2 && types.has('BIGINT') && types.has('DOUBLE')) return 'DOUBLE';
  const [type = 'VARCHAR'] = types;
  return types.size === 1 ? type : 'VARCHAR';
}

function alternatives(property: unknown): ColumnType[] {
  if (!isObject(property)) return ['VARCHAR'];
  const { type, format } = property;
  if (type === undefined) {
    const options = [property['anyOf'], property['oneOf']].find(Array.isArray);
    return options === undefined ? ['VARCHAR'] : options.flatMap(alternatives);
  }
  return [type].flat().flatMap((one) => (one === 'null' ? [] : typeOf(one, format)));
}

function typeOf(type: unknown, format: unknown): ColumnType {
  if (type === 'integer') return 'BIGINT';
  if (type === 'number') return 'DOUBLE';
  if (type === 'boolean') return 'BOOLEAN';
  if (type !== 'string' || typeof format !== 'string') return 'VARCHAR';
  return TYPE_OF_FORMAT[format] ?? 'VARCHAR';
}
