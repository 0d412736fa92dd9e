/** Maps the fields of raw rows to columns. Compiled once per stream; a field costs one look-up. */
import { ConfigError } from '../errors.js';
import type { StreamSchema } from '../catalog/schema.js';
import { RESCUED, type StreamDef } from '../streams.js';

/**
 * The limit of other spellings and unknown names that are remembered together, and of reports.
 * Rows may contain any number of them.
 */
const REMEMBERED = 100;

/**
 * How closely a field's name matches its column, in ascending order. If two fields match a column,
 * the closer one wins, or else the first.
 */
export const CLOSENESS = { spelling: 0, flattened: 1, name: 2, made: 3 } as const;

/** The part of a stream's definition that shaping uses. `rejected_records` has only this part. */
export type RowForm = Pick<StreamDef, 'name' | 'keys' | 'flatten' | 'eventIdParts'>;

/** Where the value of a field is stored. */
export interface Destination {
  /** The slot of its column, or -1 if it has none. */
  readonly slot: number;
  readonly closeness: number;
  /** Set if the field is an object to flatten. */
  readonly object: FlattenedObject | null;
}

/** An object whose fields become columns of the row. */
export interface FlattenedObject {
  /** Its name in `flatten`. */
  readonly name: string;
  readonly fields: FindDestination;
  /** Whether any of its columns is emitted. If not, only parts of `event_id` are read from it. */
  readonly selected: boolean;
}

/** Finds the destination of a field by its raw name. A field without a column has slot -1. */
export type FindDestination = (raw: string) => Destination;

/** The columns of a stream, and the mapping of fields to them. */
export interface Fields {
  /** The columns to emit, in the order of the schema. They have the slots from 0 on. */
  readonly columns: readonly string[];
  /** The slot of each column: first `columns`, then further parts of `event_id`. */
  readonly slots: ReadonlyMap<string, number>;
  readonly find: FindDestination;
}

/**
 * Compiles the mapping of raw field names to columns.
 *
 * @param undeclared called once for each of the first 100 unknown names; a name inside of a
 *   flattened object gets the object's prefix
 * @throws ConfigError if the schema has no property for a key of the stream
 */
export function compileFields(
  stream: RowForm,
  schema: StreamSchema,
  selected: ReadonlySet<string>,
  undeclared: (field: string) => void,
): Fields {
  const declared = Object.keys(schema.properties);
  const missing = stream.keys.find((key) => !declared.includes(key));
  if (missing !== undefined) {
    throw new ConfigError(
      'CATALOG_WRONG',
      `catalog: stream ${stream.name}: the property of the key ${missing} is missing; add it`,
    );
  }
  const columns = declared.filter((name) => selected.has(name) || stream.keys.includes(name));
  const names = [...new Set([...columns, ...(stream.eventIdParts ?? [])])];
  const slots = new Map(names.map((name, slot) => [name, slot]));
  const report = limitReports(undeclared);
  const filled = new Set([...declared, ...names]);
  // The tap makes it. A field of that name is like any other that no property declares.
  filled.delete(RESCUED);

  const destinations = new Map<string, Destination>();
  for (const name of filled) {
    destinations.set(name, {
      slot: slots.get(name) ?? -1,
      closeness: CLOSENESS.name,
      object: null,
    });
  }
  for (const [name, prefix] of Object.entries(stream.flatten)) {
    const children = new Map<string, Destination>();
    for (const column of filled) {
      if (!column.startsWith(prefix)) continue;
      const slot = slots.get(column) ?? -1;
      children.set(column.slice(prefix.length), {
        slot,
        closeness: CLOSENESS.flattened,
        object: null,
      });
    }
    if (children.size === 0) continue;
    const places = [...children.values()].map((child) => child.slot).filter((slot) => slot >= 0);
    const isSelected = places.some((slot) => slot < columns.length);
    const fields = createFinder(children, (raw) => isSelected && report(prefix + raw));
    const object = places.length > 0 ? { name, fields, selected: isSelected } : null;
    destinations.set(name, { slot: slots.get(name) ?? -1, closeness: CLOSENESS.name, object });
  }
  return { columns, slots, find: createFinder(destinations, report) };
}

/** Passes on each name once, and only the first `REMEMBERED` names. */
function limitReports(report: (field: string) => void): (field: string) => void {
  const reported = new Set<string>();
  return (field) => {
    if (reported.size >= REMEMBERED || reported.has(field)) return;
    reported.add(field);
    report(field);
  };
}

/** The destination of a field that no property declares. */
export const NOWHERE: Destination = { slot: -1, closeness: CLOSENESS.spelling, object: null };

/** Creates a search by the exact name, then by its normal spelling. Remembers what it has found. */
function createFinder(
  destinations: Map<string, Destination>,
  unknown: (raw: string) => void,
): FindDestination {
  const most = destinations.size + REMEMBERED;
  return (raw) => {
    const known = destinations.get(raw);
    if (known !== undefined) return known;
    const spelled = destinations.get(normalSpelling(raw));
    const isUnknown = spelled === undefined || spelled === NOWHERE;
    const destination = isUnknown ? NOWHERE : { ...spelled, closeness: CLOSENESS.spelling };
    if (isUnknown) unknown(raw);
    if (destinations.size < most) destinations.set(raw, destination);
    return destination;
  };
}

/** Returns a name as columns are spelled. The API also writes capitals, blanks and hyphens. */
export function normalSpelling(raw: string): string {
  return raw.toLowerCase().replaceAll(/[ -]/g, '_');
}
