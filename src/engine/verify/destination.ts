/** The destination's side: its rows, whichever way it prints them, as keys and hashes. */
import type { PropertySchema, StreamSchema } from '../../catalog/schema.js';
import { isObject, kindOf } from '../../json.js';
import { Misfit } from '../../shape/convert-type.js';
import { RESCUED } from '../../streams.js';
import { comparedColumn, type ComparedColumn } from './canonical.js';
import { DELETED_COLUMNS } from '../../streams.js';
import { columnsText, Comparison } from './comparison.js';
import { TextHash } from './hash.js';
import { FLAG, RowTable, type Key } from './table.js';

/** Columns that tell a change without the others, the best first. */
const VERSIONS = ['etag', 'updated_at'] as const;

/** A cell of a destination that does not fit its column: no value of Bolt has this text. */
const UNFIT = '\u0000unfit';
const MOST_FORMS = 1000;
const MOST_LAYOUTS = 1000;
/** So many digits of a second were printed. */
const FRACTION = /:\d\d[.,]\d/;

/** How the rows with these fields are read. */
interface Layout {
  readonly key: string | null;
  readonly deleted: readonly string[];
  readonly columns: readonly { readonly raw: string; readonly column: ComparedColumn }[];
}

export class Destination {
  readonly table = new RowTable();
  readonly #key: ComparedColumn;
  readonly #columns = new Map<string, ComparedColumn>();
  readonly #layouts = new Map<string, Layout>();
  readonly #forms: (readonly ComparedColumn[])[] = [];
  readonly #formNumbers = new Map<string, number>();
  readonly #ignored = new Set<string>();
  readonly #hash = new TextHash();
  #hasFractions = false;

  /**
   * @param schema the catalog's
   * @param key the stream's key
   * @throws ConfigError if a property has a type that JSON Schema does not have
   */
  constructor(schema: StreamSchema, key: string) {
    const properties: [string, PropertySchema][] = Object.entries(schema.properties);
    for (const [name, property] of properties) {
      // It depends on the catalog of the sync that wrote the row.
      if (name !== RESCUED) this.#columns.set(name, comparedColumn(name, property));
    }
    this.#key = this.#columns.get(key) ?? comparedColumn(key, {});
  }

  /**
   * Takes a row as the destination prints it.
   *
   * @returns why the row cannot be used, or null
   */
  add(row: unknown): string | null {
    if (!isObject(row)) return `${kindOf(row)} instead of an object`;
    const layout = this.#layoutOf(row);
    if (layout.key === null) return `no field ${this.#key.name}, which is the key`;
    const cell = row[layout.key];
    if (isBlank(cell)) return `the key ${this.#key.name} is empty`;
    const key = this.#key.read(cell);
    if (!isKey(key)) return `the key ${this.#key.name} is ${reasonOf(key)}`;
    if (this.table.find(key) >= 0)
      return `the key ${this.#key.name} is ${JSON.stringify(key)}, as in a line before`;
    const at = this.table.add(key);
    const isDeleted = layout.deleted.some((name) => !isNo(row[name]));
    this.table.setFlags(at, FLAG.inDestination | (isDeleted ? FLAG.deletedThere : 0));
    if (isDeleted || this.#keepHash(at, row, layout)) return null;
    return `more than ${MOST_FORMS} different sets of fields`;
  }

  /** Fields that the stream does not have. */
  get ignored(): readonly string[] {
    return [...this.#ignored];
  }

  /** The columns that are compared, each set of them once. */
  get compared(): readonly (readonly string[])[] {
    return this.#forms.map((form) => form.map(({ name }) => name));
  }

  /** The comparison with these rows. Fractions of seconds count if a row has one. */
  comparison(): Comparison {
    return new Comparison(this.table, this.#forms, this.#hasFractions);
  }

  /** Keeps what a row is compared by; false if there are too many sets of columns. */
  #keepHash(at: number, row: Readonly<Record<string, unknown>>, layout: Layout): boolean {
    const compared = comparedOf(row, layout);
    const columns = compared.map(({ column }) => column);
    const form = this.#formOf(columns);
    if (form === MOST_FORMS) return false;
    this.table.setForm(at, form);
    const values = new Map<string, unknown>();
    for (const { raw, column } of compared) {
      const cell = row[raw];
      if (column.isTime && typeof cell === 'string' && !this.#hasFractions)
        this.#hasFractions = FRACTION.test(cell);
      values.set(column.name, isBlank(cell) ? null : fitting(column.read(cell)));
    }
    const valueOf = (name: string): unknown => values.get(name);
    this.table.setHash(at, this.#hash.of(columnsText(columns, valueOf, true)), true);
    this.table.setHash(at, this.#hash.of(columnsText(columns, valueOf, false)), false);
    return true;
  }

  /** The number of a set of columns. */
  #formOf(columns: readonly ComparedColumn[]): number {
    const names = columns.map(({ name }) => name).join();
    const known = this.#formNumbers.get(names);
    if (known !== undefined) return known;
    if (this.#forms.length === MOST_FORMS) return MOST_FORMS;
    this.#formNumbers.set(names, this.#forms.length);
    return this.#forms.push(columns) - 1;
  }

  #layoutOf(row: Readonly<Record<string, unknown>>): Layout {
    const fields = Object.keys(row);
    const signature = fields.join('\n');
    const known = this.#layouts.get(signature);
    if (known !== undefined) return known;
    const layout = this.#compile(fields);
    if (this.#layouts.size < MOST_LAYOUTS) this.#layouts.set(signature, layout);
    return layout;
  }

  #compile(fields: readonly string[]): Layout {
    const raws = new Map<string, string>();
    const deleted: string[] = [];
    for (const raw of fields) {
      const name = this.#columns.has(raw) ? raw : normalSpelling(raw);
      if (DELETED_COLUMNS.some((one) => one === name)) deleted.push(raw);
      else if (!this.#columns.has(name)) this.#ignored.add(raw);
      else if (!raws.has(name)) raws.set(name, raw);
    }
    const columns = [...this.#columns].flatMap(([name, column]) => {
      const raw = raws.get(name);
      return raw === undefined || name === this.#key.name ? [] : [{ raw, column }];
    });
    return { key: raws.get(this.#key.name) ?? null, deleted, columns };
  }
}

/** The columns that tell a change of a row: its etag, else when it was updated, else all. */
function comparedOf(
  row: Readonly<Record<string, unknown>>,
  { columns }: Layout,
): Layout['columns'] {
  const looked: Layout['columns'][number][] = [];
  for (const version of VERSIONS) {
    const found = columns.find(({ column }) => column.name === version);
    if (found === undefined) continue;
    looked.push(found);
    if (!isBlank(row[found.raw])) return looked;
  }
  return columns;
}

function fitting(value: unknown): unknown {
  return value instanceof Misfit ? UNFIT : value;
}

function reasonOf(value: unknown): string {
  return value instanceof Misfit ? value.reason : 'neither a number nor text';
}

function isKey(value: unknown): value is Key {
  return typeof value === 'string' || typeof value === 'number';
}

function isBlank(cell: unknown): boolean {
  return cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '');
}

/** Whether a cell of a deletion column says that the row exists. */
function isNo(cell: unknown): boolean {
  return isBlank(cell) || cell === false;
}

/** Snowflake prints names in capitals. */
function normalSpelling(raw: string): string {
  return raw.toLowerCase().replaceAll(/[ -]/g, '_');
}
