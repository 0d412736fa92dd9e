import { expect } from 'chai';
import * as fc from 'fast-check';
import { discover } from '#src/catalog/discover.js';
import type { CatalogEntry } from '#src/catalog/discover.js';
import { ConfigError } from '#src/errors.js';
import { defaultPlan as makeDefault, plan as make, type PlanOptions } from '#src/catalog/plan.js';
import type { PlannedStream } from '#src/catalog/plan.js';
import { withMessages } from '../support/warnings.js';
import { ALL_STREAMS, OPTIONAL_COLUMNS } from '#src/streams.js';

/** The discovered entry of a stream, with changes. */
function entry(name: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...discover().streams.find(({ tap_stream_id: id }) => id === name), ...changes };
}

/** The entry of a stream with this metadata of the stream and of its columns. */
function marked(
  name: string,
  ofStream: object,
  ofColumns: Record<string, object> = {},
): Record<string, unknown> {
  return entry(name, {
    metadata: [
      { breadcrumb: [], metadata: ofStream },
      ...Object.entries(ofColumns).map(([column, metadata]) => ({
        breadcrumb: ['properties', column],
        metadata,
      })),
    ],
  });
}

type Plan = ReturnType<typeof plan>;

function plan(catalog: unknown, options?: PlanOptions) {
  return withMessages(make(catalog, options));
}

function defaultPlan(streams?: readonly string[]) {
  return withMessages(makeDefault(streams));
}

function planOf(...streams: unknown[]): Plan {
  return plan({ streams }, { file: 'catalog.json' });
}

function only({ streams }: Plan): PlannedStream {
  expect(streams).to.have.length(1);
  return streams[0]!;
}

function names({ streams }: Plan): string[] {
  return streams.map(({ stream }) => stream.name);
}

/** The columns that a catalog for offices selects. */
function columns(ofColumns: Record<string, object>): string[] {
  return [...only(planOf(marked('offices', { selected: true }, ofColumns))).selected];
}

/** Checks what `plan` promises for every catalog. */
function isPlanned(catalog: unknown): void {
  const before = JSON.stringify(catalog);
  try {
    for (const { keys, schema, selected } of plan(catalog).streams) {
      expect([...selected]).to.include.members([...keys]);
      expect(Object.keys(schema.properties)).to.include.members([...selected]);
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.message).not.to.include('\n');
  }
  expect(JSON.stringify(catalog)).to.equal(before);
}

