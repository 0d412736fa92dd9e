import { expect } from 'chai';
import { join } from 'node:path';
import { discover } from '#src/catalog/discover.js';
import { RESCUED } from '#src/streams.js';
import { isRow } from '../simulator/client.js';
import { runPipe } from './support/pipe.js';
import { Postgres } from './support/postgres.js';
import { Source } from './support/source.js';
import { needsTool, tool } from './support/tools.js';
import { SCHEMA } from './support/warehouses.js';

const LOADER = 'meltanolabs-target-postgres';
const MARK = 'Quenya Zz-5550100';
/** Each holds the mark in some rows. */
const MASKED = {
  home_owner: 'hmac',
  home_owner_email: 'hmac',
  '*_phone': 'null',
  '_rescued_data.secret_field': 'hmac',
};

/** Puts the mark into rows of jobs, work orders and schedules, and so into events and changes. */
function plant({ simulator }: Source): void {
  for (const stream of ['jobs', 'work_orders', 'schedules']) {
    const ids = [...simulator.rows(stream)].map((row) => (isRow(row) ? Number(row['id']) : NaN));
    for (const id of ids.filter((one) => Number.isSafeInteger(one)).slice(0, 5)) {
      const old = { home_owner: `${MARK} old`, 'Secret Field': MARK };
      simulator.change(stream, id, { ...old, home_owner_email: `${MARK}@example.test` });
      // A number that does not fit, and a second value of a column, are rejected.
      simulator.change(stream, id, {
        home_owner_phone: [MARK],
        'Home Owner': MARK,
        home_owner: 'x',
      });
    }
    simulator.remove(
      stream,
      ids.find((one) => Number.isSafeInteger(one))!,
    );
  }
}

/** The tables with a row that holds the mark in any column. */
async function tablesWithMark(postgres: Postgres, database: string): Promise<string[]> {
  const tables = await postgres.rows(
    database,
    `select table_name from information_schema.tables where table_schema = '${SCHEMA}'`,
  );
  expect(tables).to.have.length.above(20);
  const found: string[] = [];
  for (const { table_name: table } of tables) {
    const search = `select 1 from ${SCHEMA}.${String(table)} as t where t::text ilike '%Quenya%'`;
    if ((await postgres.rows(database, search)).length > 0) found.push(String(table));
  }
  return found.toSorted();
}

/** The catalog with `_rescued_data` selected. */
function rescuing(): unknown {
  const { streams } = discover();
  for (const { metadata } of streams)
    for (const { breadcrumb, metadata: column } of metadata)
      if (breadcrumb[1] === RESCUED) column['selected'] = true;
  return { streams };
}

describe('masking, with a real PostgreSQL', () => {
  let postgres: Postgres | null = null;
  let source: Source;
  before(async function () {
    needsTool(this, LOADER);
    postgres = await Postgres.start();
    if (postgres === null) this.skip();
    source = await Source.start();
    plant(source);
  });
  after(async () => {
    await source?.stop();
    await postgres?.stop();
  });

  /** Loads everything, and returns the tables with the mark. */
  async function load(name: string, masking: object): Promise<string[]> {
    const server = postgres!;
    await server.createDatabase(name);
    const { host, port, user } = server;
    const target = source.write(`${name}-target.json`, {
      host,
      port,
      user,
      password: 'any',
      database: name,
      default_target_schema: SCHEMA,
    });
    await runPipe({
      config: source.write(`${name}.json`, { ...source.settings, ...masking }),
      state: join(source.folder, `${name}-state.json`),
      command: tool(LOADER, 'target-postgres'),
      args: ['--config', target],
      cwd: source.folder,
      flags: ['--catalog', source.write('catalog.json', rescuing())],
    });
    return tablesWithMark(server, name);
  }

  it('finds the mark in lists, events and rejected rows without masking', async () => {
    const tables = await load('plain', {});
    expect(tables).to.include.members(['job_events', 'jobs', 'rejected_records', 'work_orders']);
  });

  it('finds it in no column of any table with masking', async () => {
    const masking = { mask_columns: MASKED, mask_key: 'a key for the tests of masking' };
    expect(await load('masked', masking)).to.deep.equal([]);
    const [row] = await postgres!.rows(
      'masked',
      `select count(distinct j.home_owner) as owners from ${SCHEMA}.jobs j
       join ${SCHEMA}.job_events e on e.job_home_owner = j.home_owner
       where length(j.home_owner) = 64`,
    );
    expect(Number(row?.['owners'])).to.be.above(5);
  });
});
