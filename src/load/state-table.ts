/** The states in the database: one for each pipeline that loads into it. */
import type { Database } from './database.js';

/** The table that holds them. */
export const STATE_TABLE = '_singer_state';

/** Creates the table, if it does not exist. */
export async function createStateTable(database: Database): Promise<void> {
  await database.run(
    `CREATE TABLE IF NOT EXISTS ${STATE_TABLE} (id VARCHAR, state VARCHAR, updated_at TIMESTAMPTZ)`,
  );
}

/**
 * Returns the state of a pipeline as JSON, or null if there is none.
 *
 * @throws TapError if the database has another table of this name
 */
export async function readState(database: Database, id: string): Promise<string | null> {
  const [row] = await database.query(`SELECT state FROM ${STATE_TABLE} WHERE id = $1`, [id]);
  return typeof row?.['state'] === 'string' ? row['state'] : null;
}

/** Replaces the state of a pipeline, in the transaction. */
export async function writeState(
  database: Database,
  id: string,
  state: string,
  now: number,
): Promise<void> {
  await database.run(`DELETE FROM ${STATE_TABLE} WHERE id = $1`, [id]);
  await database.run(`INSERT INTO ${STATE_TABLE} VALUES ($1, $2, make_timestamptz($3::BIGINT))`, [
    id,
    state,
    BigInt(now) * 1000n,
  ]);
}
