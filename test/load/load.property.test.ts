import { join } from 'node:path';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { Loader } from '#src/load/loader.js';
import { readMessage } from '#src/load/messages.js';
import { createStateTable, readState } from '#src/load/state-table.js';
import { makeFolder } from '../support/folder.js';
import { copyAsKilled, open, tablesOf, type HeldTable } from './database.js';
import { DatabaseModel, type Cells, type Definition, type Property } from './model.js';
import { keyOf, valueOf, type Held } from './values.js';

/** Some names are words of SQL, of JavaScript, or of the loader. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  jobs: ['id'],
  'Größe "x" \'y\'': ['id', 'constructor'],
  _staging_jobs: ['id', 'rowid'],
  select: [],
};
const STREAMS = Object.keys(KEYS);
const NAMES = ['id', 'rowid', 'constructor', 'Ünit "a"', '__proto__', 'unique', 'c0', 'order'];

const LIMITS = { rows: 5, bytes: 3000, ms: 1000 };

const TYPES: readonly Property[] = [
  { schema: { type: ['null', 'integer'] }, type: 'BIGINT' },
  { schema: { anyOf: [{ type: 'integer' }, { type: 'null' }] }, type: 'BIGINT' },
  { schema: { type: 'number', description: "it's" }, type: 'DOUBLE' },
  { schema: { type: ['integer', 'number', 'null'] }, type: 'DOUBLE' },
  { schema: { type: 'boolean' }, type: 'BOOLEAN' },
  { schema: { type: ['string', 'null'], format: 'date' }, type: 'DATE' },
  { schema: { type: ['string', 'null'], format: 'date-time' }, type: 'TIMESTAMPTZ' },
  { schema: { type: 'string', format: 'uuid' }, type: 'VARCHAR' },
  { schema: { type: ['integer', 'string'] }, type: 'VARCHAR' },
  { schema: { type: ['null', 'object'] }, type: 'VARCHAR' },
  { schema: {}, type: 'VARCHAR' },
];
const KEY_TYPES = TYPES.filter(({ type }) => type !== 'BOOLEAN' && type !== 'TIMESTAMPTZ');

/** A definition, and records for it. */
interface Chapter {
  readonly stream: string;
  readonly definition: Definition;
  readonly records: readonly Written[];
}
type Written =
  | { readonly type: 'RECORD'; readonly cells: Cells; readonly version: number | undefined }
  | { readonly type: 'ACTIVATE_VERSION'; readonly version: number }
  | { readonly type: 'STATE' | 'wait' };

const version = fc.integer({ min: 1, max: 4 });

function written(definition: Definition): fc.Arbitrary<Written> {
  const cells = Object.entries(definition.properties).map(([name, { type }]) => {
    const isKey = definition.keys.includes(name);
    const value = isKey ? keyOf(type) : fc.option(valueOf(type), { freq: 6 });
    return fc
      .tuple(value, fc.boolean(), fc.boolean())
      .map(([one, ...missing]) => (!isKey && missing.every(Boolean) ? [] : [[name, one] as const]));
  });
  const record = fc.record({
    type: fc.constant('RECORD' as const),
    cells: fc.tuple(...cells).map((all) => fromEntries(all.flat())),
    version: fc.option(version, { nil: undefined, freq: 2 }),
  });
  return fc.oneof(
    { weight: 10, arbitrary: record },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant('ACTIVATE_VERSION' as const), version }),
    },
    { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('STATE', 'STATE', 'wait') }) },
  );
}

/** As `Object.fromEntries`, for the name `__proto__` too. */
function fromEntries<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  const object: Record<string, Value> = {};
  for (const [name, value] of entries)
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true });
  return object;
}

const chapter: fc.Arbitrary<Chapter> = fc
  .tuple(
    fc.constantFrom(...STREAMS),
    fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 }),
  )
  .chain(([stream, names]) => {
    const keys = KEYS[stream]!;
    const all = [...new Set([...keys, ...names])];
    return fc
      .tuple(...all.map((name) => fc.constantFrom(...(keys.includes(name) ? KEY_TYPES : TYPES))))
      .chain((types) => {
        const properties = fromEntries(all.map((name, at) => [name, types[at]!] as const));
        const definition = { properties, keys };
        return fc.record({
          stream: fc.constant(stream),
          definition: fc.constant(definition),
          records: fc.array(written(definition), { maxLength: 14, size: 'max' }),
        });
      });
  });

/** One process: it loads some chapters, to the end or until it is killed. */
const run = fc.record({
  chapters: fc.array(chapter, { minLength: 1, maxLength: 4 }),
  /** The share of the messages that arrives. */
  killedAt: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 2 }),
  /** Whether the file is closed properly then. */
  closes: fc.boolean(),
});
type Run = typeof run extends fc.Arbitrary<infer One> ? One : never;

/** A file, and what it must hold. */
class World {
  #file = join(makeFolder(), '0.duckdb');
  #files = 1;
  #time = Date.UTC(2026, 0, 1);
  #states = 0;
  /** What the last commit held. */
  #committed = new DatabaseModel();
  /** The last messages of types that did not come again. */
  #model = new DatabaseModel();

