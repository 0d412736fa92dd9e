import { Ajv } from 'ajv';
import { default as addFormats } from 'ajv-formats';
import { expect } from 'chai';
import { discover } from '#src/catalog/discover.js';
import type { Simulator, SimulatorOptions } from '#src/simulator/simulator.js';
import { REJECTED, STREAMS, type StreamDef } from '#src/streams.js';
import { simulated } from '../simulator/client.js';
import { NOW, useApi } from '../support/api.js';
import type { Message, Row } from '../support/messages.js';
import { expectedOf } from '../support/oracle.js';
import { outcomesOf, syncOnce, type Ran } from '../support/run.js';

/** Whether every RECORD keeps to its stream's SCHEMA. */
function expectValid(messages: readonly Message[]): void {
  const ajv = new Ajv({ strict: false });
  addFormats.default(ajv);
  const checks = new Map<string, ReturnType<typeof ajv.compile>>();
  for (const message of messages) {
    if (message.type === 'SCHEMA') checks.set(message.stream, ajv.compile(message.schema));
    if (message.type !== 'RECORD') continue;
    const check = checks.get(message.stream);
    expect(check?.(message.record), `${message.stream}: ${JSON.stringify(check?.errors)}`).to.equal(
      true,
    );
  }
}

/** What the rows that a simulator holds, or the last of them, should have become. */
function recordsExpected(stream: StreamDef, rows: Iterable<unknown>): Row[] {
  return [...rows].map((row) => expectedOf(stream, row).record).filter((record) => record !== null);
}

/** What should be rejected of rows: stream, key and field each. */
function rejectionsExpected(stream: StreamDef, rows: Iterable<unknown>): string[] {
  return [...rows].flatMap((row) => {
    const { record, rejected } = expectedOf(stream, row);
    const key = record && stream.keys.map((name) => record[name]).join(',');
    return rejected.map((field) => `${stream.name} ${key} ${field}`);
  });
}

function rejectionsOf(ran: Ran): string[] {
  return ran.rejected.map(({ stream, record_key, field }) => `${stream} ${record_key} ${field}`);
}

