/** One row, however a destination prints it, is the same row. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import { defaultPlan } from '#src/catalog/plan.js';
import { BoltRows } from '#src/engine/verify/bolt-rows.js';
import { Destination } from '#src/engine/verify/destination.js';
import { RowTable, type Key } from '#src/engine/verify/table.js';

const jobs = defaultPlan(['jobs']).streams[0]!;
const customers = defaultPlan(['customers']).streams[0]!;
/** Nothing changed while the walk ran. */
const LATE = Date.UTC(2030, 0, 1);

/** What a verification says about the row of Bolt if the destination printed these rows. */
function verdict(bolt: object, printed: object | readonly object[], planned = jobs): string {
  const destination = new Destination(planned.schema, 'id');
  for (const row of [printed].flat()) expect(destination.add(row)).to.equal(null);
  const comparison = destination.comparison();
  const rows = new BoltRows(planned, destination.compared.flat(), 1);
  return comparison.look(rows.read(bolt)!, LATE);
}

const JOB = {
  id: 7,
  lot: '12 ',
  active: true,
  customer_id: 50,
  start_date: '2025-01-06',
  created_at: '2025-01-06T08:00:00.120-06:00',
  updated_at: '2025-01-06T08:00:00.000-06:00',
  notes: '{"b":1,"a":[1,{"d":2,"c":3}]}',
};

describe('a row of the destination', () => {
  const same: readonly (readonly [string, object])[] = [
    ['as the tap emits it', { id: 7, updated_at: '2025-01-06T14:00:00.000Z' }],
    ['of PostgreSQL', { id: 7, updated_at: '2025-01-06T14:00:00+00:00' }],
    ['of psql', { id: '7', updated_at: '2025-01-06 14:00:00+00' }],
    ['of a column without time zone', { id: 7, updated_at: '2025-01-06 14:00:00' }],
    ['in another zone', { id: 7, updated_at: '2025-01-06 08:00:00-06' }],
    ['of BigQuery', { id: 7, updated_at: '2025-01-06 14:00:00 UTC' }],
    ['with microseconds', { id: 7, updated_at: '2025-01-06 14:00:00.000000' }],
    ['with names in capitals', { ID: 7, UPDATED_AT: '2025-01-06 14:00:00' }],
    ['with a fraction', { id: 7, created_at: '2025-01-06 14:00:00.12' }],
    ['without its fraction', { id: 7, created_at: '2025-01-06 14:00:00' }],
    ['booleans as t', { id: 7, active: 't' }],
    ['booleans as 1', { id: 7, active: 1 }],
    ['booleans as TRUE', { id: 7, active: 'TRUE' }],
    ['numbers as text', { id: '7.0', customer_id: '50' }],
    ['a date as a timestamp', { id: 7, start_date: '2025-01-06 00:00:00' }],
    ['jsonb', { id: 7, notes: { a: [1, { c: 3, d: 2 }], b: 1 } }],
    ['jsonb as text', { id: 7, notes: '{"a": [1, {"c": 3, "d": 2}], "b": 1}' }],
    ['empty text for null', { id: 7, block: '', lot: '12 ' }],
    ['its key only', { id: 7 }],
    ['unknown fields', { id: 7, _sdc_batched_at: 'x', lot: '12 ' }],
    ['not deleted', { id: 7, lot: '12 ', deleted_at: null, _sdc_deleted_at: '' }],
  ];
  for (const [name, printed] of same)
    it(`is the same: ${name}`, () => expect(verdict(JOB, printed)).to.equal('same'));

  const stale: readonly (readonly [string, object])[] = [
    ['another time', { id: 7, updated_at: '2025-01-06 14:00:01' }],
    ['another fraction', { id: 7, created_at: '2025-01-06 14:00:00.121' }],
    ['false', { id: 7, active: 'f' }],
    ['null', { id: 7, active: null }],
    ['a text that is not a time', { id: 7, updated_at: '01/06/2025' }],
    ['an empty etag, where Bolt has one', { id: 7, etag: null, updated_at: '2025-01-06 14:00:00' }],
  ];
  for (const [name, printed] of stale) {
    it(`is stale: ${name}`, () =>
      expect(verdict({ ...JOB, etag: 'W/"1"' }, printed)).to.equal('stale'));
  }

  it('is compared by its etag alone, if it has one', () => {
    const bolt = { ...JOB, etag: 'W/"1"' };
    expect(verdict(bolt, { id: 7, etag: 'W/"1"', lot: 'x', updated_at: null })).to.equal('same');
    expect(verdict(bolt, { id: 7, etag: 'W/"2"', lot: '12 ' })).to.equal('stale');
  });

  it('is compared by updated_at, if it has no etag', () => {
    const printed = { id: 7, etag: null, updated_at: '2025-01-06 14:00:00', lot: 'x' };
    expect(verdict(JOB, printed)).to.equal('same');
  });

  it('counts fractions as soon as one row has one', () => {
    const bolt = { ...JOB, updated_at: '2025-01-06T08:00:00.500-06:00' };
    const row = { id: 7, updated_at: '2025-01-06 14:00:00' };
    expect(verdict(bolt, row)).to.equal('same');
    expect(verdict(bolt, [{ id: 8, updated_at: '2025-01-06 14:00:00.1' }, row])).to.equal('stale');
  });

  it('has six digits of a second at most', () => {
    const bolt = { ...JOB, updated_at: '2025-01-06T08:00:00.123456789-06:00' };
    expect(verdict(bolt, { id: 7, updated_at: '2025-01-06 14:00:00.123456' })).to.equal('same');
    expect(verdict(bolt, { id: 7, updated_at: '2025-01-06 14:00:00.123' })).to.equal('stale');
  });

  it('that is marked as deleted is missing, if Bolt has it', () => {
    for (const mark of ['deleted_at', '_sdc_deleted_at', 'DELETED_AT'])
      expect(verdict(JOB, { id: 7, [mark]: '2025-01-06 14:00:00' })).to.equal('missing');
  });

  it('has the columns of objects that the tap flattens', () => {
    const bolt = { id: 7, corporate_address: { city: 'Frisco' } };
    const printed = { id: 7, corporate_address_city: 'Frisco' };
    expect(verdict(bolt, printed, customers)).to.equal('same');
    expect(verdict({ id: 7 }, printed, customers)).to.equal('stale');
  });

  it('cannot be used without its key, or with a key for the second time', () => {
    const destination = new Destination(jobs.schema, 'id');
    const reasons = [
      {},
      { id: null },
      { id: ' ' },
      { id: 'x' },
      { id: 1.5 },
      { id: 7 },
      { id: '7' },
      [7],
      'text',
    ].map((row) => destination.add(row));
    expect(reasons).to.deep.equal([
      'no field id, which is the key',
      'the key id is empty',
      'the key id is empty',
      'the key id is not an integer',
      'the key id is not an integer',
      null,
      'the key id is 7, as in a line before',
      'an array instead of an object',
      'text instead of an object',
    ]);
  });

  it('may have one of a thousand sets of fields', () => {
    const destination = new Destination(jobs.schema, 'id');
    const names = Object.keys(jobs.schema.properties).filter(
      (name) => !['id', 'etag', 'updated_at'].includes(name),
    );
    const reasons = Array.from({ length: 1001 }, (_, at) => {
      const chosen = names.filter((_, place) => ((at + 1) >> place) % 2 === 1);
      return destination.add({ id: at, ...Object.fromEntries(chosen.map((name) => [name, null])) });
    });
    expect(reasons.filter((reason) => reason !== null)).to.deep.equal([
      'more than 1000 different sets of fields',
    ]);
  });

  it('names the fields that its stream does not have', () => {
    const destination = new Destination(jobs.schema, 'id');
    destination.add({ id: 1, _sdc_x: 1, deleted_at: null });
    destination.add({ id: 2, other: 1, _sdc_x: 1, _rescued_data: '{"vip":1}' });
    expect(destination.ignored).to.deep.equal(['_sdc_x', 'other', '_rescued_data']);
    expect(destination.compared).to.deep.equal([[]]);
  });
});

