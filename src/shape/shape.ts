/**
 * From a row as the API gives it to a record as the catalog declares it. Nothing is lost in silence: what a row holds
 * is in the record, or in a rejection, or not selected, or reported as undeclared.
 */
import { gather, isEventPart, makeCells, type Cells, type EventId } from './cells.js';
import { compileConvert, Refusal, type Convert, type Validator } from './convert.js';
import { compileFields, type Fields, type FindTarget, type RowForm } from './fields.js';
import { jsonText } from './json-text.js';
import { isObject } from '../json.js';
import { nullable } from './nullable.js';
import type { StreamSchema } from '../catalog/schema.js';

/** A cell, or a whole row, that could not be put out as declared. */
export interface Rejection {
  /** The column, or the flattened object; null for a whole row. */
  readonly field: string | null;
  /** The row's key values joined by commas; null for a whole row. */
  readonly recordKey: string | null;
  /** In short plain words. */
  readonly reason: string;
  /** JSON text of the cell as it came, or of the row's selected fields. */
  readonly value: string;
}

/** Makes a record of a row and adds what could not be put out to `rejections`; null where the whole row is one of them. */
export type Shape = (row: unknown, rejections: Rejection[]) => Record<string, unknown> | null;

export interface ShapeOptions {
  readonly stream: RowForm;
  /** The catalog's, with all properties. */
  readonly schema: StreamSchema;
  /** The columns to put out. The keys are put out in any case. */
  readonly selected: ReadonlySet<string>;
  /** Called once for each undeclared field, for the first hundred of them. */
  readonly undeclared: (field: string) => void;
  /** Makes a check for a property with keywords beyond the plain ones (`enum`, `pattern`, other formats); without one they are not checked. */
  readonly validator?: Validator;
}

const EVENT_ID = 'event_id';
const SECOND_VALUE = 'a second value for this column';

/** A column to put out. */
interface Column {
  readonly name: string;
  readonly slot: number;
  readonly isKey: boolean;
  readonly convert: Convert;
}

/** What a stream's rows are shaped by. */
interface Plan {
  readonly fields: Fields;
  readonly columns: readonly Column[];
  /** Makes the record that a row's columns are put into, one after another. */
  readonly newRecord: () => Record<string, unknown>;
  readonly keys: readonly string[];
  /** Where `event_id` is made. */
  readonly eventId: EventId | null;
}

/**
 * Compiles a stream's rows to records: all selected columns, in the order of the schema, null where absent or blank. The
 * rows are never changed. What comes of each kind of cell stands in `convert.ts`.
 * @throws ConfigError where the schema has no property for a key of the stream, or a type that JSON Schema does not have
 */
export function compileShape(options: ShapeOptions): Shape {
  const plan = compilePlan(options);
  const cells = makeCells(plan.fields.slots.size);
  return (row, rejections) => {
    if (!isObject(row)) {
      rejections.push({
        field: null,
        recordKey: null,
        reason: 'the row is not an object',
        value: jsonText(row),
      });
      return null;
    }
    gather(row, plan.fields.find, plan.eventId, cells);
    const record = plan.newRecord();
    const keyFault = convertAll(record, plan, cells);
    if (keyFault !== null) {
      const value = selectedText(row, plan.columns.length, plan.fields.find);
      rejections.push({ field: null, recordKey: null, reason: keyFault, value });
      return null;
    }
    if (cells.losers.length > 0) judgeLosers(record, plan, cells);
    if (cells.faults.length > 0) {
      const recordKey = plan.keys.map((key) => keyText(record[key])).join(',');
      for (const { field, reason, value } of cells.faults) {
        rejections.push({ field, recordKey, reason, value: jsonText(value) });
      }
    }
    return record;
  };
}

/** The schema as it goes into SCHEMA: the selected properties alone, all but the keys taking null, all else as it is. */
export function selectedSchema(
  schema: StreamSchema,
  selected: ReadonlySet<string>,
  keys: readonly string[],
): StreamSchema {
  const isKept = (name: unknown): boolean =>
    typeof name === 'string' && (selected.has(name) || keys.includes(name));
  const properties = Object.entries(schema.properties)
    .filter(([name]) => isKept(name))
    .map(
      ([name, property]) => [name, keys.includes(name) ? property : nullable(property)] as const,
    );
  const kept = Object.entries(schema).flatMap(([keyword, value]): [string, unknown][] => {
    if (keyword !== 'required' || !Array.isArray(value)) return [[keyword, value]];
    const required = value.filter(isKept);
    // Draft 4 allows no empty list.
    return required.length > 0 ? [[keyword, required]] : [];
  });
  return {
    ...Object.fromEntries(kept),
    type: schema.type,
    properties: Object.fromEntries(properties),
  };
}