function byKey(stream: StreamDef, rows: readonly Row[]): Row[] {
  const key = (row: Row): string => stream.keys.map((name) => row[name]).join();
  return rows.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** The last copy of each row, without those that are marked as deleted. */
function newest(records: readonly Row[]): Row[] {
  const byId = new Map(records.map((record) => [record['id'], record]));
  return [...byId.values()].filter(({ deleted_at }) => deleted_at === null);
}

/** A catalog in which no list is kept by its feed. */
function plainCatalog(): unknown {
  const { streams } = discover();
  for (const { metadata } of streams) {
    for (const { breadcrumb, metadata: column } of metadata)
      if (breadcrumb[1] === 'deleted_at') column['selected'] = false;
  }
  return { streams: streams.filter(({ stream }) => stream !== 'work_order_statuses') };
}

function world(options: SimulatorOptions = {}): Simulator {
  return simulated({ rows: 70, pageSize: 20, now: () => NOW, ...options });
}

describe('sync: every row of the API, field by field', () => {
  useApi();
  const simulator = world({ seed: 11 });
  let ran: Ran;
  before(async () => (ran = await syncOnce({ simulator })));

  for (const stream of STREAMS) {
    it(`${stream.name}: all rows, each once, each cell as declared`, () => {
      const expected = recordsExpected(stream, simulator.rows(stream.name));
      expect(expected).not.to.deep.equal([]);
      expect(ran.records(stream.name)).to.deep.equal(expected);
    });
  }

  it('keeps to the schemas, rejects nothing, and completes', () => {
    expectValid(ran.messages);
    expect(outcomesOf(ran)).to.deep.equal({});
    expect(ran.records(REJECTED)).to.deep.equal([]);
    expect(ran.report.ended).to.equal(null);
  });

  it('makes the key of events in the form of the older connector', () => {
    expect(ran.records('job_events')[0]?.['event_id']).to.match(
      /^\d+_\d+_create_\d{8}T\d{6}\.\d{3}0600$/,
    );
    expect(ran.records('work_order_events')[0]?.['event_id']).to.match(
      /^\d+_create_\d{8}T\d{6}\.\d{3}0600$/,
    );
    expect(ran.records('work_order_status_events')[0]?.['event_id']).to.match(
      /^\d+_\d+_create_\d{8}T\d{6}\.\d{3}0600$/,
    );
  });

  it('reports rows, pages and outcomes', () => {
    const rows = Object.fromEntries(
      ran.report.streams.map((report) => [report.stream, report.rows]),
    );
    for (const { name } of STREAMS)
      expect(rows[name], name).to.equal([...simulator.rows(name)].length);
    expect(ran.report.streams.find(({ stream }) => stream === 'jobs')).to.include({
      pages: 4,
      rejected: 0,
      error: null,
    });
  });

  it('with the last STATE brings nothing new', async () => {
    const again = await syncOnce({ simulator, state: ran.state });
    const [one, ...others] = new Set(
      again.messages.flatMap((message) => (message.type === 'RECORD' ? message.stream : [])),
    );
    expect([one, others]).to.deep.equal(['job_type_configuration', []]);
    expect(outcomesOf(again)).to.deep.equal({});
  });

  for (const [refreshTokenOn, refreshTokenMade] of [
    ['every', 'start'],
    ['every', 'page'],
    ['last', 'start'],
    ['last', 'page'],
  ] as const) {
    it(`brings exactly what changed since, with tokens on ${refreshTokenOn} page(s), made at ${refreshTokenMade}`, async () => {
      const changing = world({
        rows: 50,
        pageSize: 20,
        seed: 12,
        refreshTokenOn,
        refreshTokenMade,
      });
      const first = await syncOnce({ simulator: changing });
      const before = Object.fromEntries(
        STREAMS.map(({ name }) => [name, new Set(jsonOf(changing, name))]),
      );
      const changes = changing.evolve(60);
      const second = await syncOnce({ simulator: changing, state: first.state });
      for (const stream of STREAMS) {
        if (stream.paging === 'array') continue;
        const rows = [...changing.rows(stream.name)].filter(
          (row) => !before[stream.name]?.has(JSON.stringify(row)),
        );
        expect(rows.length, stream.name).to.equal(changes[stream.name]);
        const expected = byKey(stream, recordsExpected(stream, rows));
        const records = second.records(stream.name);
        // A list that a feed keeps gets the copies of the feed too, and the rows that are gone.
        expect(byKey(stream, stream.feed ? newest(records) : records), stream.name).to.deep.equal(
          expected,
        );
      }
      expectValid(second.messages);
    });
  }

  it('keeps every malformed thing in rejected_records', async () => {
    const spoilt = world({ rows: 60, pageSize: 20, seed: 13, malformed: 0.2 });
    const catalog = plainCatalog();
    const first = await syncOnce({ simulator: spoilt, catalog });
    spoilt.evolve(40);
    const second = await syncOnce({ simulator: spoilt, catalog, state: first.state });
    const all = await syncOnce({
      simulator: spoilt,
      catalog,
      fullRefresh: STREAMS.map(({ name }) => name),
      state: second.state,
    });
    const expected = STREAMS.flatMap((stream) =>
      rejectionsExpected(stream, spoilt.rows(stream.name)),
    );
    expect(expected.length).to.be.greaterThan(100);
    expect(rejectionsOf(all)).to.deep.equal(expected);
    for (const stream of STREAMS) {
      const expected = recordsExpected(stream, spoilt.rows(stream.name));
      const plain = expected.map(({ deleted_at, ...record }) => record);
      expect(all.records(stream.name)).to.deep.equal(plain);
    }
    for (const { messages } of [first, second, all]) expectValid(messages);
  });

  it('gives a rejected row its id, its value and its time', async () => {
    const rows = { jobs: 6 };
    const spoilt = simulated({ rows: 0, rowsByStream: rows, malformed: 1, seed: 3, ugly: false });
    const first = await syncOnce({ simulator: spoilt, streams: ['jobs'] });
    const again = await syncOnce({ simulator: spoilt, streams: ['jobs'] });
    const rejected = first.records(REJECTED);
    expect(rejected).to.have.length(6);
    expect(again.records(REJECTED)).to.deep.equal(rejected);
    // Rows without a key, one like another, are one row: what they hold tells them apart.
    const values = new Set(rejected.map(({ value }) => value));
    expect(new Set(rejected.map(({ rejected_id }) => rejected_id)).size).to.equal(values.size);
    const whole = [...spoilt.rows('jobs')].map((row) => JSON.stringify(row));
    for (const { rejected_id, field, value, rejected_at, reason } of rejected) {
      expect(rejected_id).to.match(/^[0-9a-f]{32}$/);
      expect(rejected_at).to.equal(new Date(NOW).toISOString());
      expect(reason).to.be.a('string').and.not.equal('');
      if (field === null) expect(whole).to.include(value);
      else expect(['"0000-00-00"', '"01/27/2025"']).to.include(value);
    }
  });

  it('takes job_type_configuration as an object too', async () => {
    const simulator = world({ typeConfigurationForm: 'object' });
    const { records } = await syncOnce({ simulator, streams: ['job_type_configuration'] });
    const stream = STREAMS.find(({ name }) => name === 'job_type_configuration')!;
    expect(records(stream.name)).to.deep.equal(
      recordsExpected(stream, simulator.rows(stream.name)),
    );
  });
});

function jsonOf(simulator: Simulator, stream: string): string[] {
  return [...simulator.rows(stream)].map((row) => JSON.stringify(row));
}
