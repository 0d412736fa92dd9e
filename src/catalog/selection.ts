/** Reading one entry of a catalog: its form, and what it selects. Whatever is wrong is a ConfigError that names the place. */

import type { ReplicationMethod } from './discover.js';
import { ConfigError } from '../errors.js';
import { isObject, kindOf } from '../json.js';
import type { PropertySchema, StreamSchema } from './schema.js';

type Metadata = Readonly<Record<string, unknown>>;

/** An entry of a catalog, its form checked. */
export interface ReadEntry {
  /** Where it stands, for messages: `catalog.json: streams[3]`. */
  readonly place: string;
  readonly id: string;
  /** The name that goes into messages, which a catalog may change. */
  readonly name: string;
  readonly entry: Metadata;
  /** What is said of the stream as a whole. */
  readonly metadata: Metadata;
  /** What is said of columns, by name. */
  readonly columns: ReadonlyMap<string, Metadata>;
}

/** The entries of a catalog; `file` is how messages call it. Throws ConfigError where the form is wrong. */
export function readEntries(catalog: unknown, file: string): ReadEntry[] {
  const streams = isObject(catalog) ? catalog['streams'] : undefined;
  if (!Array.isArray(streams)) {
    const got = isObject(catalog)
      ? `its streams are ${kindOf(streams)}`
      : `it is ${kindOf(catalog)}`;
    throw new ConfigError(
      'CATALOG_WRONG',
      `${file} takes an object with an array of streams, but ${got}: make one with --discover`,
    );
  }
  const entries = streams.map((entry: unknown, index) =>
    readEntry(entry, `${file}: streams[${index}]`),
  );
  const ids = new Set<string>();
  for (const { id, place } of entries) {
    if (ids.has(id))
      throw new ConfigError(
        'CATALOG_WRONG',
        `${place}.tap_stream_id: ${JSON.stringify(id)} is in the catalog twice`,
      );
    ids.add(id);
  }
  return entries;
}

function readEntry(entry: unknown, place: string): ReadEntry {
  if (!isObject(entry)) throw wrong(place, entry, 'an object');
  // The oldest properties files have `stream` alone.
  const id = entry['tap_stream_id'] ?? entry['stream'];
  if (typeof id !== 'string' || id === '')
    throw wrong(`${place}.tap_stream_id`, id, "a stream's name");
  const name = entry['stream'] ?? id;
  if (typeof name !== 'string' || name === '') throw wrong(`${place}.stream`, name, 'a name');
  takesMark(entry['selected'], `${place}.selected`);
  const list = entry['metadata'] ?? [];
  if (!Array.isArray(list)) throw wrong(`${place}.metadata`, list, 'an array');
  const columns = new Map<string, Metadata>();
  let metadata: Metadata = {};
  for (const [index, item] of list.entries()) {
    const read = readMetadata(item, `${place}.metadata[${index}]`);
    const [kind, column] = read.breadcrumb;
    if (read.breadcrumb.length === 0) metadata = read.metadata;
    // Longer breadcrumbs speak of what is inside of objects, which go out whole.
    if (kind === 'properties' && column !== undefined && read.breadcrumb.length === 2) {
      columns.set(column, read.metadata);
    }
  }
  return { place, id, name, entry, metadata, columns };
}

function readMetadata(
  item: unknown,
  place: string,
): { breadcrumb: readonly string[]; metadata: Metadata } {
  if (!isObject(item)) throw wrong(place, item, 'an object');
  const { breadcrumb, metadata } = item;
  if (!isTexts(breadcrumb)) throw wrong(`${place}.breadcrumb`, breadcrumb, 'an array of texts');
  if (!isObject(metadata)) throw wrong(`${place}.metadata`, metadata, 'an object');
  for (const key of ['selected', 'selected-by-default'])
    takesMark(metadata[key], `${place}.metadata.${key}`);
  return { breadcrumb, metadata };
}

/**
 * Whether the entry's stream is to be synced: by the `selected` of its metadata, else by that of the entry itself (older
 * catalogs have it there), else by `selected-by-default`; a stream of which nothing is said is not.
 */
