/** Databases that dbt reads and a real target fills. */
import { join } from 'node:path';
import { expect } from 'chai';
import type { Message, Row } from '../../support/messages.js';
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
  readonly connect: (source: Source, postgres: Postgres | null) => Connection;
}

/** A database to be filled, and dbt for it. */
export interface Filled {
  readonly warehouse: Warehouse;
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
  connect: (_, postgres) => ofPostgres(postgres!),
};

export const DUCKDB: Destination = {
  adapter: 'duckdb',
  target: targetOf('target-duckdb'),
  settings: { add_metadata_columns: true },
  connect: (source) => ofDuckdb(join(source.folder, 'bolt.duckdb')),
};

/** Prepares a destination: nothing is loaded yet. */
export async function prepare(
  { adapter, target, settings, connect }: Destination,
  source: Source,
  postgres: Postgres | null,
): Promise<Filled> {
  const warehouse = await target.open(source, postgres, settings);
  const { env, query } = connect(source, postgres);
  const config = source.write('config.json', source.settings);
  return {
    warehouse,
    query,
    dbt: new Dbt(source.folder, { ...env, DBT_TARGET: adapter }, { bolt_eci_schema: SCHEMA }),
    sync: (catalog) =>
      runPipe({
        config,
        command: warehouse.command,
        args: warehouse.args,
        state: join(source.folder, 'state.json'),
        cwd: source.folder,
        flags: catalog ? ['--catalog', source.write('catalog.json', catalog)] : [],
      }),
  };
}