  async run({ chapters, killedAt, closes }: Run): Promise<void> {
    this.#model = this.#committed.clone();
    const database = await open(this.#file);
    await createStateTable(database);
    expect(await readState(database, 'default')).to.equal(this.#committed.state);
    let since = { rows: 0, bytes: 0, at: this.#time };
    let committed: string | null = null;
    let pending: string | null = null;
    const loader = new Loader({
      database,
      stateId: 'default',
      limits: LIMITS,
      now: () => this.#time,
      warn: () => undefined,
      onCommit: (state) => {
        committed = state;
        this.#model.state = state;
        this.#committed = this.#model.clone();
      },
    });
    const counts = new Map<string, { rows: number; deleted: number }>();
    const take = async (message: object, cells?: Cells): Promise<void> => {
      const line = lineOf(message, cells);
      since.bytes += line.length;
      await loader.take(readMessage(line), line.length);
    };
    const messages = chapters.flatMap((one) =>
      [null, ...one.records].map((part) => ({ one, part })),
    );
    const count = killedAt === null ? messages.length : Math.floor(messages.length * killedAt);
    for (const { one, part } of messages.slice(0, count)) {
      const { stream, definition } = one;
      const table = this.#model.table(stream);
      if (part === null) {
        counts.set(stream, counts.get(stream) ?? { rows: 0, deleted: 0 });
        table.define(definition);
        await take({ type: 'SCHEMA', stream, ...schemaOf(definition) });
      } else if (part.type === 'RECORD') {
        counts.get(stream)!.rows += 1;
        since.rows += 1;
        table.add(part.cells, part.version);
        await take({ type: 'RECORD', stream, version: part.version }, part.cells);
      } else if (part.type === 'ACTIVATE_VERSION') {
        counts.get(stream)!.deleted += table.activate(part.version);
        await take({ type: 'ACTIVATE_VERSION', stream, version: part.version });
      } else if (part.type === 'STATE') {
        pending = JSON.stringify({ bookmarks: { n: (this.#states += 1) } });
        await take({ type: 'STATE', value: JSON.parse(pending) });
        const isDue =
          since.rows >= LIMITS.rows ||
          since.bytes >= LIMITS.bytes ||
          this.#time - since.at >= LIMITS.ms;
        expect(committed === pending, 'whether the state was committed').to.equal(isDue);
        if (isDue) since = { rows: 0, bytes: 0, at: this.#time };
      } else this.#time += 400;
    }
    if (killedAt === null) {
      await loader.commit();
      expect(Object.fromEntries(loader.counts)).to.deep.equal(Object.fromEntries(counts));
      this.#committed = this.#model.clone();
    } else if (!closes) {
      const copy = this.#file.replace(/\d+\.duckdb$/, `${(this.#files += 1)}.duckdb`);
      copyAsKilled(this.#file, copy);
      this.#file = copy;
    }
    database.close();
    await this.#compare();
  }

  async #compare(): Promise<void> {
    const held = await tablesOf(this.#file);
    const { tables } = this.#committed;
    expect([...held.keys()].toSorted()).to.deep.equal([...tables.keys()].toSorted());
    for (const [name, table] of tables) {
      const { columns, rows } = held.get(name)!;
      expect(sorted(columns), name).to.deep.equal(sorted(table.columns));
      expect(comparable({ rows }), name).to.deep.equal(comparable(table));
    }
  }
}

function schemaOf({ properties, keys }: Definition): object {
  const schemas = Object.entries(properties).map(([name, { schema }]) => [name, schema] as const);
  return { schema: { properties: fromEntries(schemas) }, key_properties: keys };
}

function lineOf(message: object, cells?: Cells): Buffer {
  const text = JSON.stringify(message);
  if (cells === undefined) return Buffer.from(text);
  const fields = Object.entries(cells).map(
    ([name, value]) => `${JSON.stringify(name)}:${value?.json ?? 'null'}`,
  );
  return Buffer.from(`${text.slice(0, -1)},"record":{${fields.join(',')}}}`);
}

function sorted(map: ReadonlyMap<string, unknown>): unknown[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The rows in a fixed order. A number that became text counts as the number that it says. */
function comparable({ rows }: Pick<HeldTable, 'rows'>): string[] {
  const cell = (held: Held): Held =>
    typeof held === 'string' && /^-?\d+(?:\d{15}|[.e][-+.e\d]+)$/.test(held) ? Number(held) : held;
  return rows
    .map((row) =>
      JSON.stringify(sorted(new Map([...row].map(([name, held]) => [name, cell(held)])))),
    )
    .toSorted();
}

describe('what is loaded', function () {
  const worlds = Number(process.env['WORLDS'] ?? 20);
  this.timeout(60_000 + worlds * 2000);

  it('is what the messages say, whenever a load is killed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 4 }), async (runs) => {
        const world = new World();
        for (const one of runs) await world.run(one);
      }),
      {
        numRuns: worlds,
        // A failure is reported before mocha's timeout, even if it is not shrunk to the end.
        interruptAfterTimeLimit: 40_000 + worlds * 2000,
        ...(process.env['SEED'] && { seed: Number(process.env['SEED']) }),
        ...(process.env['SHRUNK'] && { path: process.env['SHRUNK'], endOnFailure: true }),
      },
    );
  });
});
