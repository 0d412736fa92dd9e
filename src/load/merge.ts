/** SQL that writes staged rows to a table. */
import { quote } from './sql.js';

/** Selects whether no key comes twice in a staging table. */
export function uniqueSql(staging: string, keys: readonly string[]): string {
  return `SELECT count(*) = count(DISTINCT (${keys.join(', ')})) AS is_unique FROM ${staging}`;
}

/** A condition for the last row of each key. Row ids grow in the order of the rows. */
export function lastRowsSql(staging: string, keys: readonly string[]): string {
  return `WHERE rowid IN (SELECT max(rowid) FROM ${staging} GROUP BY ${keys.join(', ')})`;
}

/** Appends rows. The name of the table is quoted. */
export function appendSql(table: string, columns: readonly string[], source: string): string {
  return `INSERT INTO ${table} (${columns.map(quote).join(', ')}) ${source}`;
}

/**
 * Updates the rows whose key exists, and inserts the others. The name of the table is quoted.
 */
export function mergeSql(
  table: string,
  columns: readonly string[],
  keys: readonly string[],
  source: string,
): string {
  const names = columns.map(quote);
  const matches = keys.map((key) => `t.${quote(key)} = s.${quote(key)}`);
  const values = columns.filter((name) => !keys.includes(name)).map(quote);
  const updates = values.map((name) => `${name} = s.${name}`);
  return [
    `MERGE INTO ${table} t USING (${source}) s ON ${matches.join(' AND ')}`,
    updates.length === 0 ? '' : `WHEN MATCHED THEN UPDATE SET ${updates.join(', ')}`,
    `WHEN NOT MATCHED THEN INSERT (${names.join(', ')})`,
    `VALUES (${names.map((name) => `s.${name}`).join(', ')})`,
  ].join(' ');
}
