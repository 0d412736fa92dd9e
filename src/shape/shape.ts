/**
 * Converts rows of the API to records of the catalog's types. Nothing is dropped silently: each
 * cell of a row is in the record, in a rejection, not selected, or reported as undeclared. With
 * `_rescued_data` selected, undeclared fields are in the record too.
 */
import { collectCells, createCells, isEventPart, type Cells, type EventId } from './cells.js';
import { Misfit, type Convert } from './convert-type.js';
import { compileConvert, type Validator } from './convert.js';
import {
  compileFields,
  NOWHERE,
  type Fields,
  type FindDestination,
  type RowForm,
} from './fields.js';
import { jsonText } from './json-text.js';
import { compileMaskCells } from './mask-cells.js';
import type { MaskRow } from './masking.js';
import { isObject, type JsonObject } from '../json.js';
import { nullable } from './nullable.js';
import { createRecordMaker } from './new-record.js';
import { rescuedText } from './rescue.js';
import type { StreamSchema } from '../catalog/schema.js';
import { RESCUED } from '../streams.js';

/** A cell or a row that does not fit its type. */
export interface Rejection {
  /** The column or the flattened object; null for a row. */
  readonly field: string | null;
  /** The row's key values, joined by commas; null for a row. */
  readonly recordKey: string | null;
  /** The reason in plain words. */
  readonly reason: string;
  /** JSON text of the raw cell, or of the row's selected and rescued fields. */
  readonly value: string;
}

/**
 * Converts a row to a record, and appends what does not fit to `rejections`.
 *
 * @returns null if the row is rejected
 */
export type Shape = (row: unknown, rejections: Rejection[]) => Record<string, unknown> | null;

export interface ShapeOptions {
  readonly stream: RowForm;
  /** The schema of the catalog, with all properties. */
  readonly schema: StreamSchema;
  /** The columns to emit. The keys are always emitted. */
  readonly selected: ReadonlySet<string>;
  /** Called once for each of the first 100 undeclared fields. */
  readonly undeclared: (field: string) => void;
  /** Compiles checks of further keywords (`enum`, `pattern`, other formats), else ignored. */
  readonly validator?: Validator;
  /** Masks rows before anything else sees them; null or absent if nothing is masked. */
  readonly mask?: MaskRow | null | undefined;
}

const EVENT_ID = 'event_id';
const SECOND_VALUE = 'a second value for this column';

/** A column to emit. */
interface Column {
  readonly name: string;
  readonly slot: number;
  readonly isKey: boolean;
  readonly convert: Convert;
}

/** A stream's columns and how its rows are converted. Compiled once. */
interface Layout {
  readonly fields: Fields;
  readonly columns: readonly Column[];
  /** Creates a record, whose columns are then set in order. */
  readonly newRecord: () => Record<string, unknown>;
  readonly keys: readonly string[];
  /** Null if the stream has no `event_id`. */
  readonly eventId: EventId | null;
  /** The slot of `_rescued_data`; null if it is not selected. */
  readonly rescued: number | null;
}

/**
 * Compiles the conversion of a stream's rows. A record has all selected columns, in the order of
 * the schema; absent and blank cells are null. Rows are never changed.
 *
 * @throws ConfigError if the schema has no property for a key of the stream, or an unknown type
 */
export function compileShape(options: ShapeOptions): Shape {
  const layout = compileLayout(options);
  const cells = createCells(layout.fields.slots.size);
  const collect = compileCollect(layout, cells);
  const { mask } = options;
  if (!mask) return compileConversion(layout, cells, collect, same);
  if (mask.ofColumn === undefined || layout.rescued !== null) {
    const shape = compileConversion(layout, cells, collect, same);
    return (row, rejections) => shape(mask(row), rejections);
  }
  // Rows are only copied if they are rejected.
  const maskCells = compileMaskCells([...layout.fields.slots.keys()].map(mask.ofColumn));
  const collectMasked = (row: JsonObject): void => {
    collect(row);
    maskCells(cells);
  };
  return compileConversion(layout, cells, collectMasked, mask);
}

function same(row: unknown): unknown {
  return row;
}

/**
 * @param collect fills the cells with those of a row
 * @param shown what rejections of a row show of it
 */
