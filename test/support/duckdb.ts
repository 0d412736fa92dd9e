/** Reads a DuckDB file, as its users do. */
import { BIGINT, DuckDBInstance, TIMESTAMPTZ } from '@duckdb/node-api';
import type { Row } from './messages.js';

/** Runs a query on a file that no other process has open. Values are as in the tap's records. */
export async function queryFile(file: string, sql: string): Promise<Row[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  try {
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(`SET TimeZone = 'UTC'; ${sql}`);
    const types = new Map(reader.columnNames().map((name, at) => [name, reader.columnType(at)]));
    const rows = reader.getRowObjectsJson();
    connection.closeSync();
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => {
          const type = types.get(name);
          if (typeof value !== 'string') return [name, value];
          if (type === BIGINT) return [name, Number(value)];
          return [name, type === TIMESTAMPTZ ? isoOf(value) : value];
        }),
      ),
    );
  } finally {
    instance.closeSync();
  }
}

/** `2026-11-24 06:12:03.5+00` as ISO 8601. */
function isoOf(text: string): string {
  return new Date(text.replace(' ', 'T').replace(/\+00$/, 'Z')).toISOString();
}
