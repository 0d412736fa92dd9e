/** Reads what a DuckDB file holds. */
import { copyFileSync, existsSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { Database } from '#src/load/database.js';
import { quote } from '#src/load/sql.js';
import type { Held } from './values.js';

export interface HeldTable {
  readonly columns: ReadonlyMap<string, string>;
  readonly rows: readonly ReadonlyMap<string, Held>[];
}

/** Opens a file; no other process holds it. */
export function open(file: string): Promise<Database> {
  return Database.open(file, () => turn());
}

/** Copies a file as it is at this moment, as a kill would leave it. */
export function copyAsKilled(file: string, copy: string): void {
  copyFileSync(file, copy);
  if (existsSync(`${file}.wal`)) copyFileSync(`${file}.wal`, `${copy}.wal`);
}

/** Runs a query on a file. */
export async function query(file: string, sql: string): Promise<readonly object[]> {
  const database = await open(file);
  try {
    return await database.query(sql);
  } finally {
    database.close();
  }
}

/** Returns the tables of a file, without `_sdc_extracted_at`. */
export async function tablesOf(file: string): Promise<Map<string, HeldTable>> {
  const database = await open(file);
  try {
    const columns = new Map<string, Map<string, string>>();
    const all = await database.query(
      `SELECT table_name, column_name, data_type FROM duckdb_columns()
       WHERE schema_name = 'main' AND NOT internal ORDER BY column_index`,
    );
    for (const { table_name, column_name, data_type } of all) {
      const table = columns.get(String(table_name)) ?? new Map<string, string>();
      columns.set(String(table_name), table);
      if (column_name === '_sdc_extracted_at') continue;
      const type = data_type === 'TIMESTAMP WITH TIME ZONE' ? 'TIMESTAMPTZ' : String(data_type);
      table.set(String(column_name), type);
    }
    const tables = new Map<string, HeldTable>();
    for (const [name, table] of columns) {
      if (name === '_singer_state') continue;
      const list = [...table].map(
        ([column, type], at) => `${plain(quote(column), type)} AS c${at}`,
      );
      const rows = await database.query(`SELECT ${list.join(', ')} FROM main.${quote(name)}`);
      tables.set(name, {
        columns: table,
        rows: rows.map(
          (row) => new Map([...table.keys()].map((column, at) => [column, heldIn(row[`c${at}`])])),
        ),
      });
    }
    return tables;
  } finally {
    database.close();
  }
}

function plain(column: string, type: string): string {
  if (type === 'TIMESTAMPTZ') return `epoch_us(${column})::VARCHAR`;
  return type === 'DATE' || type === 'BIGINT' ? `${column}::VARCHAR` : column;
}

function heldIn(value: unknown): Held {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value;
  throw new Error(`unexpected ${typeof value}`);
}
