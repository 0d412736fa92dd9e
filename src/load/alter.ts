/** Changes the columns of a table. */
import type { Column } from './columns.js';
import { textOf } from './cells.js';
import type { Database } from './database.js';
import { literal, ONE_TABLE, quote } from './sql.js';

/** Holds the rows of a table while it is replaced. */
const REPLACEMENT = '_singer_replacement';

/** A table whose columns change. */
export interface Altered {
  readonly table: string;
  /**
   * Whether the transaction has updated or deleted rows of the table. DuckDB cannot commit if such
   * a table is altered, so it is replaced by another.
   */
  readonly isTouched: boolean;
}

/** Adds a column. It is null in the rows that exist. */
export async function addColumn(
  database: Database,
  { table, isTouched }: Altered,
  { name, type }: Pick<Column, 'name' | 'type'>,
): Promise<void> {
  if (isTouched) await replace(database, table, `*, NULL::${type} AS ${quote(name)}`);
  else await database.run(`ALTER TABLE ${database.table(table)} ADD COLUMN ${quote(name)} ${type}`);
}

/** Makes a column VARCHAR. Its values become the texts that they are in JSON. */
export async function columnToText(
  database: Database,
  altered: Altered,
  column: string,
  type: string,
): Promise<void> {
  await changeType(
    database,
    altered,
    { name: column, type: 'VARCHAR' },
    textOf(quote(column), type),
  );
}

/** Gives a column another type. What cannot be of this type becomes null. */
export async function castColumn(
  database: Database,
  altered: Altered,
  column: Pick<Column, 'name' | 'type'>,
): Promise<void> {
  const cast = `TRY_CAST(${quote(column.name)} AS ${column.type})`;
  await changeType(database, altered, column, cast);
}

async function changeType(
  database: Database,
  { table, isTouched }: Altered,
  column: Pick<Column, 'name' | 'type'>,
  value: string,
): Promise<void> {
  const name = quote(column.name);
  if (isTouched) await replace(database, table, `* REPLACE (${value} AS ${name})`);
  else
    await database.run(
      `ALTER TABLE ${database.table(table)} ALTER COLUMN ${name} TYPE ${column.type} USING ${value}`,
    );
}

/** Replaces a table by one with other columns and the same comments. */
async function replace(database: Database, table: string, selection: string): Promise<void> {
  const comments = await commentsOf(database, table);
  const [old, made] = [database.table(table), database.table(REPLACEMENT)];
  await database.run(`CREATE TABLE ${made} AS SELECT ${selection} FROM ${old}`);
  await database.run(`DROP TABLE ${old}`);
  await database.run(`ALTER TABLE ${made} RENAME TO ${quote(table)}`);
  for (const { column, comment } of comments) {
    const on = column === null ? `TABLE ${old}` : `COLUMN ${old}.${quote(column)}`;
    await database.run(`COMMENT ON ${on} IS ${literal(comment)}`);
  }
}

interface Comment {
  /** Null for the comment of the table. */
  readonly column: string | null;
  readonly comment: string;
}

async function commentsOf(database: Database, table: string): Promise<Comment[]> {
  const rows = await database.query(
    `SELECT NULL AS column_name, comment FROM duckdb_tables() WHERE ${ONE_TABLE}
     UNION ALL SELECT column_name, comment FROM duckdb_columns() WHERE ${ONE_TABLE}`,
    [table],
  );
  return rows.flatMap(({ column_name: column, comment }) =>
    typeof comment === 'string'
      ? [{ column: typeof column === 'string' ? column : null, comment }]
      : [],
  );
}
