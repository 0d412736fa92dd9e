import { Ajv } from 'ajv';
import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { discover } from '#src/catalog/discover.js';
import type { CatalogEntry } from '#src/catalog/discover.js';
import { ALL_STREAMS, DELETED_COLUMNS, OPTIONAL_COLUMNS, RESCUED, STREAMS } from '#src/streams.js';
import { inProject } from '../support/paths.js';

const ENTRIES = discover().streams;

function entry(name: string): CatalogEntry {
  return ENTRIES.find(({ tap_stream_id: id }) => id === name)!;
}

function columns(name: string): Record<string, unknown>[] {
  return Object.entries(entry(name).schema.properties).map(([column, { type, format }]) => ({
    column,
    type,
    format,
  }));
}

describe('discover', () => {
  it('lists the streams in order, then rejected_records', () => {
    const names = [...ALL_STREAMS.map(({ name }) => name), 'rejected_records'];
    expect(ENTRIES.map(({ tap_stream_id: id }) => id)).to.deep.equal(names);
    expect(ENTRIES.map(({ stream }) => stream)).to.deep.equal(names);
  });

  it('has one file in schemas/ for each stream, and no other', () => {
    const files = readdirSync(inProject('schemas'))
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.replace(/\.json$/, ''));
    expect(files).to.have.members(ENTRIES.map(({ tap_stream_id: id }) => id));
  });

  it('forces the method of streams that have only one', () => {
    const forced = ENTRIES.map(({ tap_stream_id: id, replication_method: method, metadata }) => {
      const { metadata: ofStream } = metadata[0]!;
      if (ofStream['forced-replication-method'])
        expect(ofStream['forced-replication-method']).to.equal(method);
      return [id, method, 'forced-replication-method' in ofStream];
    });
    for (const [id, method, isForced] of forced) {
      const paging = ALL_STREAMS.find(({ name }) => name === id)?.paging;
      expect(isForced, String(id)).to.equal(paging !== 'list');
      expect(method, String(id)).to.equal(paging === 'array' ? 'FULL_TABLE' : 'INCREMENTAL');
    }
  });

  it('names no replication key', () => {
    expect(JSON.stringify(ENTRIES)).not.to.match(/replication[-_]key/);
  });

  it('has metadata for the stream and for every column', () => {
    for (const { key_properties: keys, schema, metadata } of ENTRIES) {
      const [ofStream, ...ofColumns] = metadata;
      expect(ofStream!.breadcrumb).to.deep.equal([]);
      expect(ofStream!.metadata).to.include({
        inclusion: 'available',
        'selected-by-default': true,
      });
      expect(ofStream!.metadata['table-key-properties']).to.deep.equal(keys);
      expect(ofColumns).to.deep.equal(
        Object.keys(schema.properties).map((column) => ({
          breadcrumb: ['properties', column],
          metadata: {
            inclusion: keys.includes(column) ? 'automatic' : 'available',
            'selected-by-default': !OPTIONAL_COLUMNS.includes(column),
          },
        })),
      );
    }
  });

  it('returns a new catalog each time', () => {
    discover().streams[0]!.key_properties.push('changed');
    expect(discover().streams[0]!.key_properties).to.deep.equal(['id']);
  });

  it('is the same as catalog.example.json', () => {
    const example = readFileSync(inProject('catalog.example.json'), 'utf8');
    // npm run build && node bin/bolt-eci-tap.js --discover > catalog.example.json
    expect(
      example === `${JSON.stringify(discover(), null, 2)}\n`,
      'catalog.example.json is out of date',
    ).to.equal(true);
  });
});

describe('the schemas', () => {
  const KEYWORDS = ['type', 'format', 'minimum', 'maximum', 'description'];

  for (const { tap_stream_id: name, schema, key_properties: keys } of ENTRIES) {
    it(`of ${name} use only what Draft 4 and Draft 7 have in common`, () => {
      expect(
        new Ajv({
          strict: true,
          allowUnionTypes: true,
          formats: { date: true, 'date-time': true },
        }).compile(schema),
      ).to.be.a('function');
      expect(schema).to.have.all.keys('type', 'description', 'properties');
      expect(schema.type).to.equal('object');
      for (const [column, property] of Object.entries(schema.properties)) {
        expect(column).to.match(/^_?[a-z][a-z0-9_]*$/);
        expect(KEYWORDS, column).to.include.members(Object.keys(property));
        const [nothing, kind] = keys.includes(column) ? ['null', property.type] : property.type!;
        expect(nothing, column).to.equal('null');
        expect(['string', 'integer', 'number', 'boolean'], column).to.include(kind);
        const limits =
          kind === 'integer'
            ? [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
            : [undefined, undefined];
        expect([property.minimum, property.maximum], column).to.deep.equal(limits);
        expect(property.format ?? 'date', column).to.match(/^date(-time)?$/);
        if (property.format) expect(kind, column).to.equal('string');
      }
    });

    it(`of ${name} have the key first`, () => {
      expect(keys).to.have.length(1);
      expect(Object.keys(schema.properties)[0]).to.equal(keys[0]);
    });
  }

  for (const { name, flatten, eventIdParts = [] } of STREAMS) {
    it(`of ${name} have the columns that streams.ts names`, () => {
      const all = Object.keys(entry(name).schema.properties);
      expect(all).to.include.members([...eventIdParts]);
      for (const prefix of Object.values(flatten)) {
        expect(
          all.some((column) => column.startsWith(prefix)),
          prefix,
        ).to.equal(true);
      }
    });
  }

  for (const [feed, list, prefix] of [
    ['job_events', 'jobs', 'job_'],
    ['work_order_events', 'work_orders', 'work_order_'],
  ] as const) {
    it(`of ${feed} have each column of ${list}`, () => {
      const own = new Set(['event_id', 'id', 'event', 'author', 'created_at', 'changes', RESCUED]);
      const made = new Set<unknown>([...DELETED_COLUMNS, RESCUED]);
      const sent = columns(list).filter(({ column }) => !made.has(column));
      const snapshot = sent.map(({ column, type, format }) => ({
        column: `${prefix}${String(column)}`,
        type: [type].flat().includes('null') ? type : ['null', type],
        format,
      }));
      expect(columns(feed).filter(({ column }) => !own.has(String(column)))).to.deep.equal(
        snapshot,
      );
    });
  }

  it("keep the feeds' own created_at as text", () => {
    for (const { name } of STREAMS.filter(({ paging }) => paging === 'events')) {
      expect(columns(name)).to.deep.include({
        column: 'created_at',
        type: ['null', 'string'],
        format: undefined,
      });
      expect(columns(name)[0]).to.deep.equal({
        column: 'event_id',
        type: 'string',
        format: undefined,
      });
    }
  });

  it('declare the columns of rejected_records', () => {
    const names = [
      'rejected_id',
      'stream',
      'record_key',
      'field',
      'reason',
      'value',
      'rejected_at',
    ];
    expect(columns('rejected_records').map(({ column }) => column)).to.deep.equal(names);
    expect(columns('rejected_records').at(-1)).to.include({ format: 'date-time' });
  });
});
