/** The cells of one row, sorted into the columns they belong to, before they are converted. */
import { CLOSENESS, type FindTarget, type FlattenedObject } from './fields.js';
import { isObject } from '../json.js';

/** The cells of the row at hand, by slot; one object for all rows, so that a row allocates nothing but its record. */
export interface Cells {
  /** Undefined where the row has none, or a blank one. */
  readonly raw: unknown[];
  readonly closeness: number[];
  /** Cells whose column went to another. */
  readonly losers: { readonly slot: number; readonly value: unknown }[];
  /** What was found wrong with the row's cells, before its key is known. */
  readonly faults: { readonly field: string; readonly reason: string; readonly value: unknown }[];
}

/** The slots of `event_id` and of what it is made of. */
export interface EventId {
  readonly slot: number;
  readonly parts: readonly { readonly name: string; readonly slot: number }[];
}

/** A place for the cells of a row of so many slots. */
export function makeCells(slots: number): Cells {
  const places = Array.from({ length: slots });
  return { raw: places, closeness: places.map(() => 0), losers: [], faults: [] };
}

/** Puts each field of the row that has a column into its slot, and the event's key, where one is to be made; the cells of the row before go. */
export function gather(
  row: Readonly<Record<string, unknown>>,
  find: FindTarget,
  eventId: EventId | null,
  cells: Cells,
): void {
  cells.raw.fill(undefined);
  cells.losers.length = 0;
  cells.faults.length = 0;
  for (const name in row) {
    const value = row[name];
    const target = find(name);
    if (target.object !== null) gatherObject(value, target.object, target.closeness, cells);
    if (target.slot >= 0) place(value, target.slot, target.closeness, cells);
  }
  if (eventId !== null) placeEventId(eventId, cells);
}

function gatherObject(
  value: unknown,
  object: FlattenedObject,
  closeness: number,
  cells: Cells,
): void {
  if (isBlank(value)) return;
  if (!isObject(value)) {
    if (object.selected) cells.faults.push({ field: object.name, reason: 'not an object', value });
    return;
  }
  for (const name in value) {
    const target = object.fields(name);
    if (target.slot >= 0)
      place(value[name], target.slot, Math.min(closeness, target.closeness), cells);
  }
}

function place(value: unknown, slot: number, closeness: number, cells: Cells): void {
  if (isBlank(value)) return;
  const other = cells.raw[slot];
  if (other !== undefined && closeness <= (cells.closeness[slot] ?? 0)) {
    cells.losers.push({ slot, value });
    return;
  }
  if (other !== undefined) cells.losers.push({ slot, value: other });
  cells.raw[slot] = value;
  cells.closeness[slot] = closeness;
}

/** Blank text is absent in every kind. */
function isBlank(value: unknown): boolean {
  if (typeof value !== 'string') return value === null || value === undefined;
  // Most text begins with a letter or digit, which spares the trimming.
  const first = value.charCodeAt(0);
  return !(first > 32 && first < 127) && value.trim() === '';
}

/** Makes the key of an event in the form that warehouses filled by the older connector hold; none where a part is missing. */
function placeEventId({ slot, parts }: EventId, cells: Cells): void {
  if (parts.some((part) => !isEventPart(cells.raw[part.slot]))) {
    cells.raw[slot] = undefined;
    return;
  }
  const joined = parts.map((part) => String(cells.raw[part.slot])).join('_');
  place(joined.replaceAll(/[:-]/g, '').replaceAll(' ', '_'), slot, CLOSENESS.made, cells);
}

/** Whether a cell can be part of an event's key. */
export function isEventPart(cell: unknown): boolean {
  return typeof cell === 'string' || typeof cell === 'bigint' || Number.isFinite(cell);
}
