/**
 * What the rows of the simulator should become. Written only from the tables of docs/api.md,
 * independently of the tap's conversion.
 */
import type { StreamDef } from '#src/streams.js';
import { COLUMNS } from '../simulator/columns.js';
import type { Row } from './messages.js';

/** What should come of a row. */
export interface Expected {
  /** null where the row has no usable key. */
  readonly record: Row | null;
  /** The columns that should be rejected; `null` alone for the whole row. */
  readonly rejected: readonly (string | null)[];
}

const UNFIT = Symbol('unfit');

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBlank(value: unknown): boolean {
  return (
    value === null || value === undefined || (typeof value === 'string' && /^\s*$/.test(value))
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d(?:\.\d{3})?)(Z|[+-]\d\d:\d\d)?)?$/;

/** `… UTC` and `… -0600`, as ISO 8601 has them. */
function asIso(text: string): string {
  return text.replace(/ UTC$/, 'Z').replace(/ ([+-]\d\d)(\d\d)$/, '$1:$2');
}

const KINDS: Readonly<Record<string, (value: unknown) => unknown>> = {
  integer(value) {
    const text = textOf(value).trim();
    return /^-?\d+(\.0+)?$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : UNFIT;
  },
  number: (value) =>
    typeof value !== 'boolean' && Number.isFinite(Number(value)) ? Number(value) : UNFIT,
  boolean: (value) => ({ true: true, false: false })[textOf(value).toLowerCase()] ?? UNFIT,
  string: textOf,
  json: textOf,
  date(value) {
    const [, day] = ISO.exec(asIso(String(value))) ?? [];
    return day !== undefined && !Number.isNaN(Date.parse(day)) ? day : UNFIT;
  },
  'date-time'(value) {
    const [, day, time = '00:00:00', offset = 'Z'] = ISO.exec(asIso(String(value))) ?? [];
    const at = Date.parse(`${day}T${time}${offset}`);
    return Number.isNaN(at) ? UNFIT : new Date(at).toISOString();
  },
};

/** The cells of a row under their columns' names, nested objects flattened. */
function cellsOf(stream: StreamDef, row: Row): Map<string, unknown> {
  const cells = new Map<string, unknown>();
  for (const [key, value] of Object.entries(row)) {
    const column = key.toLowerCase().replaceAll(/[ -]/g, '_');
    const prefix = stream.flatten[column];
    if (prefix === undefined || !isObject(value)) cells.set(column, value);
    else
      for (const [part, cell] of Object.entries(value))
        cells.set(prefix + part.toLowerCase().replaceAll(/[ -]/g, '_'), cell);
  }
  return cells;
}

/** A value as JSON text, with all digits of its integers. */
function exactText(value: unknown): string {
  const [mark, end] = ['\u0001', '\u0002'];
  const text = JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'bigint' ? `${mark}${one}${end}` : one,
  );
  return text.replaceAll(/"\\u0001(-?\d+)\\u0002"/g, '$1');
}

/** What `_rescued_data` should be of a row, if all other columns are selected. */
export function rescuedOf(stream: StreamDef, row: Row): string | null {
  const columns = new Set(
    Object.values(COLUMNS[stream.name] ?? {}).flatMap((one) => one.split(' ')),
  );
  if (stream.eventIdParts) columns.add('event_id');
  if (stream.feed) columns.add('deleted_at').add('_sdc_deleted_at');
  const left = (object: Row, prefix: string): [string, string][] =>
    Object.entries(object).flatMap(([name, value]): [string, string][] => {
      const column = prefix + name.toLowerCase().replaceAll(/[ -]/g, '_');
      const inner = prefix === '' ? stream.flatten[column] : undefined;
      if (inner !== undefined) {
        const parts = isObject(value) ? left(value, inner) : [];
        return parts.length > 0 ? [[name, objectText(parts)]] : [];
      }
      return columns.has(column) ? [] : [[name, exactText(value)]];
    });
  const fields = left(row, '');
  return fields.length > 0 ? objectText(fields) : null;
}

function objectText(fields: readonly [string, string][]): string {
  const texts = fields.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${texts.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}

function eventIdOf(parts: readonly string[], cells: ReadonlyMap<string, unknown>): unknown {
  const values = parts.map((part) => cells.get(part));
  if (values.some((value) => isBlank(value))) return null;
  return values.join('_').replaceAll(/[:-]/g, '').replaceAll(' ', '_');
}

/** What should come of a row of a stream under the shipped schema, with all columns selected. */
export function expectedOf(stream: StreamDef, row: unknown): Expected {
  if (!isObject(row)) return { record: null, rejected: [null] };
  const cells = cellsOf(stream, row);
  const record: Record<string, unknown> = {};
  const rejected: string[] = [];
  if (stream.eventIdParts) record['event_id'] = eventIdOf(stream.eventIdParts, cells);
  for (const [kind, columns] of Object.entries(COLUMNS[stream.name] ?? {})) {
    for (const column of columns.split(' ')) {
      const cell = cells.get(column);
      const value = isBlank(cell) ? null : KINDS[kind]?.(cell);
      if (value === UNFIT) rejected.push(column);
      record[column] = value === UNFIT ? null : value;
    }
  }
  // A row of a list exists.
  if (stream.feed) record['deleted_at'] = null;
  const hasKey = stream.keys.every((key) => record[key] !== null);
  return hasKey ? { record, rejected } : { record: null, rejected: [null] };
}

/**
 * What should come of an event on the stream of the rows that it is about, or null if nothing
 * should: the event is not usable, or brings no deletion to a list that takes only those.
 */
export function expectedOfEvent(list: StreamDef, event: unknown): Expected | null {
  const { feed } = list;
  if (!feed || !isObject(event)) return { record: null, rejected: [null] };
  const { event: kind, [feed.snapshot]: row } = event;
  const deletedAt = kind === 'destroy' ? KINDS['date-time']?.(event['created_at']) : null;
  if (!['create', 'update', 'destroy'].includes(String(kind)) || deletedAt === UNFIT)
    return { record: null, rejected: [null] };
  if (!isObject(row)) return { record: null, rejected: [null] };
  if (feed.deletionsOnly && deletedAt === null) return null;
  const { record, rejected } = expectedOf(list, row);
  return { record: record && { ...record, deleted_at: deletedAt }, rejected };
}
