/** What a database must hold after some messages: the rules of `load`, without a database. */
import type { ColumnType } from '#src/load/columns.js';
import type { Held, Value } from './values.js';

export interface Property {
  readonly schema: unknown;
  readonly type: ColumnType;
}

export interface Definition {
  readonly properties: Readonly<Record<string, Property>>;
  readonly keys: readonly string[];
}

/** A record; null is null, and a name that is missing is missing. */
export type Cells = Readonly<Record<string, Value | null>>;

type Row = Map<string, Held>;

export const VERSION = '_sdc_table_version';

/** One table. */
export class TableModel {
  readonly columns = new Map<string, ColumnType>();
  rows: Row[] = [];
  #definition: Definition = { properties: {}, keys: [] };
  /** Whether this run brought a row without a version. */
  #hasUnversioned = false;

  clone(): TableModel {
    const copy = new TableModel();
    for (const [name, type] of this.columns) copy.columns.set(name, type);
    copy.rows = this.rows.map((row) => new Map(row));
    return copy;
  }

  define(definition: Definition): void {
    this.#definition = definition;
    for (const [name, { type }] of Object.entries(definition.properties)) {
      const existing = this.columns.get(name);
      if (existing === undefined) this.#addColumn(name, type);
      else if (existing === 'DOUBLE' && type === 'BIGINT') continue;
      else if (existing !== type) this.#toText(name);
    }
  }

  add(record: Cells, version: number | undefined): void {
    if (version === undefined) this.#hasUnversioned = true;
    else if (!this.columns.has(VERSION)) this.#addColumn(VERSION, 'BIGINT');
    const row: Row = new Map();
    for (const name of Object.keys(this.#definition.properties)) {
      const value = Object.hasOwn(record, name) ? (record[name] ?? null) : null;
      const type = this.columns.get(name)!;
      if (value !== null && value.as[type] === undefined) this.#toText(name);
      row.set(name, value === null ? null : value.as[this.columns.get(name)!]!);
    }
    if (this.columns.has(VERSION)) row.set(VERSION, version === undefined ? null : String(version));
    const { keys } = this.#definition;
    const same =
      keys.length === 0
        ? []
        : this.rows.filter((one) => keys.every((key) => one.get(key) === row.get(key)));
    if (same.length === 0) {
      const whole: Row = new Map([...this.columns.keys()].map((name) => [name, null]));
      same.push(whole);
      this.rows.push(whole);
    }
    for (const one of same) for (const [name, cell] of row) one.set(name, cell);
  }

  /** Returns how many rows were deleted. */
  activate(version: number): number {
    if (!this.columns.has(VERSION)) this.#addColumn(VERSION, 'BIGINT');
    const before = this.rows.length;
    this.rows = this.rows.filter((row) => {
      const own = row.get(VERSION) ?? null;
      return own === null ? this.#hasUnversioned : Number(own) >= version;
    });
    return before - this.rows.length;
  }

  #addColumn(name: string, type: ColumnType): void {
    this.columns.set(name, type);
    for (const row of this.rows) row.set(name, null);
  }

  #toText(name: string): void {
    const type = this.columns.get(name);
    this.columns.set(name, 'VARCHAR');
    for (const row of this.rows) row.set(name, asText(row.get(name) ?? null, type));
  }
}

function asText(cell: Held, type: ColumnType | undefined): Held {
  if (cell === null || type === 'VARCHAR') return cell;
  if (type !== 'TIMESTAMPTZ') return String(cell);
  const us = BigInt(cell);
  const ms = new Date(Number(us / 1000n)).toISOString();
  return `${ms.slice(0, -1)}${String(us % 1000n).padStart(3, '0')}Z`;
}

/** All tables, and the state. */
export class DatabaseModel {
  readonly tables = new Map<string, TableModel>();
  state: string | null = null;

  clone(): DatabaseModel {
    const copy = new DatabaseModel();
    for (const [name, table] of this.tables) copy.tables.set(name, table.clone());
    copy.state = this.state;
    return copy;
  }

  table(name: string): TableModel {
    const table = this.tables.get(name) ?? new TableModel();
    this.tables.set(name, table);
    return table;
  }
}
