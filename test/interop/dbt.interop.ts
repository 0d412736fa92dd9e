/** deploy/dbt, with the real dbt, on the databases that real targets filled. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { discover } from '#src/catalog/discover.js';
import { ALL_STREAMS, REJECTED } from '#src/streams.js';
import { idAt } from '../simulator/client.js';
import { inProject } from '../support/paths.js';
import { expectWhole } from './support/compare.js';
import {
  DUCKDB,
  POSTGRES,
  prepare,
  prepareRunTo,
  RUN_TO,
  type Filled,
  type Query,
} from './support/dbt-destinations.js';
import { Postgres } from './support/postgres.js';
import { kindsOf, Source, type Rows } from './support/source.js';
import { needsTool } from './support/tools.js';
import type { Warehouse } from './support/warehouses.js';

const NAMES = [...ALL_STREAMS.map(({ name }) => name), REJECTED];
/** Streams that a test does not load. */
const ABSENT: readonly string[] = ['cities', 'job_events', 'jobs'];
const KEPT = ALL_STREAMS.filter(({ feed }) => feed !== undefined).map(({ name }) => name);
/** The type that every database has for a kind of column. */
const TYPES: Readonly<Record<string, RegExp>> = {
  integer: /^bigint$/i,
  number: /^double( precision)?$/i,
  boolean: /^boolean$/i,
  string: /^(text|varchar)$/i,
  json: /^(text|varchar)$/i,
  date: /^date$/i,
  'date-time': /^timestamp with time zone$/i,
};

/** The rows that a staging view has to have. */
function existing(held: ReadonlyMap<string, Rows>): Map<string, Rows> {
  return new Map(
    [...held].map(([stream, rows]) => [
      stream,
      new Map([...rows].filter(([, row]) => (row['deleted_at'] ?? null) === null)),
    ]),
  );
}

/** The types of a staging view's columns, by name. */
async function typesOf(query: Query, stream: string): Promise<ReadonlyMap<unknown, unknown>> {
  const columns = await query(
    `select column_name, data_type from information_schema.columns where table_schema = 'analytics' and table_name = 'stg_bolt_eci__${stream}'`,
  );
  return new Map(columns.map((row) => [row['column_name'], row['data_type']]));
}

/**
 * A catalog without some streams, without a column of work orders, and with a number and a time of
 * them as text, as masking makes it.
 */
function partOfCatalog(): unknown {
  const streams = discover().streams.filter(({ stream }) => !ABSENT.includes(stream));
  const workOrders = streams.find(({ stream }) => stream === 'work_orders')!;
  const { home_owner_email: _, ...others } = workOrders.schema.properties;
  const text = { type: ['null', 'string'] };
  const properties = { ...others, supervisor_id: text, created_at: text };
  return {
    streams: [
      ...streams.filter((entry) => entry !== workOrders),
      { ...workOrders, schema: { ...workOrders.schema, properties } },
    ],
  };
}

/** A time with the offset as the tap writes it. */
function inUtc(kind: string, value: unknown): unknown {
  return kind === 'date-time' && typeof value === 'string' ? value.replace(/\+00:00$/, 'Z') : value;
}

/** The staging views, read like the tables of a target: without deleted_at, which is null. */
function viewsOf(query: Query): Warehouse['rows'] {
  return async (stream) => {
    const kinds = [...kindsOf(stream)];
    const rows = await query(`select * from analytics.stg_bolt_eci__${stream}`);
    return rows.map((row) =>
      Object.fromEntries(kinds.map(([column, kind]) => [column, inUtc(kind, row[column] ?? null)])),
    );
  };
}