describe('plan', () => {
  it('selects everything that discovery lists', () => {
    const { streams, rejected, warnings } = defaultPlan();
    expect(streams.map(({ stream }) => stream)).to.deep.equal(ALL_STREAMS);
    expect(warnings).to.deep.equal([]);
    for (const { name, stream, schema, selected, keys, fullTable } of streams) {
      expect(name).to.equal(stream.name);
      const columns = Object.keys(schema.properties);
      expect([...selected]).to.deep.equal(
        columns.filter((column) => !OPTIONAL_COLUMNS.includes(column)),
      );
      expect(keys).to.deep.equal(stream.keys);
      expect(fullTable).to.equal(stream.name === 'job_type_configuration');
    }
    expect(rejected?.name).to.equal('rejected_records');
    expect(rejected?.keys).to.deep.equal(['rejected_id']);
    expect([...rejected!.selected]).to.have.length(7);
  });

  it('keeps the order of the catalog', () => {
    expect(names(planOf(entry('jobs'), entry('job_events'), entry('cities')))).to.deep.equal([
      'jobs',
      'job_events',
      'cities',
    ]);
  });

  it('accepts keys that other tools write', () => {
    const written = entry('jobs', {
      selected: null,
      replication_key: null,
      is_view: false,
      table_name: 'jobs',
    });
    const { streams, warnings } = planOf(written);
    expect(streams).to.have.length(1);
    expect(warnings).to.deep.equal([]);
  });

  it('warns if nothing is selected', () => {
    const made = planOf(marked('jobs', { selected: false }));
    expect(made).to.deep.equal({
      streams: [],
      rejected: null,
      warnings: ['No stream is selected: nothing to sync'],
    });
  });

  it('lets a catalog rename a stream', () => {
    expect(only(planOf(entry('jobs', { stream: 'bolt_jobs' }))).name).to.equal('bolt_jobs');
    expect(only(planOf(entry('jobs', { stream: null }))).name).to.equal('jobs');
  });

  it('accepts the old form, with only `stream`', () => {
    expect(only(planOf(entry('jobs', { tap_stream_id: undefined }))).stream.name).to.equal('jobs');
  });

  describe('selection of streams', () => {
    const cases: [what: string, ofStream: object, onEntry: object, isSelected: boolean][] = [
      ['selected', { selected: true }, {}, true],
      [
        'selected: false over the default',
        { selected: false, 'selected-by-default': true },
        {},
        false,
      ],
      ['selected over the default', { selected: true, 'selected-by-default': false }, {}, true],
      ['only the default', { 'selected-by-default': true }, {}, true],
      [
        'selected: null, which says nothing',
        { selected: null, 'selected-by-default': true },
        {},
        true,
      ],
      ['only the default: false', { 'selected-by-default': false }, {}, false],
      ['nothing said', { inclusion: 'available' }, {}, false],
      ['unsupported', { inclusion: 'unsupported', selected: true }, {}, false],
      ['automatic', { inclusion: 'automatic', selected: false }, {}, true],
      ["the entry's own selected", {}, { selected: true }, true],
      [
        "the entry's own selected over the default",
        { 'selected-by-default': true },
        { selected: false },
        false,
      ],
      ["the metadata's over the entry's own", { selected: false }, { selected: true }, false],
      ['no metadata, selected', {}, { metadata: null, selected: true }, true],
      ['no metadata, nothing said', {}, { metadata: undefined }, false],
    ];
    for (const [what, ofStream, onEntry, isSelected] of cases) {
      it(`by ${what}`, () => {
        expect(names(planOf({ ...marked('jobs', ofStream), ...onEntry }))).to.deep.equal(
          isSelected ? ['jobs'] : [],
        );
      });
    }

    it('leaves out rejected_records if it is not selected', () => {
      expect(planOf(entry('jobs')).rejected).to.equal(null);
      expect(planOf(entry('jobs'), marked('rejected_records', {})).rejected).to.equal(null);
      expect(
        planOf(entry('jobs'), entry('rejected_records', { stream: 'dirt' })).rejected?.name,
      ).to.equal('dirt');
    });
  });

  describe('selection of columns', () => {
    it('is everything by default', () => {
      expect(columns({})).to.deep.equal([
        'id',
        'name',
        'address',
        'created_at',
        'updated_at',
        'etag',
        '_rescued_data',
      ]);
    });

    it('goes by selected, then by default, in the order of the schema', () => {
      const given = columns({
        etag: { selected: true, 'selected-by-default': false },
        name: { selected: false, 'selected-by-default': true },
        address: { 'selected-by-default': false },
        created_at: { selected: null, 'selected-by-default': false },
        updated_at: { selected: null },
      });
      expect(given).to.deep.equal(['id', 'updated_at', 'etag', '_rescued_data']);
    });

    it('always has the keys and automatic columns, never unsupported ones', () => {
      const given = columns({
        id: { inclusion: 'available', selected: false },
        name: { inclusion: 'automatic', selected: false },
        address: { inclusion: 'unsupported', selected: true },
      });
      expect(given).to.deep.equal([
        'id',
        'name',
        'created_at',
        'updated_at',
        'etag',
        '_rescued_data',
      ]);
    });

    it('ignores metadata of columns that do not exist, and of fields inside of columns', () => {
      const catalog = marked('offices', { selected: true }, { nowhere: { selected: true } });
      const metadata = [
        {
          breadcrumb: ['properties', 'name', 'properties', 'first'],
          metadata: { selected: false },
        },
        { breadcrumb: ['properties'], metadata: { selected: false } },
        { breadcrumb: ['definitions', 'name'], metadata: { selected: false } },
        ...discover().streams[0]!.metadata,
      ];
      expect([...only(planOf(catalog)).selected]).not.to.include('nowhere');
      expect([...only(planOf({ ...catalog, metadata })).selected]).to.include('name');
    });
  });

  describe('the schema', () => {
    it("is the catalog's: its types, its order, its columns", () => {
      const properties = { etag: { type: 'string' }, 'Crew Size': {}, id: { type: ['string'] } };
      const planned = only(
        planOf(entry('jobs', { schema: { properties, additionalProperties: false } })),
      );
      expect(planned.schema).to.deep.equal({
        type: 'object',
        properties,
        additionalProperties: false,
      });
      expect([...planned.selected]).to.deep.equal(['etag', 'Crew Size', 'id']);
    });

    it('may be of several types', () => {
      const type = ['null', 'object'];
      const planned = only(
        planOf(entry('jobs', { schema: { type, properties: { id: { type: 'integer' } } } })),
      );
      expect(planned.schema.type).to.deep.equal(type);
    });
  });

  describe('the replication method', () => {
    const cases: [
      name: string,
      ofMetadata: unknown,
      ofEntry: unknown,
      fullTable: boolean,
      warns: boolean,
    ][] = [
      ['jobs', undefined, undefined, false, false],
      ['jobs', undefined, 'INCREMENTAL', false, false],
      ['jobs', undefined, 'FULL_TABLE', true, false],
      ['jobs', 'FULL_TABLE', 'INCREMENTAL', true, false],
      ['jobs', 'INCREMENTAL', 'FULL_TABLE', false, false],
      ['jobs', null, 'FULL_TABLE', true, false],
      ['jobs', null, null, false, false],
      ['job_events', 'FULL_TABLE', 'INCREMENTAL', false, true],
      ['job_events', 'INCREMENTAL', 'FULL_TABLE', false, false],
      ['job_type_configuration', 'INCREMENTAL', 'FULL_TABLE', true, true],
      ['job_type_configuration', undefined, null, true, false],
    ];
    for (const [name, ofMetadata, ofEntry, fullTable, warns] of cases) {
      it(`of ${name}: ${String(ofMetadata)} in the metadata, ${String(ofEntry)} in the entry`, () => {
        const catalog = marked(name, { selected: true, 'replication-method': ofMetadata });
        const made = planOf({ ...catalog, replication_method: ofEntry });
        expect(only(made).fullTable).to.equal(fullTable);
        expect(made.warnings).to.have.length(warns ? 1 : 0);
        if (warns) expect(made.warnings[0]).to.match(new RegExp(`^${name}: \\w+ is not possible`));
      });
    }

    it('is an error if it is another one', () => {
      for (const method of ['LOG_BASED', 'incremental', '', 1]) {
        const catalog = marked('jobs', { selected: true, 'replication-method': method });
        expect(() => planOf(catalog), String(method)).to.throw(
          ConfigError,
          'streams[0]: replication method: expected INCREMENTAL or FULL_TABLE, found',
        );
      }
    });

    it('ignores a replication key, with a warning', () => {
      const beside = planOf(entry('jobs', { replication_key: 'updated_at' }));
      const within = planOf(marked('jobs', { selected: true, 'replication-key': 'updated_at' }));
      for (const { warnings } of [beside, within]) {
        expect(warnings).to.have.length(1);
        expect(warnings[0]).to.match(/^jobs: the replication key is ignored/);
      }
    });
  });

  describe('the key', () => {
    it('stays the same, with a warning if the catalog has another', () => {
      for (const catalog of [
        entry('jobs', { metadata: [], selected: true, key_properties: ['etag'] }),
        marked('jobs', { selected: true, 'table-key-properties': [] }),
      ]) {
        const made = planOf(catalog);
        expect(only(made).keys).to.deep.equal(['id']);
        expect(made.warnings).to.deep.equal([
          "jobs: the catalog's key is ignored; the key is always id",
        ]);
      }
    });

    it('may be left out of the catalog', () => {
      const made = planOf(entry('jobs', { metadata: null, selected: true, key_properties: null }));
      expect(only(made).keys).to.deep.equal(['id']);
      expect(made.warnings).to.deep.equal([]);
    });
  });

  describe('the streams setting', () => {
    it('narrows what the catalog selects, in the order of the catalog', () => {
      const made = defaultPlan(['jobs', 'cities', 'jobs']);
      expect(names(made)).to.deep.equal(['cities', 'jobs']);
      expect(made.rejected).not.to.equal(null);
      expect(made.warnings).to.deep.equal([]);
    });

    it('warns about streams that the catalog does not select', () => {
      const catalog = { streams: [entry('jobs'), marked('cities', { selected: false })] };
      const made = plan(catalog, { streams: ['jobs', 'cities', 'crews'] });
      expect(names(made)).to.deep.equal(['jobs']);
      expect(made.warnings).to.deep.equal([
        'streams names cities, which the catalog does not select: it is not synced',
        'streams names crews, which the catalog does not select: it is not synced',
      ]);
    });

    it('may name rejected_records, which needs no naming', () => {
      expect(names(defaultPlan(['jobs', 'rejected_records']))).to.deep.equal(['jobs']);
    });

    it('is an error if it names a stream that does not exist', () => {
      expect(() => defaultPlan(['jobs', 'invoice'])).to.throw(
        ConfigError,
        'streams: there is no stream "invoice" (did you mean invoices?)',
      );
      expect(() => defaultPlan(['weather'])).to.throw(
        ConfigError,
        'there is no stream "weather"; --about lists the streams',
      );
      expect(() => defaultPlan(['__proto__'])).to.throw(ConfigError, 'there is no stream');
    });
  });

  describe('a catalog of the wrong form', () => {
    const jobs = entry('jobs');
    const withMetadata = (metadata: unknown): unknown => ({
      streams: [entry('cities'), { ...jobs, metadata }],
    });
    const withSchema = (schema: unknown): unknown => ({ streams: [{ ...jobs, schema }] });
    const faults: [catalog: unknown, message: string][] = [
      [null, 'c.json: expected an object, found null; create a catalog with --discover'],
      [[], 'c.json: expected an object, found an array; create'],
      [{}, 'c.json: streams: expected an array, found nothing; create'],
      [{ streams: {} }, 'c.json: streams: expected an array, found an object'],
      [{ streams: ['jobs'] }, 'c.json: streams[0]: expected an object, found text'],
      [
        { streams: [{}] },
        'c.json: streams[0].tap_stream_id: expected the name of a stream, found nothing',
      ],
      [{ streams: [{ tap_stream_id: '' }] }, 'c.json: streams[0].tap_stream_id: expected'],
      [
        { streams: [{ ...jobs, stream: 1 }] },
        'c.json: streams[0].stream: expected a name, found a number',
      ],
      [{ streams: [{ ...jobs, stream: '' }] }, 'c.json: streams[0].stream: expected a name'],
      [
        { streams: [jobs, jobs] },
        'c.json: streams[1].tap_stream_id: "jobs" is listed twice; remove one entry',
      ],
      [
        { streams: [jobs, entry('cities', { stream: 'jobs' })] },
        'c.json: two streams have the name "jobs"; rename one',
      ],
      [
        { streams: [jobs, entry('rejected_records', { stream: 'jobs' })] },
        'c.json: two streams have the name "jobs"; rename one',
      ],
      [
        { streams: [{ ...jobs, selected: 'yes' }] },
        'c.json: streams[0].selected: expected true or false, found text',
      ],
      [
        { streams: [{ ...jobs, tap_stream_id: 'job' }] },
        'c.json: streams[0]: there is no stream "job" (did you mean jobs?)',
      ],
      [
        { streams: [{ ...jobs, metadata: null, selected: true, key_properties: 'id' }] },
        'streams[0]: key: expected an array of column names, found text',
      ],
      [withMetadata({}), 'c.json: streams[1].metadata: expected an array, found an object'],
      [withMetadata([null]), 'c.json: streams[1].metadata[0]: expected an object, found null'],
      [
        withMetadata([{ metadata: {} }]),
        'c.json: streams[1].metadata[0].breadcrumb: expected an array of strings, found nothing',
      ],
      [
        withMetadata([{ breadcrumb: [1], metadata: {} }]),
        'c.json: streams[1].metadata[0].breadcrumb: expected',
      ],
      [
        withMetadata([{ breadcrumb: [] }]),
        'c.json: streams[1].metadata[0].metadata: expected an object, found nothing',
      ],
      [
        withMetadata([{ breadcrumb: [], metadata: { selected: 'true' } }]),
        'c.json: streams[1].metadata[0].metadata.selected: expected true or false, found text',
      ],
      [
        withMetadata([
          { breadcrumb: ['properties', 'id'], metadata: { 'selected-by-default': 1 } },
        ]),
        'c.json: streams[1].metadata[0].metadata.selected-by-default: expected true or false',
      ],
      [withSchema(null), 'c.json: streams[0].schema: expected an object, found null'],
      [
        withSchema({ type: 'array' }),
        'c.json: streams[0].schema.type: expected "object", found text',
      ],
      [
        withSchema({ type: ['object', 1] }),
        'c.json: streams[0].schema.type: expected "object", found an array',
      ],
      [
        withSchema({ type: 'object' }),
        'c.json: streams[0].schema.properties: expected an object, found nothing',
      ],
      [
        withSchema({ properties: { id: true } }),
        'c.json: streams[0].schema.properties["id"]: expected an object, found a boolean',
      ],
      [
        withSchema({ properties: { id: { type: 1 } } }),
        'c.json: streams[0].schema.properties["id"].type: expected the name of a type',
      ],
      [
        withSchema({ properties: {} }),
        'c.json: streams[0].schema.properties: the key id is missing; copy it from --discover',
      ],
    ];
    for (const [catalog, message] of faults) {
      it(`is an error: ${message}`, () => {
        expect(() => plan(catalog, { file: 'c.json' })).to.throw(ConfigError, message);
      });
    }

    it('is called "The catalog" without a file', () => {
      expect(() => plan(1)).to.throw(ConfigError, /^The catalog: expected an object/);
    });

    it('does not matter in streams that are not selected', () => {
      expect(names(planOf(jobs, { tap_stream_id: 'elsewhere', schema: null }))).to.deep.equal([
        'jobs',
      ]);
    });
  });

  describe('whatever the catalog holds', () => {
    it('is planned, or fails with a ConfigError', () => {
      fc.assert(fc.property(fc.jsonValue(), isPlanned));
      fc.assert(fc.property(fc.array(fc.jsonValue()), (streams) => isPlanned({ streams })));
    });

    it('is so too if one value of a catalog is changed', () => {
      const columns = fc.constantFrom('id', 'name', '__proto__', 'constructor');
      const anything = fc.oneof(
        fc.jsonValue(),
        fc.constantFrom(undefined, 'FULL_TABLE', ['null', 'object'], ['id']),
      );
      const keys = [
        'tap_stream_id',
        'stream',
        'schema',
        'metadata',
        'key_properties',
        'replication_method',
        'selected',
      ];
      fc.assert(
        fc.property(
          fc.constantFrom(...keys),
          columns,
          anything,
          anything,
          (key, column, value, schema) => {
            const offices: Partial<CatalogEntry> = entry('offices');
            const properties = JSON.parse(
              `{"id":{"type":"integer"},${JSON.stringify(column)}:${JSON.stringify(schema) ?? '{}'}}`,
            );
            isPlanned(
              JSON.parse(
                JSON.stringify({ streams: [{ ...offices, schema: { properties }, [key]: value }] }),
              ),
            );
            isPlanned(
              JSON.parse(
                JSON.stringify({
                  streams: [
                    {
                      ...marked(
                        'offices',
                        { selected: true, [key]: value },
                        { [column]: { selected: schema } },
                      ),
                    },
                  ],
                }),
              ),
            );
          },
        ),
      );
    });
  });
});