export function isSelected({ entry, metadata }: ReadEntry): boolean {
  if (metadata['inclusion'] === 'unsupported') return false;
  if (metadata['inclusion'] === 'automatic') return true;
  return (
    (metadata['selected'] ?? entry['selected'] ?? metadata['selected-by-default'] ?? false) === true
  );
}

/** The columns to put out, in the schema's order: a column's `selected`, else its `selected-by-default`, else its stream's. */
export function selectedColumns(
  read: ReadEntry,
  schema: StreamSchema,
  keys: readonly string[],
): ReadonlySet<string> {
  const isOut = (column: string): boolean => {
    const metadata = read.columns.get(column) ?? {};
    if (keys.includes(column)) return true;
    if (metadata['inclusion'] === 'unsupported') return false;
    if (metadata['inclusion'] === 'automatic') return true;
    return (metadata['selected'] ?? metadata['selected-by-default'] ?? true) === true;
  };
  return new Set(Object.keys(schema.properties).filter((column) => isOut(column)));
}

/** The schema of an entry. Throws ConfigError where it is no object of properties, or lacks a key. */
export function schemaOf({ entry, place }: ReadEntry, keys: readonly string[]): StreamSchema {
  const { schema } = entry;
  if (!isObject(schema)) throw wrong(`${place}.schema`, schema, 'an object');
  const { type = 'object', properties } = schema;
  if (!isType(type) || ![type].flat().includes('object'))
    throw wrong(`${place}.schema.type`, type, '"object"');
  if (!isObject(properties)) throw wrong(`${place}.schema.properties`, properties, 'an object');
  const checked: [string, PropertySchema][] = [];
  for (const [column, property] of Object.entries(properties)) {
    const at = `${place}.schema.properties[${JSON.stringify(column)}]`;
    if (!isObject(property)) throw wrong(at, property, 'an object');
    if (!isProperty(property))
      throw wrong(`${at}.type`, property['type'], "a type's name, or an array of them");
    checked.push([column, property]);
  }
  const missing = keys.find((key) => !Object.hasOwn(properties, key));
  if (missing !== undefined) {
    throw new ConfigError(
      'CATALOG_WRONG',
      `${place}.schema.properties lacks the key ${missing}: take it over from --discover`,
    );
  }
  return { ...schema, type, properties: Object.fromEntries(checked) };
}

function isProperty(property: Record<string, unknown>): property is PropertySchema {
  return property['type'] === undefined || isType(property['type']);
}

function isType(type: unknown): type is string | string[] {
  return typeof type === 'string' || isTexts(type);
}

/** The replication method that an entry asks for, if any. Throws ConfigError for one that the tap does not have. */
export function methodOf({ entry, metadata, place }: ReadEntry): ReplicationMethod | undefined {
  const method = metadata['replication-method'] ?? entry['replication_method'] ?? undefined;
  if (method === undefined || method === 'INCREMENTAL' || method === 'FULL_TABLE') return method;
  const got = typeof method === 'string' ? JSON.stringify(method) : kindOf(method);
  throw new ConfigError(
    'CATALOG_WRONG',
    `${place}: the replication method takes INCREMENTAL or FULL_TABLE, got ${got}`,
  );
}

/** The key columns that an entry names, if any. */
export function keysOf({ entry, metadata, place }: ReadEntry): readonly string[] | undefined {
  const keys = metadata['table-key-properties'] ?? entry['key_properties'] ?? undefined;
  if (keys === undefined || isTexts(keys)) return keys;
  throw wrong(`${place}: the key`, keys, "an array of columns' names");
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function takesMark(value: unknown, place: string): void {
  if (typeof (value ?? true) !== 'boolean') throw wrong(place, value, 'true or false');
}

function wrong(place: string, got: unknown, takes: string): ConfigError {
  return new ConfigError('CATALOG_WRONG', `${place} takes ${takes}, got ${kindOf(got)}`);
}
