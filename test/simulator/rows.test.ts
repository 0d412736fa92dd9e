import { expect } from 'chai';
import type { Simulator } from '#src/simulator/simulator.js';
import { columnName } from '#src/simulator/data/wire-format.js';
import { STREAMS, type StreamDef } from '#src/streams.js';
import { COLUMNS } from './columns.js';
import { held, isRow, type Row, simulated } from './client.js';

/** Returns the cells of a row by the tap's column names, nested objects flattened. */
function flat(stream: StreamDef, row: Row): Row {
  const columns: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(row)) {
    const prefix = stream.flatten[columnName(key)];
    if (prefix === undefined) columns[columnName(key)] = value;
    else
      for (const [part, cell] of Object.entries(isRow(value) ? value : {}))
        columns[prefix + columnName(part)] = cell;
  }
  return columns;
}

const DATE_TIME = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d{3})?( UTC|Z|-06:00| -0600))?$/;

/** What the API may send for a cell of a type. */
const TAKEN: Readonly<Record<string, (value: unknown) => boolean>> = {
  integer: (value) =>
    typeof value === 'number' ? Number.isSafeInteger(value) : /^ *-?\d+ *$/.test(String(value)),
  number: (value) => ['number', 'string'].includes(typeof value) && Number.isFinite(Number(value)),
  boolean: (value) => /^(true|false)$/i.test(String(value)),
  date: (value) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value)),
  'date-time': (value) => typeof value === 'string' && DATE_TIME.test(value),
  string: () => true,
  json: () => true,
};

function isBlank(value: unknown): boolean {
  return (
    value === null || value === undefined || (typeof value === 'string' && value.trim() === '')
  );
}

/** Lists the columns without a value in any row, and the cells of the wrong type. */
function faultsIn(stream: StreamDef, simulator: Simulator): string[] {
  const rows = held(simulator, stream.name).map((row) => flat(stream, row));
  const faults: string[] = [];
  for (const [kind, columns] of Object.entries(COLUMNS[stream.name] ?? {})) {
    for (const column of columns.split(' ')) {
      const cells = rows.map((row) => row[column]).filter((value) => !isBlank(value));
      const wrong = cells.find((value) => TAKEN[kind]?.(value) === false);
      if (cells.length === 0) faults.push(`${column} never occurs`);
      if (wrong !== undefined)
        faults.push(`${column} is not of type ${kind}: ${JSON.stringify(wrong)}`);
    }
  }
  return faults;
}

function idsOf(simulator: Simulator, stream: string): Set<unknown> {
  return new Set(held(simulator, stream).map((row) => row['id']));
}

