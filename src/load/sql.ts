/** Names and texts in SQL. */

/** Quotes a name of a table or column. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Writes a text as a literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A condition for the tables and views of the file, in what DuckDB says about itself. */
export const IN_FILE = "schema_name = 'main' AND database_name = current_database()";

/** A condition for the table whose name is the first value of the statement. */
export const ONE_TABLE = `${IN_FILE} AND lower(table_name) = lower($1)`;
