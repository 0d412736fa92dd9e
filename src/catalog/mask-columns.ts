/** The columns that exist, and those that cannot be masked. */
import { discover } from './discover.js';
import { isObject } from '../json.js';
import { ALL_STREAMS, DELETED_COLUMNS, RESCUED, type StreamDef } from '../streams.js';

/** The columns of each stream, by its id. */
export type ColumnsByStream = ReadonlyMap<string, readonly string[]>;

/** The columns that the tap itself compares or makes. None of them is about a person. */
const OWN_COLUMNS: readonly string[] = ['updated_at', 'etag', ...DELETED_COLUMNS, RESCUED];

/**
 * The columns of all streams: those that the package declares, and those of a catalog.
 *
 * @param catalog parsed JSON, if a catalog is given
 */
export function declaredColumns(catalog?: unknown): ColumnsByStream {
  const columns = new Map<string, readonly string[]>();
  const add = (id: string, properties: object): void => {
    const names = [...(columns.get(id) ?? []), ...Object.keys(properties)];
    columns.set(id, [...new Set(names)]);
  };
  for (const { tap_stream_id, schema } of discover().streams) add(tap_stream_id, schema.properties);
  const given = isObject(catalog) && Array.isArray(catalog['streams']) ? catalog['streams'] : [];
  for (const entry of given) {
    if (!isObject(entry) || !isObject(entry['schema'])) continue;
    const { properties } = entry['schema'];
    const id = entry['tap_stream_id'] ?? entry['stream'];
    if (typeof id === 'string' && columns.has(id) && isObject(properties)) add(id, properties);
  }
  return columns;
}

/** The lists whose rows the events of a feed hold. */
export function listsOf(stream: string): readonly StreamDef[] {
  return ALL_STREAMS.filter(({ feed }) => feed?.name === stream);
}

/** The prefix of a feed's columns that hold the rows of its lists; null for other streams. */
export function prefixOf(stream: string): string | null {
  const [list] = listsOf(stream);
  return list?.feed === undefined ? null : `${list.feed.snapshot}_`;
}

/** What a column can be called: an event's column also by the column of the list. */
export function columnNames(stream: string, column: string): readonly string[] {
  const prefix = prefixOf(stream);
  return prefix !== null && column.startsWith(prefix)
    ? [column, column.slice(prefix.length)]
    : [column];
}

const protectedByStream = new Map<string, ReadonlySet<string>>();

/** The columns of a stream that cannot be masked: keys, the parts of keys, the tap's own. */
export function protectedColumns(stream: string): ReadonlySet<string> {
  const known = protectedByStream.get(stream);
  if (known !== undefined) return known;
  const def = ALL_STREAMS.find(({ name }) => name === stream);
  const prefix = prefixOf(stream);
  const ofRows = prefix === null ? [] : [...OWN_COLUMNS, ...listsOf(stream).flatMap((l) => l.keys)];
  const columns = new Set([
    ...(def?.keys ?? ['rejected_id']),
    ...(def?.eventIdParts ?? []),
    ...OWN_COLUMNS,
    ...ofRows.map((name) => `${prefix}${name}`),
  ]);
  protectedByStream.set(stream, columns);
  return columns;
}

/** Why a column cannot be masked. */
export function reasonOf(stream: string, column: string): string {
  const def = ALL_STREAMS.find(({ name }) => name === stream);
  if (def?.keys.includes(column) ?? column === 'rejected_id') return 'it is the key';
  if (def?.eventIdParts?.includes(column)) return `it is a part of the key ${def.keys.join()}`;
  if (column === RESCUED) return 'deselect it in the catalog instead; its fields are masked';
  return 'the tap itself needs it';
}
