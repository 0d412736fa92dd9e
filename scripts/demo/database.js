// The same messages in a DuckDB file, and a query on it.
import { once } from 'node:events';
import { createReadStream, rmSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { DUCKDB_PACKAGE } from '../../dist/load/database.js';
import { start } from './processes.js';
import { table } from './text.js';

const QUERY = `select stage, count(*) as work_orders, min(created_at)::date as oldest
from work_orders where deleted_at is null
group by all order by work_orders desc`;

/**
 * Loads files of messages with `bolt-eci-tap load`, and queries the database. Returns what to print
 * about it. Without the optional package of DuckDB, that is how to install it.
 */
export async function queryDatabase(file, messages) {
  const duckdb = await importOrNull();
  if (duckdb === null)
    return `To query these rows with SQL, install the optional package of DuckDB, and run the demo again:

  npm install --no-save ${DUCKDB_PACKAGE}`;
  for (const name of [file, `${file}.wal`]) rmSync(name, { force: true });
  for (const name of messages) await load(file, name);
  const instance = await duckdb.DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  try {
    const reader = await (await instance.connect()).runAndReadAll(QUERY);
    const rows = reader.getRowsJson();
    return `The same messages, loaded with "bolt-eci-tap load --to ${file}"; in one step: "bolt-eci-tap run --to …".
Work orders that exist, by stage:

${indented(QUERY)}

${table(reader.columnNames(), rows)}`;
  } finally {
    instance.closeSync();
  }
}

/** Loads a file of messages. Throws what `load` printed if it fails. */
async function load(file, messages) {
  const child = start(['load', '--to', file, '--log-level', 'error'], ['pipe', 'ignore', 'pipe']);
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (log += text));
  const ended = once(child, 'close');
  // If it ends early, its message says more than the broken pipe.
  await pipeline(createReadStream(messages), child.stdin).catch(() => undefined);
  const [code] = await ended;
  if (code !== 0) throw new Error(`load ended with code ${code}: ${log}`);
}

async function importOrNull() {
  try {
    return await import('@duckdb/node-api');
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

function indented(lines) {
  return lines.replaceAll(/^/gm, '  ');
}