describe('the table of rows', () => {
  it('finds every key that was added, and no other', () => {
    const key = fc.oneof(
      fc.integer({ min: -50, max: 5000 }),
      fc.maxSafeInteger(),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 5000, size: 'max' }),
        fc.array(key),
        (keys, others) => {
          const table = new RowTable();
          const rows = new Map<Key, number>();
          for (const one of keys) {
            const row = table.add(one);
            rows.set(one, row);
            table.setForm(row, row % 65_536);
            table.setFlags(row, row % 256);
            table.setHash(row, { high: row, low: 1 }, true);
            table.setHash(row, { high: row, low: 2 }, false);
          }
          // A comparison by chai for each of 5,000 rows would take most of the time.
          const wrong = [...keys, ...others].filter(
            (one) => table.find(one) !== (rows.get(one) ?? -1),
          );
          expect(wrong).to.deep.equal([]);
          for (const [one, row] of rows) {
            const isRight =
              table.keyAt(row) === one &&
              table.formAt(row) === row % 65_536 &&
              table.flagsAt(row) === row % 256 &&
              table.hasHash(row, { high: row, low: 1 }, true) &&
              table.hasHash(row, { high: row, low: 2 }, false) &&
              !table.hasHash(row, { high: row, low: 1 }, false);
            if (!isRight) expect.fail(`row ${row} differs, of the key ${JSON.stringify(one)}`);
          }
          expect(table.size).to.equal(keys.length);
        },
      ),
      { numRuns: 60 },
    );
  });
});