function compileConversion(
  layout: Layout,
  cells: Cells,
  collect: (row: JsonObject) => void,
  shown: (row: unknown) => unknown,
): Shape {
  return (row, rejections) => {
    if (!isObject(row)) {
      rejections.push({
        field: null,
        recordKey: null,
        reason: 'the row is not an object',
        value: jsonText(shown(row)),
      });
      return null;
    }
    collect(row);
    const record = layout.newRecord();
    const keyProblem = convertAll(record, layout, cells);
    if (keyProblem !== null) {
      const whole = shown(row);
      const value = selectedText(isObject(whole) ? whole : {}, layout, layout.fields.find);
      rejections.push({ field: null, recordKey: null, reason: keyProblem, value });
      return null;
    }
    if (cells.duplicates.length > 0) rejectDuplicates(record, layout, cells);
    if (cells.rejected.length > 0) {
      const recordKey = layout.keys.map((key) => keyText(record[key])).join(',');
      for (const { field, reason, value } of cells.rejected) {
        rejections.push({ field, recordKey, reason, value: jsonText(value) });
      }
    }
    return record;
  };
}

/**
 * Makes the schema for a SCHEMA message: only the selected properties and the keys, with null
 * accepted by all but the keys. Other keywords stay.
 */
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
    // Draft 4 does not allow an empty list.
    return required.length > 0 ? [[keyword, required]] : [];
  });
  return {
    ...Object.fromEntries(kept),
    type: schema.type,
    properties: Object.fromEntries(properties),
  };
}

/** Rows cost a second pass over their fields only if `_rescued_data` is selected. */
function compileCollect(
  { fields: { find }, eventId, rescued }: Layout,
  cells: Cells,
): (row: JsonObject) => void {
  if (rescued === null) return (row) => collectCells(row, find, eventId, cells);
  return (row) => {
    collectCells(row, find, eventId, cells);
    cells.raw[rescued] = rescuedText(row, find) ?? undefined;
  };
}

function compileLayout({ stream, schema, selected, undeclared, validator }: ShapeOptions): Layout {
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
    newRecord: createRecordMaker(columns.map(({ name }) => name)),
    keys: stream.keys,
    eventId: parts === undefined || eventSlot === undefined ? null : { slot: eventSlot, parts },
    rescued: fields.slots.get(RESCUED) ?? null,
  };
}

/** Converts the cells into the record. Returns what is wrong with the row's key, or null. */
function convertAll(record: Record<string, unknown>, layout: Layout, cells: Cells): string | null {
  for (const { name, slot, isKey, convert } of layout.columns) {
    const cell = cells.raw[slot];
    if (cell === undefined) {
      if (isKey) return missingKey(name, layout, cells);
      record[name] = null;
      continue;
    }
    const value = convert(cell);
    if (!(value instanceof Misfit)) {
      record[name] = value;
    } else if (isKey) {
      return `its key ${name} is ${value.reason}`;
    } else {
      record[name] = null;
      cells.rejected.push({ field: name, reason: value.reason, value: cell });
    }
  }
  return null;
}

function missingKey(key: string, { eventId }: Layout, cells: Cells): string {
  const part =
    key === EVENT_ID ? eventId?.parts.find(({ slot }) => !isEventPart(cells.raw[slot])) : undefined;
  if (part === undefined) return `its key ${key} is missing`;
  return `its key ${key} cannot be made: ${part.name} is missing, or neither a number nor text`;
}

/** Rejects each duplicate that differs from the value of its column. */
function rejectDuplicates(
  record: Readonly<Record<string, unknown>>,
  layout: Layout,
  cells: Cells,
): void {
  for (const { slot, value } of cells.duplicates) {
    const column = layout.columns[slot];
    if (column === undefined || jsonText(value) === jsonText(cells.raw[slot])) continue;
    const converted = column.convert(value);
    if (!(converted instanceof Misfit) && jsonText(converted) === jsonText(record[column.name]))
      continue;
    cells.rejected.push({ field: column.name, reason: SECOND_VALUE, value });
  }
}

function keyText(value: unknown): string {
  return typeof value === 'string' ? value : jsonText(value);
}

/**
 * JSON text of the row's selected fields, and of undeclared ones if they are rescued, under their
 * raw names and in their objects.
 */
function selectedText(row: JsonObject, layout: Layout, find: FindDestination): string {
  const { columns, rescued } = layout;
  const pieces = Object.entries(row).flatMap(([name, value]) => {
    const destination = find(name);
    const { slot, object } = destination;
    const isKept = destination === NOWHERE ? rescued !== null : slot >= 0 && slot < columns.length;
    if (isKept) return [`${JSON.stringify(name)}:${jsonText(value)}`];
    if (object === null || !object.selected) return [];
    const text = isObject(value) ? selectedText(value, layout, object.fields) : jsonText(value);
    return [`${JSON.stringify(name)}:${text}`];
  });
  return `{${pieces.join(',')}}`;
}