describe('dbt', () => {
  let postgres: Postgres | null = null;
  before(async () => (postgres = await Postgres.start()));
  after(() => postgres?.stop());

  for (const destination of [POSTGRES, DUCKDB, RUN_TO]) {
    const { adapter, schema } = destination;
    const target = 'target' in destination ? destination.target : null;
    describe(`on ${adapter}, filled by ${target?.name ?? 'run --to'}`, () => {
      let source: Source;
      let filled: Filled;
      before(async function () {
        needsTool(this, 'dbt');
        if (target !== null) needsTool(this, target.name);
        if (target?.needsPostgres && postgres === null) this.skip();
        source = await Source.start();
        filled =
          'target' in destination
            ? await prepare(destination, source, postgres)
            : prepareRunTo(source);
      });
      after(() => source?.stop());

      async function expectViews(held: ReadonlyMap<string, Rows>): Promise<void> {
        const views = { ...filled.warehouse, rows: viewsOf(filled.query) };
        await expectWhole(target ?? {}, views, existing(held), NAMES);
      }

      it('builds views that hold every row, and every test passes', async () => {
        const messages = await filled.sync();
        const out = await filled.dbt.run(['build']);
        expect(out).to.match(/Done\. PASS=\d+ WARN=0 ERROR=0 SKIP=0/);
        await expectViews(source.held(messages));
      });

      it('has the time of loading in every table', async () => {
        for (const name of NAMES) {
          const [row] = await filled.query(
            `select count(*) as n, count(_sdc_extracted_at) as times from ${schema}.${name}`,
          );
          expect(row?.['times'], name).to.equal(row?.['n']);
        }
      });

      it('has the same types in every database, and no column of Singer', async () => {
        for (const stream of NAMES) {
          const types = await typesOf(filled.query, stream);
          const wanted = [...kindsOf(stream)].filter(([column]) => column !== 'deleted_at');
          expect([...types.keys()], stream).to.have.members(wanted.map(([column]) => column));
          for (const [column, kind] of wanted)
            expect(types.get(column), `${stream}.${column}`).to.match(TYPES[kind]!);
        }
      });

      it('leaves a deleted row out of the view, not out of the table', async () => {
        const id = idAt(source.simulator, 'jobs', 3);
        source.simulator.remove('jobs', id);
        source.evolve(60);
        const held = source.held(await filled.sync());
        await filled.dbt.run(['build']);
        await expectViews(held);
        const table = `from ${schema}.jobs where id = ${id} and deleted_at is not null`;
        expect(await filled.query(`select id ${table}`)).to.deep.equal([{ id }]);
        const view = `from analytics.stg_bolt_eci__jobs where id = ${id}`;
        expect(await filled.query(`select id ${view}`)).to.deep.equal([]);
        for (const name of KEPT) {
          const rows = await filled.warehouse.rows(name);
          expect(rows.length, name).to.equal(held.get(name)?.size);
        }
      });

      it('says how fresh the tables are', async () => {
        const out = await filled.dbt.run(['source', 'freshness']);
        for (const name of ['job_type_configuration', 'job_events', 'work_order_events'])
          expect(out).to.match(new RegExp(`PASS freshness of bolt_eci\\.${name} `));
      });

      it('documents every column that is in the database', async () => {
        await filled.dbt.run(['docs', 'generate']);
        const [texts, found] = [filled.dbt.documents('manifest'), filled.dbt.documents('catalog')];
        const tables = Object.entries({ ...found.sources, ...found.nodes });
        expect(tables).to.have.lengthOf(2 * NAMES.length);
        for (const [id, { columns }] of tables) {
          const described = texts.sources[id] ?? texts.nodes[id];
          expect(described?.description, id).to.match(/\w/);
          const names = Object.keys(columns).filter((name) => !name.startsWith('_sdc_'));
          expect(names, id).to.not.be.empty;
          for (const name of names)
            expect(described?.columns[name]?.description, `${id} ${name}`).to.match(/\w/);
        }
      });

      it('runs the queries of its README, and those of analyses/', async () => {
        const readme = readFileSync(inProject('deploy/dbt/README.md'), 'utf8');
        const [, stages = ''] = /```sql\n([^`]*);\n```/.exec(readme) ?? [];
        expect(await filled.query(stages)).to.not.be.empty;
        const crews = await filled.dbt.show('open_work_orders_per_crew');
        // The simulator gives each work order one crew, or none.
        const [open] = await filled.query(
          "select count(*) as n from analytics.stg_bolt_eci__work_orders where completed_date is null and crew_ids <> '[]'",
        );
        const counts = crews.map((row) => Number(row['open_work_orders']));
        expect(counts).to.not.be.empty;
        expect(counts.reduce((sum, one) => sum + one, 0)).to.equal(open?.['n']);
        const [active] = await filled.query(
          'select count(distinct jobs.id) as n from analytics.stg_bolt_eci__jobs as jobs join analytics.stg_bolt_eci__work_orders as work_orders on work_orders.job_number = jobs.id where active',
        );
        const jobs = await filled.dbt.show('checklists_of_active_jobs');
        expect(jobs).to.not.be.empty;
        expect(jobs).to.have.lengthOf(Number(active?.['n']));
      });
    });
  }

  it('builds without streams and columns that were not loaded, and with masked columns', async function () {
    needsTool(this, 'dbt');
    needsTool(this, DUCKDB.target.name);
    const source = await Source.start();
    try {
      const { sync, dbt, query } = await prepare(DUCKDB, source, null);
      await sync(partOfCatalog());
      await dbt.run(['build'], { bolt_eci_absent_streams: ABSENT });
      const view = 'analytics.stg_bolt_eci__work_orders';
      const [emails] = await query(
        `select count(*) as n from ${view} where home_owner_email is not null`,
      );
      expect(emails).to.deep.equal({ n: 0 });
      const types = await typesOf(query, 'work_orders');
      expect(types.get('home_owner_email')).to.equal('VARCHAR');
      expect(types.get('supervisor_id')).to.equal('VARCHAR');
      expect(types.get('created_at')).to.match(/^timestamp with time zone$/i);
    } finally {
      await source.stop();
    }
  });
});
