import { expect } from 'chai';
import { SETTINGS } from '#src/config/settings.js';
import { ALL_STREAMS, REJECTED, STREAMS } from '#src/streams.js';
import { isRow } from '../simulator/client.js';
import { splitOf } from '../support/split.js';
import { expectWhole } from './support/compare.js';
import { DATABASE, Meltano } from './support/meltano.js';
import { Postgres } from './support/postgres.js';
import { Source, TOKEN } from './support/source.js';
import { needsTool, type Done } from './support/tools.js';
import { ofPostgres, TARGETS, type Warehouse } from './support/warehouses.js';

const { events: EVENTS, tables: TABLES } = splitOf();
/** The streams that can be compared with what the API would send now. */
const LISTED = new Set(STREAMS.map(({ name }) => name));
const LOADER = TARGETS.find(({ name }) => name === 'meltanolabs-target-postgres')!;

/** How many rows the tap says that it wrote of each stream, by the summary in its log. */
function rowsIn(log: string): Record<string, number> {
  const lines = log.matchAll(
    /tap-bolt-eci\S* (\w+) +(?:full|incremental|continued)(?:, then full)? +(\d+) +\d+ +\d+ +[\d.]+ +\d+ +(?:complete|failed|skipped)/g,
  );
  return Object.fromEntries([...lines].map(([, stream, rows]) => [stream, Number(rows)]));
}

function expectGood({ code, log }: Done): void {
  expect(code, log).to.equal(0);
}

