/** Finds exactly the differences that were made, whatever happens to Bolt and to the walk. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPlan } from '#src/catalog/plan.js';
import { createValidator } from '#src/catalog/validator.js';
import { BoltRows } from '#src/engine/verify/bolt-rows.js';
import type { Differences } from '#src/engine/verify/comparison.js';
import { Destination } from '#src/engine/verify/destination.js';
import {
  readPosition,
  writePosition,
  type PositionFile,
} from '#src/engine/verify/position-file.js';
import { Repair } from '#src/engine/verify/repair.js';
import { Verification } from '#src/engine/verify/verify.js';
import { ApiError, StopError } from '#src/errors.js';
import { Writer } from '#src/singer/writer.js';
import { messagesOf, recordsOf, Sink } from '../../support/messages.js';
import { keptLog } from '../../support/run.js';
import { DAY, Tenant, type Reading, type Row } from './tenant.js';

const planned = defaultPlan(['jobs']).streams[0]!;
const IDS = 24;
const MOST_CUTS = 3;

/** What the destination made of a row. */
type Fate = 'kept' | 'lost' | 'old' | 'marked' | 'marked and gone' | 'gone';

/** Something that happens in Bolt while a request is on its way. */
interface Event {
  readonly at: number;
  readonly what: 'put' | 'remove' | 'blink' | 'add';
  readonly id: number;
}

interface World {
  readonly reading: Reading;
  readonly fates: readonly Fate[];
  readonly extra: readonly number[];
  readonly style: 'tap' | 'postgres' | 'text' | 'etag' | 'all';
  readonly events: readonly Event[];
  /** The walk is cut at these requests; a kill keeps only what was saved from time to time. */
  readonly cuts: readonly (readonly [at: number, how: 'signal' | 'failure' | 'kill'])[];
  readonly staleAt: readonly number[];
}

const id = fc.integer({ min: 1, max: IDS });
const call = fc.integer({ min: 1, max: 16 });
const world: fc.Arbitrary<World> = fc
  .record({
    reading: fc.record({
      tokenOn: fc.constantFrom('every', 'last'),
      tokenMade: fc.constantFrom('start', 'page'),
      pages: fc.constantFrom('live', 'frozen'),
      returnsAll: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
      pageSize: fc.integer({ min: 2, max: 10 }),
      dated: fc.boolean(),
    }),
    fates: fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constant<Fate>('kept') },
        fc.constantFrom<Fate>('lost', 'old', 'marked', 'marked and gone', 'gone'),
      ),
      { minLength: IDS, maxLength: IDS },
    ),
    extra: fc.uniqueArray(fc.integer({ min: 100, max: 120 }), { maxLength: 3 }),
    style: fc.constantFrom('tap', 'postgres', 'text', 'etag', 'all'),
    events: fc.array(
      fc.record({
        at: call,
        what: fc.constantFrom('put', 'put', 'remove', 'blink', 'add'),
        id,
      }),
      { maxLength: 6 },
    ),
    cuts: fc.array(fc.tuple(call, fc.constantFrom('signal', 'failure', 'kill')), {
      maxLength: MOST_CUTS,
    }),
    staleAt: fc.array(call, { maxLength: 1 }),
  })
  .map(withKnowableEvents);

function withKnowableEvents(made: World): World {
  return { ...made, events: made.events.filter((one) => isKnowable(one, made)) };
}

/**
 * What the API does not tell, nobody can know (docs/verify.md, "What it cannot see"): a refresh
 * token made with the last page says nothing about the pages before.
 */
function isKnowable({ at, what, id: key }: Event, { reading, staleAt, events }: Told): boolean {
  // The token is of the first response, which may be that of the fourth request.
  if (!reading.dated && at <= MOST_CUTS + 1) return false;
  const isTold =
    !reading.returnsAll &&
    (reading.tokenOn === 'every' || (reading.tokenMade === 'start' && staleAt.length === 0));
  if (isTold) return true;
  const comesBack =
    what === 'blink' ||
    (what === 'remove' && events.some((other) => other.what === 'put' && other.id === key));
  return reading.dated && !comesBack;
}

type Told = Pick<World, 'reading' | 'staleAt' | 'events'>;