describe('the rows of the simulator', () => {
  const simulator = simulated();

  for (const stream of STREAMS) {
    it(`${stream.name}: every column occurs, every cell converts, before and after changes`, () => {
      const changing = simulated({ seed: 3 });
      changing.evolve(150);
      expect(faultsIn(stream, simulator)).to.deep.equal([]);
      expect(faultsIn(stream, changing)).to.deep.equal([]);
    });
  }

  it('are as many as the options say, with unique ids around 28 million', () => {
    const sized = simulated({ rows: 1_000, rowsByStream: { jobs: 77, job_events: 20, cities: 0 } });
    expect([...sized.rows('jobs')]).to.have.length(77);
    expect([...sized.rows('job_events')]).to.have.length(20);
    expect([...sized.rows('cities')]).to.have.length(0);
    expect([...sized.rows('work_orders')]).to.have.length(1_000);
    expect(idsOf(sized, 'work_orders').size).to.equal(1_000);
    const ids = [...idsOf(sized, 'work_orders')].map(Number);
    expect(ids).to.deep.equal(ids.toSorted((one, other) => one - other));
    expect(ids[0]).to.be.within(28_000_000, 29_000_000);
  });

  it('can be none', () => {
    const empty = simulated({
      rows: 0,
      rowsByStream: { job_events: 3, invoices: 5, crews: 2, work_orders: 4, builder_orders: 3 },
    });
    expect([...empty.rows('jobs')]).to.deep.equal([]);
    expect(held(empty, 'work_orders').map((row) => row['job_number'])).to.deep.equal([
      null,
      null,
      null,
      null,
    ]);
    expect(held(empty, 'crews')[0]?.['leader']).to.equal(null);
    const lone = simulated({
      rows: 0,
      rowsByStream: {
        work_order_types: 1,
        job_type_configuration: 1,
        contracts: 1,
        employees: 1,
        crews: 1,
      },
    });
    for (const stream of ['work_order_types', 'job_type_configuration', 'employees']) {
      expect(held(lone, stream)[0]?.['offices'], stream).to.deep.equal([]);
    }
    expect(held(lone, 'contracts')[0]).to.include({ work_order_id: null, job: null });
    expect([...empty.rows('job_events')]).to.have.length(3);
    expect(held(simulated({ rowsByStream: { work_orders: 0 } }), 'invoices')[0]).to.include({
      job_id: null,
      work_order_id: null,
    });
  });

  it('are the same for the same seed, and others for another', () => {
    for (const { name } of STREAMS) {
      const text = JSON.stringify([...simulated({ seed: 5 }).rows(name)]);
      expect(JSON.stringify([...simulated({ seed: 5 }).rows(name)])).to.equal(text);
      if (name !== 'job_type_configuration')
        expect(JSON.stringify([...simulator.rows(name)])).not.to.equal(text);
    }
  });

  it('are made on demand: a million need no memory', async () => {
    const large = simulated({ rows: 1_000_000 });
    const before = process.memoryUsage().heapUsed;
    const { rows, more } = large.world.table('jobs').slice(28_000_000 + 3 * 999_950 - 1, -1, 100);
    expect([rows.length, more]).to.deep.equal([50, false]);
    expect(large.world.feed('job_events')?.slice(2_999_990, 3_000_010)).to.have.length(10);
    expect(process.memoryUsage().heapUsed - before).to.be.below(50_000_000);
  });

  it('refer to rows that exist', () => {
    const jobs = idsOf(simulator, 'jobs');
    const workOrders = idsOf(simulator, 'work_orders');
    const customers = idsOf(simulator, 'customers');
    for (const row of held(simulator, 'work_orders'))
      expect(jobs).to.include(Number(row['job_number']));
    for (const row of held(simulator, 'jobs'))
      expect(customers).to.include(Number(row['customer_id']));
    for (const row of held(simulator, 'builder_orders'))
      expect(workOrders).to.include(row['work_order_id']);
    for (const row of held(simulator, 'contracts'))
      expect(workOrders).to.include(row['work_order_id']);
    for (const row of held(simulator, 'invoices')) expect(jobs).to.include(row['job_id']);
    for (const row of held(simulator, 'schedules')) expect(workOrders).to.include(row['id']);
  });

  it('add up: an invoice is the sum of its lines, before and after changes', () => {
    const changing = simulated();
    changing.evolve(200);
    for (const row of [...held(simulator, 'invoices'), ...held(changing, 'invoices')]) {
      const lines = row['contract_details'];
      if (!Array.isArray(lines)) throw new Error('An invoice has no lines.');
      const sum = lines.reduce(
        (cents, line: { total: number }) => cents + Math.round(line.total * 100),
        0,
      );
      expect(Math.round(Number(row['total']) * 100)).to.equal(sum);
    }
  });

  it('have all irregularities of the API, or none', () => {
    const text = ['jobs', 'work_orders', 'customers', 'contracts', 'crews']
      .map((stream) => JSON.stringify([...simulator.rows(stream)]))
      .join('');
    for (const sign of [
      '"total":"',
      ' UTC"',
      ' -0600"',
      ':" ',
      '"TRUE"',
      'señora',
      '\\r\\n',
      '"Home-Owner-Email"',
      '"custom_field_9"',
      'T00:00:00.000-06:00',
      '"zip":7',
      ':"   "',
    ]) {
      expect(text, sign).to.include(sign);
    }
    const plain = simulated({ ugly: false });
    for (const row of held(plain, 'jobs'))
      expect(Object.keys(row).join(' ')).to.match(/^[a-z_ ]+$/);
    for (const row of held(plain, 'contracts')) expect(row['total']).to.be.a('number');
  });

  it('are malformed in the share of the option', () => {
    const spoilt = [...simulated({ rows: 2_000, malformed: 0.1 }).rows('jobs')];
    const bad = spoilt.filter(
      (row) =>
        !isRow(row) || typeof row['id'] !== 'number' || /0000|\//.test(String(row['updated_at'])),
    );
    expect(bad.length).to.be.within(150, 250);
    expect(bad.some((row) => row === null)).to.equal(true);
    expect(bad.some((row) => typeof row === 'string')).to.equal(true);
    expect(bad.some((row) => isRow(row) && !('id' in row))).to.equal(true);
    expect(bad.some((row) => isRow(row) && row['id'] === null)).to.equal(true);
    expect(bad.some((row) => isRow(row) && row['updated_at'] === '0000-00-00')).to.equal(true);
    expect(bad.some((row) => isRow(row) && row['updated_at'] === '01/27/2025')).to.equal(true);
    const all = simulated({ malformed: 1 });
    for (const row of held(all, 'job_type_configuration'))
      expect(row['job_type_id'] ?? null).to.equal(null);
    for (const row of held(all, 'floorplans')) expect(row['id'] ?? null).to.equal(null);
  });
});
