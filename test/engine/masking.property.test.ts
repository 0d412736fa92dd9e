import { expect } from 'chai';
import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { discover } from '#src/catalog/discover.js';
import { declaredColumns } from '#src/catalog/mask-columns.js';
import { MaskRules } from '#src/catalog/mask-rules.js';
import { Masking } from '#src/shape/masking.js';
import { ALL_STREAMS, REJECTED, RESCUED, STREAMS } from '#src/streams.js';
import { useApi } from '../support/api.js';
import {
  core,
  formsOf,
  INNER,
  listOf,
  mark,
  markedApi,
  markedColumns,
  oddColumn,
} from '../support/marked-tenant.js';
import type { Row } from '../support/messages.js';
import { syncOnce, type Ran } from '../support/run.js';

const KEY = 'k3y-of-the-test-run';
const LISTS = ALL_STREAMS.filter(({ paging }) => paging !== 'events');
const FEEDS = STREAMS.filter(({ paging }) => paging === 'events');
const COLUMNS = LISTS.flatMap((list) =>
  markedColumns(list).map((column) => ({ list: list.name, column })),
);
const IDS = new Set(['id', 'work_order_id', 'job_id']);

type Action = 'null' | 'hmac';
/** What is masked: a column of one list, or of all, by its name or a pattern of it. */
interface Choice {
  readonly list: string;
  readonly column: string;
  readonly scoped: boolean;
  readonly star: boolean;
  readonly action: Action;
}

const choices = fc.array(
  fc.record({
    of: fc.constantFrom(...COLUMNS.filter(({ column }) => !IDS.has(column))),
    scoped: fc.boolean(),
    star: fc.boolean(),
    action: fc.constantFrom<Action>('null', 'hmac'),
  }),
  { minLength: 1, maxLength: 6 },
);

/** The catalog with everything selected, but `_rescued_data` if it is not wanted. */
function everything(rescued = true): unknown {
  const { streams } = discover();
  for (const { metadata } of streams)
    for (const { breadcrumb, metadata: column } of metadata)
      if (breadcrumb[1] === RESCUED) column['selected'] = rescued;
  return { streams };
}

function settingOf(all: readonly Choice[]): Record<string, Action> {
  return Object.fromEntries(
    all.map(({ list, column, scoped, star, action }) => [
      `${scoped ? `${list}.` : ''}${star ? `*${column.slice(1)}` : column}`,
      action,
    ]),
  );
}

/** Whether a setting masks a column of a list, read from the contract only. */
function isMasked(all: readonly Choice[], list: string, column: string): boolean {
  return all.some(
    (one) =>
      (!one.scoped || one.list === list) &&
      (one.star ? column.endsWith(one.column.slice(1)) : column === one.column),
  );
}

async function runWith(setting: Record<string, Action>, rescued = true): Promise<Ran> {
  const rules = new MaskRules(setting, declaredColumns());
  const masking = new Masking(rules, KEY);
  return syncOnce({ simulator: markedApi, catalog: everything(rescued), masking });
}

/** What a text must not hold, and does. */
function marksIn(text: string, list: string, column: string): string[] {
  return formsOf(core(list, column)).filter((form) => text.includes(form));
}

