/** Databases that dbt reads, and that `run --to` or a real target fills. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { REJECTED } from '#src/streams.js';
import { lastState, messagesOf, type Message, type Row } from '../../support/messages.js';
import { COMMAND } from '../../support/paths.js';
import { Dbt } from './dbt.js';
import { runPipe } from './pipe.js';
import type { Postgres } from './postgres.js';
import type { Source } from './source.js';
import { done, tool } from './tools.js';
import { DUCKDB_ROWS, SCHEMA, TARGETS, type Target, type Warehouse } from './warehouses.js';

export type Query = (text: string) => Promise<readonly Row[]>;

/** How dbt connects, and how a test does. */
interface Connection {
  readonly env: Readonly<Record<string, string>>;
  readonly query: Query;
}

/** A database that dbt and a target have. */
export interface Destination {
  readonly adapter: string;
  readonly target: Target;
  readonly settings: Row;
  /** The schema of the tables. */
  readonly schema: string;
  readonly connect: (source: Source, postgres: Postgres | null) => Connection;
}

/** A database to be filled, and dbt for it. */
export interface Filled {
  readonly warehouse: Pick<Warehouse, 'rows'>;
  readonly query: Query;
  readonly dbt: Dbt;
  /** Runs tap and target. */
  readonly sync: (catalog?: unknown) => Promise<Message[]>;
}

function targetOf(name: string): Target {
  const target = TARGETS.find((one) => one.name === name);
  if (!target) throw new Error(`no target ${name}`);
  return target;
}

function ofPostgres(postgres: Postgres): Connection {
  const { host, port, user } = postgres;
  const database = 'meltanolabs';
  return {
    env: {
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: user,
      PGPASSWORD: 'any',
      PGDATABASE: database,
    },
    query: (text) => postgres.rows(database, text),
  };
}

function ofDuckdb(file: string): Connection {
  return {
    env: { DUCKDB_FILE: file },
    query: async (text) => {
      const { code, out, log } = await done(tool('dbt', 'python'), [DUCKDB_ROWS, file, text], {
        env: { ...process.env, TZ: 'UTC' },
      });
      expect(code, log).to.equal(0);
      return out
        .split('\n')
        .filter((line) => line !== '')
        .map((line): Row => JSON.parse(line));
    },
  };
}

export const POSTGRES: Destination = {
  adapter: 'postgres',
  target: targetOf('meltanolabs-target-postgres'),
  settings: {},
  schema: SCHEMA,
  connect: (_, postgres) => ofPostgres(postgres!),
};

export const DUCKDB: Destination = {
  adapter: 'duckdb',
  target: targetOf('target-duckdb'),
  settings: { add_metadata_columns: true },
  schema: SCHEMA,
  connect: (source) => ofDuckdb(fileIn(source)),
};

/** The real `run --to`, in the schema that the project expects in DuckDB. */
export const RUN_TO = {
  adapter: 'duckdb',
  schema: 'main',
  connect: DUCKDB.connect,
} as const;

function fileIn({ folder }: Source): string {
  return join(folder, 'bolt.duckdb');
}

/** Prepares a destination: nothing is loaded yet. */
export async function prepare(
  { adapter, target, settings, schema, connect }: Destination,
  source: Source,
  postgres: Postgres | null,
): Promise<Filled> {
  const warehouse = await target.open(source, postgres, settings);
  const { env, query } = connect(source, postgres);
  const config = source.write('config.json', source.settings);
  return {
    warehouse,
    query,
    dbt: new Dbt(source.folder, { ...env, DBT_TARGET: adapter }, { bolt_eci_schema: schema }),
    sync: (catalog) =>
      runPipe({
        config,
        command: warehouse.command,
        args: warehouse.args,
        state: join(source.folder, 'state.json'),
        cwd: source.folder,
        flags: catalogFlags(source, catalog),
      }),
  };
}

/** Prepares a file for `run --to`, and dbt with its default variables. */
export function prepareRunTo(source: Source): Filled {
  const { adapter, schema, connect } = RUN_TO;
  const { env, query } = connect(source, null);
  const config = source.write('config.json', source.settings);
  return {
    warehouse: { rows: (stream) => query(`select * from ${schema}.${stream}`) },
    query,
    dbt: new Dbt(source.folder, { ...env, DBT_TARGET: adapter }, {}),
    async sync(catalog) {
      const flags = ['--config', config, ...catalogFlags(source, catalog)];
      await succeed(['run', '--to', fileIn(source), ...flags]);
      // The tap once more, from a state file that only this test has, to see the messages.
      const state = join(source.folder, 'state.json');
      const messages = messagesOf(
        await succeed(existsSync(state) ? [...flags, '--state', state] : flags),
      );
      source.write('state.json', lastState(messages));
      const rejected = await query(`select rejected_id, rejected_at from ${schema}.${REJECTED}`);
      return messages.map((message) => withTimeOf(rejected, message));
    },
  };
}

/** A rejected record with the time in the table: it was rejected in another run. */
function withTimeOf(rejected: readonly Row[], message: Message): Message {
  if (message.type !== 'RECORD' || message.stream !== REJECTED) return message;
  const { rejected_id: id } = message.record;
  const row = rejected.find((one) => one['rejected_id'] === id);
  const rejected_at = new Date(String(row?.['rejected_at'])).toISOString();
  return { ...message, record: { ...message.record, rejected_at } };
}

function catalogFlags(source: Source, catalog: unknown): string[] {
  return catalog ? ['--catalog', source.write('catalog.json', catalog)] : [];
}

/** Runs the command, expects it to succeed, and returns its stdout. */
async function succeed(args: readonly string[]): Promise<string> {
  const { code, out, log } = await done(process.execPath, [COMMAND, ...args]);
  expect(code, log).to.equal(0);
  return out;
}
