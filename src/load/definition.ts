/** The definition of a table in the database: read, created, and changed. */
import { DataError } from '../errors.js';
import type { Column } from './columns.js';
import type { Database } from './database.js';
import { IN_FILE, literal, ONE_TABLE, quote } from './sql.js';

/** A column that exists. */
export interface ExistingColumn {
  readonly type: string;
  readonly comment: string | null;
}

/**
 * Checks that the properties of a schema can be the columns of a table.
 *
 * @throws DataError if they cannot
 */
export function checkColumns(columns: readonly Column[], keys: readonly string[]): void {
  if (columns.length === 0) throw new DataError('INPUT_WRONG', 'the schema has no properties');
  for (const { name } of columns) checkName('property', name);
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
 * Checks that a name can be that of a table or column.
 *
 * @throws DataError if it cannot
 */
export function checkName(what: 'stream' | 'property', name: string): void {
  if (name === '' || name.includes('\0'))
    throw new DataError(
      'INPUT_WRONG',
      `DuckDB cannot have a ${what} with the name ${JSON.stringify(name)}`,
    );
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
    `SELECT 1 FROM duckdb_views() WHERE ${IN_FILE} AND lower(view_name) = lower($1)`,
    [table],
  );
  if (views.length > 0)
    throw new DataError('DATABASE_UNUSABLE', 'the database has a view of this name: rename it');
  const rows = await database.query(
    `SELECT column_name, data_type, comment FROM duckdb_columns()
     WHERE ${ONE_TABLE}`,
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
  await database.run(`CREATE TABLE ${database.table(table)} (${list})`);
  if (comment !== null)
    await database.run(`COMMENT ON TABLE ${database.table(table)} IS ${literal(comment)}`);
}

/** Sets the comment of a column. */
export async function commentColumn(
  database: Database,
  table: string,
  column: string,
  comment: string,
): Promise<void> {
  const name = `${database.table(table)}.${quote(column)}`;
  await database.run(`COMMENT ON COLUMN ${name} IS ${literal(comment)}`);
}

/** Deletes the rows for which a condition is true, and returns how many there were. */
export async function deleteRows(
  database: Database,
  table: string,
  condition: string,
): Promise<number> {
  const [{ rows } = {}] = await database.query(
    `SELECT count(*)::DOUBLE AS rows FROM ${database.table(table)} WHERE ${condition}`,
  );
  const count = Number(rows);
  if (count > 0) await database.run(`DELETE FROM ${database.table(table)} WHERE ${condition}`);
  return count;
}
