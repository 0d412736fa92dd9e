/** Sorts the fields of a row into the cells of its columns, before they are converted. */
import { CLOSENESS, type FindDestination, type FlattenedObject } from './fields.js';
import { isObject } from '../json.js';

/** The cells of the current row, by slot. All rows share one object, to save allocations. */
export interface Cells {
  /** Undefined if the row has no such cell, or a blank one. */
  readonly raw: unknown[];
  readonly closeness: number[];
  /** Cells whose column got its value from another field. */
  readonly duplicates: { readonly slot: number; readonly value: unknown }[];
  /** Cells that do not fit. They become rejections once the row's key is known. */
  readonly rejected: { readonly field: string; readonly reason: string; readonly value: unknown }[];
}

/** The slots of `event_id` and of its parts. */
export interface EventId {
  readonly slot: number;
  readonly parts: readonly { readonly name: string; readonly slot: number }[];
}

/** Allocates the cells for rows with a number of slots. */
export function createCells(slots: number): Cells {
  const places = Array.from({ length: slots });
  return { raw: places, closeness: places.map(() => 0), duplicates: [], rejected: [] };
}

/**
 * Replaces the content of `cells` by the fields of a row, each in the slot of its column. A field
 * without a column is ignored.
 *
 * @param eventId builds the key of an event; null for streams that have no `event_id`
 */
export function collectCells(
  row: Readonly<Record<string, unknown>>,
  find: FindDestination,
  eventId: EventId | null,
  cells: Cells,
): void {
  cells.raw.fill(undefined);
  cells.duplicates.length = 0;
  cells.rejected.length = 0;
  for (const name in row) {
    const value = row[name];
    const destination = find(name);
    if (destination.object !== null)
      collectObject(value, destination.object, destination.closeness, cells);
    if (destination.slot >= 0) place(value, destination.slot, destination.closeness, cells);
  }
  if (eventId !== null) placeEventId(eventId, cells);
}

function collectObject(
  value: unknown,
  object: FlattenedObject,
  closeness: number,
  cells: Cells,
): void {
  if (isBlank(value)) return;
  if (!isObject(value)) {
    if (object.selected)
      cells.rejected.push({ field: object.name, reason: 'not an object', value });
    return;
  }
  for (const name in value) {
    const destination = object.fields(name);
    if (destination.slot >= 0)
      place(value[name], destination.slot, Math.min(closeness, destination.closeness), cells);
  }
}

function place(value: unknown, slot: number, closeness: number, cells: Cells): void {
  if (isBlank(value)) return;
  const other = cells.raw[slot];
  if (other !== undefined && closeness <= (cells.closeness[slot] ?? 0)) {
    cells.duplicates.push({ slot, value });
    return;
  }
  if (other !== undefined) cells.duplicates.push({ slot, value: other });
  cells.raw[slot] = value;
  cells.closeness[slot] = closeness;
}

/** Blank text counts as absent in columns of every type. */
export function isBlank(value: unknown): boolean {
  if (typeof value !== 'string') return value === null || value === undefined;
  // Most text begins with a letter or digit, and needs no trimming.
  const first = value.charCodeAt(0);
  return !(first > 32 && first < 127) && value.trim() === '';
}

/**
 * Builds the key of an event, in the form of the connector that this tap replaces, so that existing
 * tables keep their keys. If a part is missing, the slot stays empty.
 */
function placeEventId({ slot, parts }: EventId, cells: Cells): void {
  if (parts.some((part) => !isEventPart(cells.raw[part.slot]))) {
    cells.raw[slot] = undefined;
    return;
  }
  const joined = parts.map((part) => String(cells.raw[part.slot])).join('_');
  place(joined.replaceAll(/[:-]/g, '').replaceAll(' ', '_'), slot, CLOSENESS.made, cells);
}

/** Whether a cell can be part of the key of an event. */
export function isEventPart(cell: unknown): boolean {
  return typeof cell === 'string' || typeof cell === 'bigint' || Number.isFinite(cell);
}
