/**
 * Parses the entries of a catalog and reads what they select. Each ConfigError names the place that
 * is wrong.
 */

import type { ReplicationMethod } from './discover.js';
import { ConfigError } from '../errors.js';
import { isObject, kindOf, type JsonObject } from '../json.js';
import type { PropertySchema, StreamSchema } from './schema.js';

/** An entry of a catalog whose form was checked. */
export interface ParsedEntry {
  /** Its place in the catalog, for error messages: `catalog.json: streams[3]`. */
  readonly place: string;
  readonly id: string;
  /** The stream name in Singer messages. A catalog may rename a stream. */
  readonly name: string;
  /** The entry as it is in the catalog. */
  readonly raw: JsonObject;
  /** Metadata of the stream. */
  readonly metadata: JsonObject;
  /** Metadata of columns, by name. */
  readonly columns: ReadonlyMap<string, JsonObject>;
}

/**
 * Parses the entries of a catalog.
 *
 * @param file the catalog's name in messages
 * @throws ConfigError if the form is wrong, or a stream is listed twice
 */
export function parseEntries(catalog: unknown, file: string): ParsedEntry[] {
  const advice = '; create a catalog with --discover';
  if (!isObject(catalog)) throw formError(file, catalog, 'an object', advice);
  const { streams } = catalog;
  if (!Array.isArray(streams)) throw formError(`${file}: streams`, streams, 'an array', advice);
  const entries = streams.map((entry: unknown, index) =>
    parseEntry(entry, `${file}: streams[${index}]`),
  );
  const ids = new Set<string>();
  for (const { id, place } of entries) {
    if (ids.has(id))
      throw new ConfigError(
        'CATALOG_WRONG',
        `${place}.tap_stream_id: ${JSON.stringify(id)} is listed twice; remove one entry`,
      );
    ids.add(id);
  }
  return entries;
}

function parseEntry(raw: unknown, place: string): ParsedEntry {
  if (!isObject(raw)) throw formError(place, raw, 'an object');
  // The oldest properties files have only `stream`.
  const id = raw['tap_stream_id'] ?? raw['stream'];
  if (typeof id !== 'string' || id === '')
    throw formError(`${place}.tap_stream_id`, id, 'the name of a stream');
  const name = raw['stream'] ?? id;
  if (typeof name !== 'string' || name === '') throw formError(`${place}.stream`, name, 'a name');
  checkBoolean(raw['selected'], `${place}.selected`);
  const list = raw['metadata'] ?? [];
  if (!Array.isArray(list)) throw formError(`${place}.metadata`, list, 'an array');
  const columns = new Map<string, JsonObject>();
  let metadata: JsonObject = {};
  for (const [index, item] of list.entries()) {
    const parsed = parseMetadata(item, `${place}.metadata[${index}]`);
    const [kind, column] = parsed.breadcrumb;
    if (parsed.breadcrumb.length === 0) metadata = parsed.metadata;
    // Longer breadcrumbs are about fields inside of objects, which are emitted whole.
    if (kind === 'properties' && column !== undefined && parsed.breadcrumb.length === 2) {
      columns.set(column, parsed.metadata);
    }
  }
  return { place, id, name, raw, metadata, columns };
}

function parseMetadata(
  item: unknown,
  place: string,
): { breadcrumb: readonly string[]; metadata: JsonObject } {
  if (!isObject(item)) throw formError(place, item, 'an object');
  const { breadcrumb, metadata } = item;
  if (!isStringArray(breadcrumb))
    throw formError(`${place}.breadcrumb`, breadcrumb, 'an array of strings');
  if (!isObject(metadata)) throw formError(`${place}.metadata`, metadata, 'an object');
  for (const key of ['selected', 'selected-by-default'])
    checkBoolean(metadata[key], `${place}.metadata.${key}`);
  return { breadcrumb, metadata };
}

/**
 * Whether the stream is selected. The first that is given decides: `selected` in its metadata,
 * `selected` in the entry (older catalogs), `selected-by-default`, else false.
 */
