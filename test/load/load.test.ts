import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { DataError, describe as described } from '#src/errors.js';
import { DatabaseLocked } from '#src/load/database.js';
import { load, type LoadCounts } from '#src/load/load.js';
import { makeFolder } from '../support/folder.js';
import { open, query } from './database.js';

/** What a load did. */
interface Loaded {
  readonly counts: LoadCounts | null;
  readonly error: unknown;
  readonly states: readonly string[];
  readonly found: string | null;
  readonly warnings: readonly string[];
}

function schema(stream: string, properties: object, keys: readonly string[] = ['id']): string {
  const message = { type: 'SCHEMA', stream, schema: { properties }, key_properties: keys };
  return JSON.stringify(message);
}

function record(stream: string, cells: object, more: object = {}): string {
  return JSON.stringify({ type: 'RECORD', stream, record: cells, ...more });
}

const ID = { id: { type: 'integer' } };
const STATE = '{"type":"STATE","value":{"bookmarks":{"a":1}}}';

describe('load', () => {
  let file: string;
  beforeEach(() => (file = join(makeFolder(), 'rows.duckdb')));

  async function loaded(input: string | readonly Buffer[], stateId = 'default'): Promise<Loaded> {
    const states: string[] = [];
    const warnings: string[] = [];
    let found: string | null = null;
    let counts: LoadCounts | null = null;
    let error: unknown;
    try {
      counts = await load({
        file,
        stateId,
        input: Readable.from(typeof input === 'string' ? [Buffer.from(input)] : input),
        onOpen: (state) => (found = state),
        onCommit: (state) => states.push(state),
        warn: ({ message }) => warnings.push(message),
        now: () => Date.UTC(2026, 0, 1),
        wait: () => Promise.resolve(),
        signal: new AbortController().signal,
      });
    } catch (thrown) {
      error = thrown;
    }
    return { counts, error, states, found, warnings };
  }

  const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join('');

  describe('the input', () => {
    it('may be empty', async () => {
      const { counts, error, states, found } = await loaded('');
      expect([error, states, found, counts?.size]).to.deep.equal([undefined, [], null, 0]);
    });

    it('comes in chunks that end anywhere, and its last line may lack the line end', async () => {
      const text = lines(schema('a', { ...ID, b: { type: 'string' } }), '', '\r');
      const bytes = Buffer.from(`${text}${record('a', { id: 1, b: 'Größe 🏗️' })}`);
      const { error } = await loaded([...bytes].map((byte) => Buffer.of(byte)));
      expect(error).to.equal(undefined);
      expect(await query(file, 'SELECT id, b FROM a')).to.deep.equal([{ id: 1n, b: 'Größe 🏗️' }]);
    });

    const BEFORE = lines(schema('a', ID), record('a', { id: 1 }), STATE, record('a', { id: 2 }));
    const BATCH = '{"type":"BATCH","stream":"a","encoding":{},"manifest":[]}';
    for (const [what, line, message] of [
      ['cut', '{"type":"RECORD","stream":"a","rec', /^line 5 of the input: it is not JSON/],
      [
        'not UTF-8',
        Buffer.from([0x22, 0xff, 0x22]),
        /^line 5 of the input: it is not JSON in UTF-8/,
      ],
      ['not an object', '["secret"]', /^line 5 of the input: it is an array, not an object/],
      ['without a type', '{"x":"secret"}', /^line 5 of the input: type must be text/],
      ['of a stream without SCHEMA', record('b', { id: 'secret' }), /^line 5 .* no SCHEMA .* b$/],
      [
        'without a key',
        record('a', { x: 'secret' }),
        /^line 5 .*, stream a: .* no id, which is a key/,
      ],
      [
        'with a null key',
        record('a', { id: null }),
        /^line 5 .*, stream a: .* no id, which is a key/,
      ],
      ['a BATCH', BATCH, /^line 5 .* BATCH messages are not supported/],
      ['a SCHEMA without columns', schema('b', {}, []), /^line 5 .*, stream b: .* no properties/],
      [
        'a SCHEMA without its key',
        schema('b', ID, ['x']),
        /^line 5 .*, stream b: .* no property x/,
      ],
      ['two columns in one', schema('b', { id: {}, ID: {} }), /^line 5 .* id and ID apart/],
      ['two streams in one', schema('A', ID), /^line 5 .*, stream A: .* a and A apart/],
      ['a name with NUL', schema('b', { ...ID, 'x\0': {} }), /^line 5 .* name "x\\u0000"$/],
      ['an empty name', schema('b', { ...ID, '': {} }), /^line 5 .*, stream b: .* name ""$/],
      ['the state table', schema('_singer_state', ID), /^line 5 .* name _singer_state$/],
      [
        'a version that is text',
        record('a', { id: 3 }, { version: 'secret' }),
        /^line 5 .* version/,
      ],
    ] as const) {
      it(`with a line that is wrong (${what}): what came before is committed`, async () => {
        const { error, states } = await loaded([Buffer.from(BEFORE), Buffer.from(line)]);
        expect(error).to.be.instanceOf(DataError);
        expect(described(error)).to.match(message).and.not.include('secret');
        expect(states).to.deep.equal(['{"bookmarks":{"a":1}}']);
        expect(await query(file, 'SELECT id FROM a ORDER BY id')).to.deep.equal([
          { id: 1n },
          { id: 2n },
        ]);
      });
    }

    it('may have messages of other types, which are ignored with one warning', async () => {
      const other = '{"type":"CRASH","x":1}';
      const { error, warnings } = await loaded(lines(other, other));
      expect([error, warnings]).to.deep.equal([
        undefined,
        ['messages of the type CRASH are ignored'],
      ]);
    });
  });

  describe('the table', () => {
    it('has the types and comments of the schema, and the time of extraction', async () => {
      const properties = {
        ...ID,
        n: { type: ['null', 'number'], description: "the customer's number" },
        day: { type: 'string', format: 'date' },
        at: { type: ['string', 'null'], format: 'date-time' },
        ok: { type: 'boolean' },
        any: {},
      };
      const cells = { id: 1, n: 0.5, day: '2026-11-24', at: '2026-11-24T06:12:03Z', ok: true };
      const extracted = { time_extracted: '2026-11-24T07:00:00.000000Z' };
      await loaded(lines(schema('a', properties), record('a', { ...cells, any: [1] }, extracted)));
      const columns = await query(
        file,
        `SELECT column_name AS c, data_type AS t, comment AS x FROM duckdb_columns()
         WHERE table_name = 'a' ORDER BY column_index`,
      );
      expect(columns).to.deep.equal([
        { c: 'id', t: 'BIGINT', x: null },
        { c: 'n', t: 'DOUBLE', x: "the customer's number" },
        { c: 'day', t: 'DATE', x: null },
        { c: 'at', t: 'TIMESTAMP WITH TIME ZONE', x: null },
        { c: 'ok', t: 'BOOLEAN', x: null },
        { c: 'any', t: 'VARCHAR', x: null },
        { c: '_sdc_extracted_at', t: 'TIMESTAMP WITH TIME ZONE', x: 'When the tap read the row' },
      ]);
      expect(await query(file, 'SELECT "any", _sdc_extracted_at AS e FROM a')).to.deep.equal([
        { any: '[1]', e: new Date('2026-11-24T07:00:00Z') },
      ]);
    });

    it('keeps its comments when a value does not fit after rows were updated', async () => {
      const text = { ...ID, n: { type: 'integer', description: 'the number' } };
      await loaded(lines(schema('a', text), record('a', { id: 1, n: 1 })));
      const { error, warnings } = await loaded(
        lines(schema('a', text), record('a', { id: 1, n: 2 }), record('a', { id: 2, n: 'two' })),
      );
      expect([error, warnings]).to.deep.equal([
        undefined,
        ['a.n was BIGINT and is now VARCHAR: a value does not fit'],
      ]);
      expect(await query(file, 'SELECT id, n FROM a ORDER BY id')).to.deep.equal([
        { id: 1n, n: '2' },
        { id: 2n, n: 'two' },
      ]);
      const comments = await query(
        file,
        "SELECT comment AS c FROM duckdb_columns() WHERE table_name = 'a' AND column_name = 'n'",
      );
      expect(comments).to.deep.equal([{ c: 'the number' }]);
    });

    it('takes more rows than a chunk, of several streams in turn', async () => {
      const rows = Array.from({ length: 5000 }, (_, id) => [
        record('a', { id }),
        record('b', { id: id % 100 }),
      ]);
      const { counts } = await loaded(lines(schema('a', ID), schema('b', ID), ...rows.flat()));
      expect(counts?.get('b')).to.deep.equal({ rows: 5000, deleted: 0 });
      expect(
        await query(file, 'SELECT (SELECT count(*) FROM a) AS a, (SELECT count(*) FROM b) AS b'),
      ).to.deep.equal([{ a: 5000n, b: 100n }]);
    });

    it('of another program: types that differ become VARCHAR, also those of the own columns', async () => {
      const database = await open(file);
      await database.run(
        'CREATE TABLE a (id BIGINT, _sdc_extracted_at TIMESTAMP, _sdc_table_version INTEGER)',
      );
      await database.run("INSERT INTO a VALUES (1, '2026-01-01', 7)");
      database.close();
      const version = 1_790_000_000_000;
      const at = { time_extracted: '2026-11-24T07:00:00Z' };
      const { error } = await loaded(
        lines(
          schema('a', ID),
          record('a', { id: 2 }, { version, ...at }),
          JSON.stringify({ type: 'ACTIVATE_VERSION', stream: 'a', version }),
        ),
      );
      expect(error).to.equal(undefined);
      expect(await query(file, 'SELECT id, _sdc_table_version AS v FROM a')).to.deep.equal([
        { id: 2n, v: BigInt(version) },
      ]);
    });

    it('cannot have the name of a view', async () => {
      const database = await open(file);
      await database.run('CREATE VIEW a AS SELECT 1 AS id');
      database.close();
      const { error } = await loaded(lines(schema('A', ID)));
      expect(described(error)).to.equal(
        'line 1 of the input, stream A: the database has a view of this name: rename it',
      );
    });
  });

  describe('the state', () => {
    it('is one for each pipeline', async () => {
      await loaded(lines(STATE), 'one');
      expect((await loaded(lines('{"type":"STATE","value":{"b":2}}'), 'two')).found).to.equal(null);
      expect((await loaded('', 'one')).found).to.equal('{"bookmarks":{"a":1}}');
      expect((await loaded('', 'two')).found).to.equal('{"b":2}');
    });
  });

  describe('the file', () => {
    it('cannot be another', async () => {
      writeFileSync(file, 'not a database'.repeat(1000));
      expect(described((await loaded('')).error)).to.match(/rows\.duckdb cannot be opened: /);
    });

    it('cannot be one in memory', async () => {
      file = ':memory:';
      expect(described((await loaded('')).error)).to.equal(
        ':memory: is not a name for a DuckDB file: use one that ends with .duckdb',
      );
    });

    it('in a folder that does not exist is an error', async () => {
      file = join(file, 'x', 'rows.duckdb');
      const { error } = await loaded('');
      expect(error).to.not.be.instanceOf(DatabaseLocked);
      expect(described(error)).to.match(/cannot be opened: /);
    });
  });
});