describe('masking', function test() {
  this.timeout(120_000);
  useApi();
  let plain: Ran;
  /** Without `_rescued_data`, cells are masked rather than rows. */
  let withoutRescued: Ran;
  before(async () => {
    plain = await syncOnce({ simulator: markedApi, catalog: everything() });
    withoutRescued = await syncOnce({ simulator: markedApi, catalog: everything(false) });
  });

  it('has something to hide: without it, every mark comes out', () => {
    for (const { list, column } of COLUMNS)
      if (list !== 'work_order_statuses' || column !== 'work_order_id')
        expect(marksIn(plain.text, list, column), `${list}.${column}`).not.to.deep.equal([]);
    expect(plain.text).to.contain(core('jobs', 'secret_field'));
    expect(plain.text).to.contain(core('jobs', INNER));
  });

  it('leaves no mark of a masked column in any place or form, and the rest as it is', async () => {
    await fc.assert(
      fc.asyncProperty(choices, fc.boolean(), async (chosen, rescued) => {
        // A work order is in two lists, so a rule for one of them leaves it in the other.
        const all = chosen.map(({ of, scoped, ...rest }) => ({
          ...of,
          ...rest,
          scoped: scoped && !['schedules', 'work_orders'].includes(of.list),
        }));
        const masked = await runWith(settingOf(all), rescued);
        const unmasked = rescued ? plain : withoutRescued;
        const output = [masked.text, ...masked.said].join('\n');
        for (const { list, column } of COLUMNS) {
          if (isMasked(all, list, column))
            expect(marksIn(output, list, column), `${list}.${column}`).to.deep.equal([]);
        }
        for (const stream of ALL_STREAMS) expectSameBesides(all, stream.name, unmasked, masked);
      }),
      { numRuns: Number(process.env['RUNS'] ?? 15) },
    );
  });

  /** The records of a stream differ from those of an unmasked run in masked columns only. */
  function expectSameBesides(
    all: readonly Choice[],
    name: string,
    unmasked: Ran,
    masked: Ran,
  ): void {
    const stream = ALL_STREAMS.find((one) => one.name === name)!;
    const list = listOf(stream);
    const prefix = stream.paging === 'events' ? (Object.values(stream.flatten)[0] ?? '') : '';
    const before = unmasked.records(name).filter(isOrdinary(stream.keys));
    const after = masked.records(name).filter(isOrdinary(stream.keys));
    expect(after.length, name).to.equal(before.length);
    for (const [at, record] of after.entries()) {
      for (const [column, value] of Object.entries(record)) {
        if (column === 'changes' || column === RESCUED) continue;
        const own = column.startsWith(prefix) ? column.slice(prefix.length) : column;
        const hides = isMasked(all, list.name, own) || isMasked(all, name, column);
        const was = before[at]![column];
        if (!hides)
          expect(JSON.stringify(value), `${name}.${column}`).to.equal(JSON.stringify(was));
        else if (was === null && value !== null) expectHashOfRejected(value);
      }
    }
  }

  function isOrdinary(keys: readonly string[]): (record: Row) => boolean {
    return (record) => keys.every((key) => record[key] !== undefined);
  }

  /** A masked column is text, so a value that did not fit its type now has a hash. */
  function expectHashOfRejected(value: unknown): void {
    expect(value).to.match(/^[0-9a-f]{64}$/);
  }

  it('gives equal values equal hashes in all streams, in changes, and in what is rejected', async () => {
    const masked = await runWith({ home_owner: 'hmac', '_rescued_data.secret_field': 'hmac' });
    const hash = createHmac('sha256', KEY)
      .update(mark('work_orders', 'home_owner').trim().toLowerCase())
      .digest('hex');
    expect(masked.records('work_orders')[0]?.['home_owner']).to.equal(hash);
    const events = masked.records('work_order_events');
    expect(events[0]?.['work_order_home_owner']).to.equal(hash);
    for (const place of [1, 2, 3, 4])
      expect(String(events[place]?.['changes']), String(place)).to.contain(hash);
    const whole = masked.records(REJECTED).filter(({ field }) => field === null);
    expect(whole.some(({ value }) => String(value).includes(hash))).to.equal(true);
    expect(masked.text).not.to.contain(core('jobs', 'secret_field'));
    expect(masked.records('work_orders')[0]?.['crew_notes']).to.contain('Qz');
  });

  for (const rescued of [true, false])
    it(`hides odd values and second values, with _rescued_data ${String(rescued)}`, async () => {
      const odd = LISTS.map((list) => [list.name, oddColumn(list)] as const);
      const masked = await runWith(
        Object.fromEntries(odd.map(([list, column]) => [`${list}.${column}`, 'hmac'])),
        rescued,
      );
      const output = [masked.text, ...masked.said].join('\n');
      for (const [list, column] of odd.filter(([, column]) => !IDS.has(column)))
        expect(marksIn(output, list, column), `${list}.${column}`).to.deep.equal([]);
    });

  it('hides undeclared fields by a pattern of all names', async () => {
    const masked = await runWith({ '*': 'null' });
    expect(masked.text).not.to.match(/Qz[0-9a-f]+zQ/i);
    for (const feed of FEEDS) expect(masked.records(feed.name)).not.to.have.length(0);
    const nulls = await runWith({ '*': 'hmac', '_rescued_data.*': 'null' });
    expect(nulls.text).not.to.match(/Qz[0-9a-f]+zQ/i);
  });
});
