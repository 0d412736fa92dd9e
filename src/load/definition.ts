/** The definition of a table in the database: read, created, and changed. */
import { DataError } from '../errors.js';
import type { Column } from './columns.js';
import type { Database } from './database.js';
import { textOf } from './cells.js';
import { literal, quote } from './sql.js';

/** A column that exists. */
export interface ExistingColumn {
  readonly type: string;
  readonly comment: string | null;
}

const SCOPE = `schema_name = 'main' AND database_name = current_database()`;

/**
 * Checks that the properties of a schema can be the columns of a table.
 *
 * @throws DataError if they cannot
 */
export function checkColumns(columns: readonly Column[], keys: readonly string[]): void {
  if (columns.length === 0) throw new DataError('INPUT_WRONG', 'the schema has no properties');
  const names = new Map<string, string>();
  for (const { name } of columns) {
    const other = names.get(name.toLowerCase());
    if (other !== undefined)
      throw new DataError(
        'INPUT_WRONG',
        `DuckDB cannot tell the properties ${other} and ${name} apart: deselect one of them`,
      );
    names.set(name.toLowerCase(), name);
  }
  const missing = keys.find((key) => columns.every(({ name }) => name !== key));
  if (missing !== undefined)
    throw new DataError('INPUT_WRONG', `the schema has no property ${missing}, which is a key`);
}

/**
 * Returns the columns of a table by their names in lower case; none if it does not exist.
 *
 * @throws DataError if the name is that of a view
 */
export async function existingColumns(
  database: Database,
  table: string,
): Promise<Map<string, ExistingColumn>> {
  const views = await database.query(
    `SELECT 1 FROM duckdb_views() WHERE ${SCOPE} AND lower(view_name) = lower($1)`,
    [table],
  );
  if (views.length > 0)
    throw new DataError('DATABASE_UNUSABLE', 'the database has a view of this name: rename it');
  const rows = await database.query(
    `SELECT column_name, data_type, comment FROM duckdb_columns()
     WHERE ${SCOPE} AND lower(table_name) = lower($1)`,
    [table],
  );
  return new Map(
    rows.map(({ column_name, data_type, comment }) => [
      String(column_name).toLowerCase(),
      {
        type: data_type === 'TIMESTAMP WITH TIME ZONE' ? 'TIMESTAMPTZ' : String(data_type),
        comment: typeof comment === 'string' ? comment : null,
      },
    ]),
  );
}

/** Creates a table. */
export async function createTable(
  database: Database,
  table: string,
  columns: readonly Column[],
  comment: string | null,
): Promise<void> {
  const list = columns.map(({ name, type }) => `${quote(name)} ${type}`).join(', ');
  await database.run(`CREATE TABLE ${quote(table)} (${list})`);
  if (comment !== null)
    await database.run(`COMMENT ON TABLE ${quote(table)} IS ${literal(comment)}`);
}

/** Adds a column. It is null in the rows that exist. */
export async function addColumn(
  database: Database,
  table: string,
  { name, type }: Pick<Column, 'name' | 'type'>,
): Promise<void> {
  await database.run(`ALTER TABLE ${quote(table)} ADD COLUMN ${quote(name)} ${type}`);
}

/** Sets the comment of a column. */
export async function commentColumn(
  database: Database,
  table: string,
  column: string,
  comment: string,
): Promise<void> {
  const name = `${quote(table)}.${quote(column)}`;
  await database.run(`COMMENT ON COLUMN ${name} IS ${literal(comment)}`);
}

/** Makes a column VARCHAR. Its values become the texts that they are in JSON. */
export async function columnToText(
  database: Database,
  table: string,
  column: string,
  type: string,
): Promise<void> {
  const name = quote(column);
  await database.run(
    `ALTER TABLE ${quote(table)} ALTER COLUMN ${name} TYPE VARCHAR USING ${textOf(name, type)}`,
  );
}

/** Deletes the rows for which a condition is true, and returns how many there were. */
export async function deleteRows(
  database: Database,
  table: string,
  condition: string,
): Promise<number> {
  const [{ rows } = {}] = await database.query(
    `SELECT count(*)::DOUBLE AS rows FROM ${quote(table)} WHERE ${condition}`,
  );
  const count = Number(rows);
  if (count > 0) await database.run(`DELETE FROM ${quote(table)} WHERE ${condition}`);
  return count;
}
