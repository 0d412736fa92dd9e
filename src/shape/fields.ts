/** Which column a field of a raw row lands on: compiled once a stream, so that a row costs one look-up a field. */
import { ConfigError } from '../errors.js';
import type { StreamSchema } from '../catalog/schema.js';
import type { StreamDef } from '../streams.js';

/** How many other spellings and unknown names are remembered, each: rows can hold any number of them. */
const REMEMBERED = 100;

/** How a cell came to its column. Of two cells on one column the closer one wins; of two equally close ones the first. */
export const CLOSENESS = { spelling: 0, flattened: 1, name: 2, made: 3 } as const;

/** What shaping needs to know of a stream. `rejected_records` has this too, without a path. */
export type RowForm = Pick<StreamDef, 'name' | 'keys' | 'flatten' | 'eventIdParts'>;

/** Where a field goes. */
export interface Target {
  /** The place of its column among the slots, or -1 for nowhere. */
  readonly slot: number;
  readonly closeness: number;
  /** Where it is an object to flatten. */
  readonly object: FlattenedObject | null;
}

/** An object whose fields become columns of the row. */
export interface FlattenedObject {
  /** Its name as the stream declares it. */
  readonly name: string;
  readonly fields: FindTarget;
  /** Whether any of its columns is put out. If not, it is looked at for the parts of `event_id` alone. */
  readonly selected: boolean;
}

/** Takes a field's raw name; never fails: what has no column goes nowhere. */
export type FindTarget = (raw: string) => Target;

/** The columns of a stream, and the way to them. */
export interface Fields {
  /** The columns to put out, in the order of the schema: slots 0 and up. */
  readonly columns: readonly string[];
  /** Where each column's cell is kept: those of `columns`, then what `event_id` needs besides. */
  readonly slots: ReadonlyMap<string, number>;
  readonly find: FindTarget;
}

/**
 * Compiles the way from raw names to columns. `undeclared` is called once for each unknown name, for the first hundred of them; one
 * inside of a flattened object comes with the object's prefix.
 * @throws ConfigError where the schema has no property for a key of the stream
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
      `catalog: stream ${stream.name} has no property for its key ${missing}; give it one`,
    );
  }
  const columns = declared.filter((name) => selected.has(name) || stream.keys.includes(name));
  const names = [...new Set([...columns, ...(stream.eventIdParts ?? [])])];
  const slots = new Map(names.map((name, slot) => [name, slot]));
  const report = limited(undeclared);

  const targets = new Map<string, Target>();
  for (const name of new Set([...declared, ...names])) {
    targets.set(name, { slot: slots.get(name) ?? -1, closeness: CLOSENESS.name, object: null });
  }
  for (const [name, prefix] of Object.entries(stream.flatten)) {
    const children = new Map<string, Target>();
    for (const column of new Set([...declared, ...names])) {
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
    const fields = finder(children, (raw) => isSelected && report(prefix + raw));
    const object = places.length > 0 ? { name, fields, selected: isSelected } : null;
    targets.set(name, { slot: slots.get(name) ?? -1, closeness: CLOSENESS.name, object });
  }
  return { columns, slots, find: finder(targets, report) };
}

/** Calls on for each name once, for the first of them alone. */
function limited(report: (field: string) => void): (field: string) => void {
  const reported = new Set<string>();
  return (field) => {
    if (reported.size >= REMEMBERED || reported.has(field)) return;
    reported.add(field);
    report(field);
  };
}

const NOWHERE: Target = { slot: -1, closeness: CLOSENESS.spelling, object: null };

/** Finds by the exact name first, then by its normal spelling, and remembers what it found. */
function finder(targets: Map<string, Target>, unknown: (raw: string) => void): FindTarget {
  const most = targets.size + REMEMBERED;
  return (raw) => {
    const known = targets.get(raw);
    if (known !== undefined) return known;
    const spelled = targets.get(normalSpelling(raw));
    const isUnknown = spelled === undefined || spelled === NOWHERE;
    const target = isUnknown ? NOWHERE : { ...spelled, closeness: CLOSENESS.spelling };
    if (isUnknown) unknown(raw);
    if (targets.size < most) targets.set(raw, target);
    return target;
  };
}

/** Field names come with capitals, blanks and hyphens too. */
function normalSpelling(raw: string): string {
  return raw.toLowerCase().replaceAll(/[ -]/g, '_');
}