/** A row as a destination prints it. */
function printed(row: Row, style: World['style']): object {
  const { id: key, etag, updated_at, notes } = row;
  const space = updated_at?.replace('T', ' ').replace(/\.?0*Z$/, '');
  const forms: Readonly<Record<World['style'], object>> = {
    tap: { id: key, etag, updated_at, deleted_at: null },
    postgres: { id: key, updated_at: space && `${space}+00`, ...(space ? {} : { etag }) },
    text: { ID: String(key), ETag: etag, _sdc_batched_at: 'x' },
    etag: { id: key, etag },
    all: { id: `${key}`, notes, lot: ' ', unknown_column: 1 },
  };
  return forms[style];
}

class Model {
  readonly tenant: Tenant;
  readonly start: ReadonlyMap<number, Row>;
  /** The rows on stdin. */
  readonly printed: object[] = [];
  /** What is different before the walk: the kind by the key. */
  readonly made = new Map<number, 'missing' | 'stale' | 'surplus'>();
  readonly touched = new Set<number>();
  readonly sink = new Sink();
  /** The rows at the last request. */
  last: ReadonlyMap<number, Row> = new Map();
  readonly #world: World;
  readonly #file: PositionFile;
  readonly #begunAt: number;
  #calls = 0;
  #newest = 1000;

  constructor(made: World, folder: string) {
    this.#world = made;
    const path = join(folder, 'position.json');
    rmSync(path, { force: true });
    this.#file = { path, stream: 'jobs', identity: 'x' };
    this.tenant = new Tenant(made.reading);
    for (let key = 1; key <= IDS; key += 1) this.#addRow(key, made.fates[key - 1]!);
    for (const key of made.extra) {
      this.printed.push(printed({ id: key, etag: 'W/0', updated_at: timeText(0) }, made.style));
      this.made.set(key, 'surplus');
    }
    this.start = new Map(this.tenant.rows);
    this.#begunAt = this.tenant.now + DAY;
  }