export function isSelected({ raw, metadata }: ParsedEntry): boolean {
  if (metadata['inclusion'] === 'unsupported') return false;
  if (metadata['inclusion'] === 'automatic') return true;
  return (
    (metadata['selected'] ?? raw['selected'] ?? metadata['selected-by-default'] ?? false) === true
  );
}

/**
 * Returns the columns to emit, in the schema's order: the keys, and each column unless its
 * `selected`, else its `selected-by-default`, is false.
 */
export function selectedColumns(
  entry: ParsedEntry,
  schema: StreamSchema,
  keys: readonly string[],
): ReadonlySet<string> {
  const isEmitted = (column: string): boolean => {
    const metadata = entry.columns.get(column) ?? {};
    if (keys.includes(column)) return true;
    if (metadata['inclusion'] === 'unsupported') return false;
    if (metadata['inclusion'] === 'automatic') return true;
    return (metadata['selected'] ?? metadata['selected-by-default'] ?? true) === true;
  };
  return new Set(Object.keys(schema.properties).filter((column) => isEmitted(column)));
}

/**
 * Returns the schema of an entry.
 *
 * @throws ConfigError if the schema is not that of an object, or has no property for a key
 */
export function schemaOf({ raw, place }: ParsedEntry, keys: readonly string[]): StreamSchema {
  const { schema } = raw;
  if (!isObject(schema)) throw formError(`${place}.schema`, schema, 'an object');
  const { type = 'object', properties } = schema;
  if (!isType(type) || ![type].flat().includes('object'))
    throw formError(`${place}.schema.type`, type, '"object"');
  if (!isObject(properties)) throw formError(`${place}.schema.properties`, properties, 'an object');
  const checked: [string, PropertySchema][] = [];
  for (const [column, property] of Object.entries(properties)) {
    const at = `${place}.schema.properties[${JSON.stringify(column)}]`;
    if (!isObject(property)) throw formError(at, property, 'an object');
    if (!isProperty(property))
      throw formError(`${at}.type`, property['type'], 'the name of a type, or an array of names');
    checked.push([column, property]);
  }
  const missing = keys.find((key) => !Object.hasOwn(properties, key));
  if (missing !== undefined) {
    throw new ConfigError(
      'CATALOG_WRONG',
      `${place}.schema.properties: the key ${missing} is missing; copy it from --discover`,
    );
  }
  return { ...schema, type, properties: Object.fromEntries(checked) };
}

function isProperty(property: Record<string, unknown>): property is PropertySchema {
  return property['type'] === undefined || isType(property['type']);
}

function isType(type: unknown): type is string | string[] {
  return typeof type === 'string' || isStringArray(type);
}

/**
 * Returns the replication method that an entry requests, if any.
 *
 * @throws ConfigError if it is neither INCREMENTAL nor FULL_TABLE
 */
export function methodOf({ raw, metadata, place }: ParsedEntry): ReplicationMethod | undefined {
  const method = metadata['replication-method'] ?? raw['replication_method'] ?? undefined;
  if (method === undefined || method === 'INCREMENTAL' || method === 'FULL_TABLE') return method;
  const found = typeof method === 'string' ? JSON.stringify(method) : kindOf(method);
  throw new ConfigError(
    'CATALOG_WRONG',
    `${place}: replication method: expected INCREMENTAL or FULL_TABLE, found ${found}`,
  );
}

/** Returns the key columns that an entry names, if any. Throws ConfigError if the form is wrong. */
export function keysOf({ raw, metadata, place }: ParsedEntry): readonly string[] | undefined {
  const keys = metadata['table-key-properties'] ?? raw['key_properties'] ?? undefined;
  if (keys === undefined || isStringArray(keys)) return keys;
  throw formError(`${place}: key`, keys, 'an array of column names');
}

function isStringArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function checkBoolean(value: unknown, place: string): void {
  if (typeof (value ?? true) !== 'boolean') throw formError(place, value, 'true or false');
}

function formError(place: string, value: unknown, expected: string, advice = ''): ConfigError {
  return new ConfigError(
    'CATALOG_WRONG',
    `${place}: expected ${expected}, found ${kindOf(value)}${advice}`,
  );
}