function compilePlan({ stream, schema, selected, undeclared, validator }: ShapeOptions): Plan {
  const fields = compileFields(stream, schema, selected, undeclared);
  const properties = new Map(Object.entries(schema.properties));
  const columns = fields.columns.map((name, slot) => ({
    name,
    slot,
    isKey: stream.keys.includes(name),
    convert: compileConvert(
      properties.get(name) ?? {},
      `stream ${stream.name}, column ${name},`,
      validator,
    ),
  }));
  const parts = stream.eventIdParts?.map((name) => ({ name, slot: fields.slots.get(name) ?? -1 }));
  const eventSlot = fields.slots.get(EVENT_ID);
  return {
    fields,
    columns,
    newRecord: recordMaker(columns.map(({ name }) => name)),
    keys: stream.keys,
    eventId: parts === undefined || eventSlot === undefined ? null : { slot: eventSlot, parts },
  };
}

/** From so many fields on, V8 takes five times as long to copy an object (`bench/results.md`). */
const MANY = 128;

/**
 * Makes records of one form, which V8 makes fast: copies of one that has all columns, or, of many columns, tables without a prototype. Both can
 * hold a column named `__proto__`.
 */
function recordMaker(names: readonly string[]): () => Record<string, unknown> {
  if (names.length >= MANY) return () => Object.create(null);
  // Read from text, since an object made field by field falls back to a slow form.
  const empty: Record<string, unknown> = JSON.parse(
    `{${names.map((name) => `${JSON.stringify(name)}:null`).join(',')}}`,
  );
  return () => ({ ...empty });
}

/** Converts the cells into the record. Gives what is wrong with the row's key, or null. */
function convertAll(record: Record<string, unknown>, plan: Plan, cells: Cells): string | null {
  for (const { name, slot, isKey, convert } of plan.columns) {
    const cell = cells.raw[slot];
    if (cell === undefined) {
      if (isKey) return missingKey(name, plan, cells);
      record[name] = null;
      continue;
    }
    const value = convert(cell);
    if (!(value instanceof Refusal)) {
      record[name] = value;
    } else if (isKey) {
      return `its key ${name} is ${value.reason}`;
    } else {
      record[name] = null;
      cells.faults.push({ field: name, reason: value.reason, value: cell });
    }
  }
  return null;
}

function missingKey(key: string, { eventId }: Plan, cells: Cells): string {
  const part =
    key === EVENT_ID ? eventId?.parts.find(({ slot }) => !isEventPart(cells.raw[slot])) : undefined;
  if (part === undefined) return `its key ${key} is missing`;
  return `its key ${key} cannot be made: ${part.name} is missing, or neither a number nor text`;
}

/** A cell whose column went to another is a fault, unless it says the same. */
function judgeLosers(record: Readonly<Record<string, unknown>>, plan: Plan, cells: Cells): void {
  for (const { slot, value } of cells.losers) {
    const column = plan.columns[slot];
    if (column === undefined || jsonText(value) === jsonText(cells.raw[slot])) continue;
    const converted = column.convert(value);
    if (!(converted instanceof Refusal) && jsonText(converted) === jsonText(record[column.name]))
      continue;
    cells.faults.push({ field: column.name, reason: SECOND_VALUE, value });
  }
}

function keyText(value: unknown): string {
  return typeof value === 'string' ? value : jsonText(value);
}

/** JSON text of the row's selected fields alone, under their raw names; a flattened object holds its selected fields. */
function selectedText(
  row: Readonly<Record<string, unknown>>,
  columns: number,
  find: FindTarget,
): string {
  const pieces = Object.entries(row).flatMap(([name, value]) => {
    const { slot, object } = find(name);
    if (slot >= 0 && slot < columns) return [`${JSON.stringify(name)}:${jsonText(value)}`];
    if (object === null || !object.selected) return [];
    const text = isObject(value) ? selectedText(value, columns, object.fields) : jsonText(value);
    return [`${JSON.stringify(name)}:${text}`];
  });
  return `{${pieces.join(',')}}`;
}