describe('real Meltano', () => {
  let postgres: Postgres | null = null;
  let source: Source;
  let meltano: Meltano;
  let warehouse: Warehouse;
  before(async function () {
    needsTool(this, 'meltano');
    postgres = await Postgres.start();
    if (postgres === null) this.skip();
    await postgres.createDatabase(DATABASE);
    source = await Source.start();
    meltano = await Meltano.open(source, postgres);
    warehouse = ofPostgres(LOADER.name, postgres, DATABASE, '');
  });
  after(async () => {
    await source?.stop();
    await postgres?.stop();
  });

  it('knows every setting, and shows no secret', async () => {
    const listed = await meltano.run(['config', 'list', '--all', 'tap-bolt-eci']);
    expectGood(listed);
    for (const { name } of SETTINGS) {
      expect(listed.out).to.match(
        new RegExp(`^${name} \\[env: TAP_BOLT_ECI_${name.toUpperCase()}\\]`, 'm'),
      );
    }
    expect(listed.out).to.match(/^api_token .*current value: \(redacted\)/m);
    expect(listed.out + listed.log).not.to.contain(TOKEN);
  });

  it('tests the configuration, and says what is wrong with it', async () => {
    const good = await meltano.run(['config', 'test', 'tap-bolt-eci']);
    expectGood(good);
    expect(good.out).to.contain('Plugin configuration is valid');
    const bad = await meltano.run(['config', 'test', 'tap-bolt-eci'], {
      TAP_BOLT_ECI_API_TOKEN: 'a-wrong-one',
    });
    expect(bad.code).to.equal(1);
    expect(bad.log).to.contain(
      'the API refuses the token (HTTP 401): check api_token, api_token_name and base_url',
    );
    expect(bad.out + bad.log).not.to.contain('a-wrong-one');
  });

  it('selects the feeds and what they keep in one variant, the rest in the other', async () => {
    for (const [variant, streams] of [
      ['tap-bolt-eci--events', EVENTS],
      ['tap-bolt-eci--tables', TABLES],
    ] as const) {
      const { code, out, log } = await meltano.run(['select', '--list', variant]);
      expect(code, log).to.equal(0);
      const selected = new Set(
        [...out.matchAll(/\[(?:selected|automatic) *\] (\w+)\./g)].map(([, stream]) => stream),
      );
      expect([...selected]).to.have.members([...streams, REJECTED]);
    }
  });

  it('has a schedule for each variant', async () => {
    const { code, out, log } = await meltano.run(['schedule', 'list']);
    expect(code, log).to.equal(0);
    expect(out).to.contain(
      "[15 */2 * * *] job events: events-to-postgres → ['tap-bolt-eci--events target-postgres']",
    );
    expect(out).to.contain(
      "[45 */6 * * *] job tables: tables-to-postgres → ['tap-bolt-eci--tables target-postgres']",
    );
  });

  it('loads all in full at first, each variant with a bookmark of its own', async () => {
    const events = await meltano.run(['run', 'events-to-postgres']);
    expectGood(events);
    expect(events.log).to.contain('No state was found, complete import');
    expect(rowsIn(events.log)).to.have.all.keys(EVENTS);
    const tables = await meltano.run(['run', 'tables-to-postgres']);
    expectGood(tables);
    expect(tables.log).to.contain('No state was found, complete import');
    expect(rowsIn(tables.log)).to.have.all.keys(TABLES);
    await expectWhole(LOADER, warehouse, source.held([]), [...LISTED]);
  });

  it('shows the level and the text of our log lines', async () => {
    const { code, log } = await meltano.run(['run', 'events-to-postgres']);
    expect(code, log).to.equal(0);
    expect(log).to.match(
      /\[info +\] tap-bolt-eci--events METRIC +metric_name=record_count metric_value=0/,
    );
    expect(log).to.match(/\[info +\] tap-bolt-eci--events total +0 /);
    expect(log).not.to.contain('"logger_name"');
    expect(log).not.to.contain('unknown setting');
  });

  it("goes on from Meltano's own state: what changed, and that alone", async () => {
    const changes = source.simulator.evolve(40);
    const events = await meltano.run(['run', 'events-to-postgres']);
    const tables = await meltano.run(['run', 'tables-to-postgres']);
    expectGood(events);
    expectGood(tables);
    const sent = { ...rowsIn(events.log), ...rowsIn(tables.log) };
    // Rows without a key are left out, and there are a few. Lists with a feed also get its deleted
    // rows.
    const kept = new Set(ALL_STREAMS.filter(({ feed }) => feed).map(({ name }) => name));
    for (const [stream, count] of Object.entries(changes)) {
      const most = kept.has(stream) ? Infinity : count;
      expect(sent[stream], stream).to.be.within(count === 0 ? 0 : Math.floor(count * 0.9), most);
    }
    await expectWhole(LOADER, warehouse, source.held([]), [...LISTED]);
  });

  it('lets go the others where a stream fails, says which, and catches up', async () => {
    const changes = source.simulator.evolve(40);
    source.simulator.fault({ stream: 'jobs', kind: 'status', status: 500, times: Infinity });
    const failed = await meltano.run(['run', 'events-to-postgres'], {
      TAP_BOLT_ECI_MAX_RETRIES: '0',
    });
    source.simulator.clearFaults();
    expect(failed.code).to.equal(1);
    expect(failed.log).to.match(/\[error +\] tap-bolt-eci--events jobs: .*HTTP 500/);
    expect(failed.log).to.contain('Extractor failed');
    expect(rowsIn(failed.log)['work_orders']).to.be.above(0);
    const after = await meltano.run(['run', 'events-to-postgres']);
    expectGood(after);
    expect(rowsIn(after.log)['jobs']).to.be.at.least(changes['jobs'] ?? 0);
    expect(rowsIn(after.log)['work_orders']).to.equal(0);
    const compared = EVENTS.filter((stream) => LISTED.has(stream));
    await expectWhole(LOADER, warehouse, source.held([]), compared);
  });

  it('says why a run failed whose token is refused, and keeps its state', async () => {
    const refused = await meltano.run(['run', 'tables-to-postgres'], {
      TAP_BOLT_ECI_API_TOKEN: 'a-wrong-one',
    });
    expect(refused.code).to.equal(1);
    expect(refused.log).to.match(
      /\[error +\] tap-bolt-eci--tables .*the API refuses the token \(HTTP 401\)/,
    );
    expect(refused.log).not.to.contain('a-wrong-one');
    const after = await meltano.run(['run', 'tables-to-postgres']);
    expectGood(after);
    expect(rowsIn(after.log)).to.include({ offices: 0, crews: 0 });
  });

  it('leaves out the fields that its selection drops, and logs at the level that is set', async () => {
    expectGood(await meltano.run(['select', '--exclude', 'tap-bolt-eci', 'jobs', 'notes']));
    expectGood(await meltano.run(['select', 'tap-bolt-eci', 'jobs', '*']));
    const run = await meltano.run(['run', 'everything-to-jsonl'], {
      TAP_BOLT_ECI_LOG_LEVEL: 'error',
    });
    expectGood(run);
    expect(run.log).not.to.match(/\[\w+ *\] tap-bolt-eci /);
    const rows = meltano.jsonl('jobs');
    expect(rows).to.have.length.above(100);
    for (const row of rows)
      expect(row).to.include.keys('id', 'address').and.not.to.have.property('notes');
  });

  it('shows a field that the API has added with discover_live, and loads it', async () => {
    const { simulator } = source;
    const ids = [...simulator.rows('jobs')].map((row) => (isRow(row) ? Number(row['id']) : NaN));
    const id = ids.find((one) => Number.isSafeInteger(one))!;
    simulator.change('jobs', id, { 'Lot Color': 'red', score: 0.5 });
    const env = { TAP_BOLT_ECI_DISCOVER_LIVE: 'true' };
    const listed = await meltano.run(['select', '--list', 'tap-bolt-eci'], env);
    expectGood(listed);
    expect(listed.out).to.match(/\[selected *\] jobs\.lot_color/);
    expect(listed.out).to.match(/\[selected *\] jobs\.score/);
    const run = await meltano.run(['run', 'everything-to-jsonl'], env);
    expectGood(run);
    const loaded = meltano.jsonl('jobs').filter((row) => isRow(row) && row['id'] === id);
    expect(loaded.at(-1)).to.include({ lot_color: 'red', score: 0.5 });
  });

  it('discovers, with discover_live, where a stream is forbidden', async () => {
    source.simulator.fault({ stream: 'crews', kind: 'status', status: 403, times: Infinity });
    const env = { TAP_BOLT_ECI_DISCOVER_LIVE: 'true', TAP_BOLT_ECI_MAX_RETRIES: '0' };
    const run = await meltano.run(['run', 'everything-to-jsonl'], env);
    source.simulator.clearFaults();
    expectGood(run);
    expect(run.log).to.match(/crews: the token has no access .*its entry stays as it is/);
  });

  it('masks by an object setting, and renames and filters with the mapper', async () => {
    const masked = '{"home_owner": "hmac", "*_phone": "null", "jobs": {"zip": "hmac"}}';
    expectGood(await meltano.run(['config', 'set', 'tap-bolt-eci', 'mask_columns', masked]));
    // Its bookmark is that of the same tap and loader without a mapper.
    const run = await meltano.run(['run', '--full-refresh', 'active-jobs-to-jsonl'], {
      TAP_BOLT_ECI_MASK_KEY: 'a key for the tests of masking',
    });
    expectGood(run);
    expect(run.log).not.to.contain('unknown setting');
    const rows = meltano.jsonl('jobs').filter((row) => isRow(row) && 'street' in row);
    expect(rows).to.have.length.above(50);
    const hashes = new Set<unknown>();
    for (const row of rows) {
      expect(row).not.to.have.property('address');
      expect(row).to.include({ home_owner_phone: null });
      expect(row).not.to.include({ active: false });
      if (isRow(row)) hashes.add(row['home_owner']).add(row['zip']);
    }
    hashes.delete(null);
    expect(hashes.size).to.be.above(10);
    for (const hash of hashes) expect(hash).to.match(/^[0-9a-f]{64}$/);
    expectGood(await meltano.run(['config', 'unset', 'tap-bolt-eci', 'mask_columns']));
  });
});