  #addRow(key: number, fate: Fate): void {
    const { style, reading } = this.#world;
    this.tenant.put(key, this.tenant.now - 9 * DAY);
    const old = this.tenant.rows.get(key)!;
    if (fate === 'old') this.tenant.put(key, this.tenant.now - DAY);
    const isGone = fate === 'gone' || fate === 'marked and gone';
    if (isGone) this.tenant.remove(key);
    const mark = reading.pageSize % 2 === 0 ? 'deleted_at' : '_sdc_deleted_at';
    const deleted = fate.startsWith('marked') ? { [mark]: '2025-05-30 10:00:00' } : {};
    if (fate !== 'lost') this.printed.push({ ...printed(old, style), ...deleted });
    if (fate === 'lost' || fate === 'marked') this.made.set(key, 'missing');
    else if (fate === 'old') this.made.set(key, 'stale');
    else if (fate === 'gone') this.made.set(key, 'surplus');
  }

  /** Calls again until the walk is complete. */
  async run(): Promise<Differences> {
    for (let runs = 0; runs < 10; runs += 1) {
      const found = await this.#once();
      if (found !== null) return found;
    }
    throw new Error('it never ends');
  }

  async #once(): Promise<Differences | null> {
    const destination = new Destination(planned.schema, 'id');
    for (const row of this.printed) expect(destination.add(row)).to.equal(null);
    const comparison = destination.comparison();
    const saved = readPosition(this.#file);
    expect(saved).to.not.equal('other');
    if (saved !== null && saved !== 'other')
      expect(comparison.restore(saved.flags, saved.added)).to.equal(true);
    let how = '';
    const verification = new Verification(
      {
        planned,
        comparison,
        bolt: new BoltRows(planned, destination.compared.flat(), 1),
        minShare: 0.5,
        emit: {
          repair: new Repair(planned, createValidator()),
          writer: new Writer(this.sink),
        },
        get: async (query) => {
          how = this.#step();
          if (how === 'failure') throw new ApiError('jobs: HTTP 500', 'server-error');
          if (how !== '') throw new StopError('stopped', 'SIGTERM');
          this.last = new Map(this.tenant.rows);
          return this.tenant.answer(query, this.#world.staleAt.includes(this.#calls));
        },
        log: keptLog().log,
        now: () => this.tenant.now + DAY,
        begunAt: this.#begunAt,
        signal: new AbortController().signal,
        save: () => writePosition(this.#file, verification.position, comparison),
      },
      saved === null || saved === 'other' ? undefined : saved.position,
    );
    try {
      await verification.run();
      return comparison.differences(true);
    } catch (error) {
      if (how === '') throw error;
      if (how !== 'kill') writePosition(this.#file, verification.position, comparison);
      return null;
    }
  }

  /** What happens at a request; gives how the walk is cut. */
  #step(): string {
    this.#calls += 1;
    const { events, cuts } = this.#world;
    for (const event of events) if (event.at === this.#calls) this.#happen(event);
    return cuts.find(([at]) => at === this.#calls)?.[1] ?? '';
  }

  #happen({ what, id: key }: Event): void {
    const row = this.tenant.rows.get(key);
    if (what === 'add') {
      this.#newest += 1;
      this.touched.add(this.#newest);
      return this.tenant.put(this.#newest);
    }
    this.touched.add(key);
    if (what === 'put') this.tenant.put(key);
    else if (row !== undefined) {
      this.tenant.remove(key);
      // Back again after a page or two.
      if (what === 'blink') this.#backLater(row);
    }
    return undefined;
  }

  #backLater(row: Row): void {
    const answer = this.tenant.answer.bind(this.tenant);
    this.tenant.answer = (query, isStale) => {
      const answered = answer(query, isStale);
      if (!this.tenant.rows.has(row.id)) this.tenant.restore(row);
      this.tenant.answer = answer;
      return answered;
    };
  }
}

function timeText(days: number): string {
  return new Date(Date.UTC(2025, 0, 1) + days * DAY).toISOString();
}

/**
 * Whether a claim about a row that changed during the walk may be made: it differed before, or it
 * is gone now. All else is unknown.
 */
function mayClaim(key: number, { last, tenant, made }: Model): boolean {
  return made.has(key) || !last.has(key) || !tenant.rows.has(key);
}

describe('a verification', function () {
  this.timeout(120_000);
  let folder = '';
  before(() => (folder = mkdtempSync(join(tmpdir(), 'verify-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('finds exactly the differences, whatever changes or is cut meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (made) => {
        const model = new Model(made, folder);
        const found = await model.run();
        check(model, found, made);
      }),
      {
        numRuns: Number(process.env['WORLDS'] ?? 300),
        ...(process.env['SEED'] && { seed: Number(process.env['SEED']) }),
      },
    );
  });

  function check(model: Model, found: Differences, { reading }: World): void {
    const claims = (['missing', 'stale', 'surplus'] as const).flatMap((kind) =>
      found[kind].map((key) => [Number(key), kind] as const),
    );
    const claimed = new Map(claims);
    expect(claims).to.have.length(claimed.size);
    // What did not change during the walk is found, and nothing else.
    const mayDoubt = reading.returnsAll && !reading.dated;
    for (const [key, kind] of model.made) {
      if (model.touched.has(key) || (mayDoubt && found.unknown.includes(key))) continue;
      expect(claimed.get(key), `row ${key}`).to.equal(kind);
    }
    for (const [key, kind] of claims) {
      if (!model.touched.has(key)) {
        expect(model.made.get(key), `row ${key}`).to.equal(kind);
        continue;
      }
      expect(mayClaim(key, model), `${kind} ${key}`).to.equal(true);
    }
    for (const key of found.unknown)
      if (!mayDoubt) expect([...model.touched], `unknown ${key}`).to.include(key);
    checkEmitted(model, found);
  }

  /** Rows that differ are emitted as Bolt has them, surplus ones as deleted. */
  function checkEmitted(model: Model, found: Differences): void {
    const records = recordsOf(messagesOf(model.sink.text), 'jobs');
    const alive = new Map(
      records
        .filter((record) => record['deleted_at'] === null)
        .map((record) => [record['id'], record]),
    );
    for (const key of [...found.missing, ...found.stale]) {
      expect([...alive.keys()], `emitted ${key}`).to.include(key);
      const row = model.start.get(Number(key));
      if (row !== undefined && !model.touched.has(Number(key)))
        expect(alive.get(key)?.['etag']).to.equal(row.etag);
    }
    const deleted = records.filter((record) => record['deleted_at'] !== null);
    for (const { id: key } of deleted) expect(found.surplus).to.include(key);
    if (found.surplus.length <= 3)
      expect(new Set(deleted.map((record) => record['id']))).to.deep.equal(new Set(found.surplus));
  }
});
