import { expect } from 'chai';
import * as fc from 'fast-check';
import { discover } from '#src/catalog/discover.js';
import type { CatalogEntry } from '#src/catalog/discover.js';
import { ConfigError } from '#src/errors.js';
import { defaultPlan as makeDefault, plan as make, type PlanOptions } from '#src/catalog/plan.js';
import type { PlannedStream } from '#src/catalog/plan.js';
import { withMessages } from '../support/warnings.js';
import { STREAMS } from '#src/streams.js';

/** The discovered entry of a stream, with changes. */
function entry(name: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...discover().streams.find(({ tap_stream_id: id }) => id === name), ...changes };
}

/** An entry whose metadata is as given for the stream and for its columns. */
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

/** Holds the catalog to what `plan` promises of every one. */
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
  it('takes everything of what was discovered', () => {
    const { streams, rejected, warnings } = defaultPlan();
    expect(streams.map(({ stream }) => stream)).to.deep.equal(STREAMS);
    expect(warnings).to.deep.equal([]);
    for (const { name, stream, schema, selected, keys, fullTable } of streams) {
      expect(name).to.equal(stream.name);
      expect([...selected]).to.deep.equal(Object.keys(schema.properties));
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

  it('takes keys of other tools as they come', () => {
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

  it('warns where nothing is selected', () => {
    const made = planOf(marked('jobs', { selected: false }));
    expect(made).to.deep.equal({
      streams: [],
      rejected: null,
      warnings: ['No stream is selected: nothing to sync'],
    });
  });

  it('lets a catalog choose the name of messages', () => {
    expect(only(planOf(entry('jobs', { stream: 'bolt_jobs' }))).name).to.equal('bolt_jobs');
    expect(only(planOf(entry('jobs', { stream: null }))).name).to.equal('jobs');
  });

  it('takes the old form with `stream` alone', () => {
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
      ['the default alone', { 'selected-by-default': true }, {}, true],
      [
        'selected: null, which says nothing',
        { selected: null, 'selected-by-default': true },
        {},
        true,
      ],
      ['the default alone: false', { 'selected-by-default': false }, {}, false],
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

    it('leaves out rejected_records where it is not selected', () => {
      expect(planOf(entry('jobs')).rejected).to.equal(null);
      expect(planOf(entry('jobs'), marked('rejected_records', {})).rejected).to.equal(null);
      expect(
        planOf(entry('jobs'), entry('rejected_records', { stream: 'dirt' })).rejected?.name,
      ).to.equal('dirt');
    });
  });

  describe('selection of columns', () => {
    it('is that of the stream where nothing is said', () => {
      expect(columns({})).to.deep.equal([
        'id',
        'name',
        'address',
        'created_at',
        'updated_at',
        'etag',
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
      expect(given).to.deep.equal(['id', 'updated_at', 'etag']);
    });

    it('always takes keys and what is automatic, never what is unsupported', () => {
      const given = columns({
        id: { inclusion: 'available', selected: false },
        name: { inclusion: 'automatic', selected: false },
        address: { inclusion: 'unsupported', selected: true },
      });
      expect(given).to.deep.equal(['id', 'name', 'created_at', 'updated_at', 'etag']);
    });

    it('leaves aside what speaks of columns that are not there, or of the inside of columns', () => {
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
      it(`of ${name} with ${String(ofMetadata)} in the metadata and ${String(ofEntry)} beside it`, () => {
        const catalog = marked(name, { selected: true, 'replication-method': ofMetadata });
        const made = planOf({ ...catalog, replication_method: ofEntry });
        expect(only(made).fullTable).to.equal(fullTable);
        expect(made.warnings).to.have.length(warns ? 1 : 0);
        if (warns) expect(made.warnings[0]).to.match(new RegExp(`^${name}: \\w+ is not possible`));
      });
    }

    it('is refused where it is none of the two', () => {
      for (const method of ['LOG_BASED', 'incremental', '', 1]) {
        const catalog = marked('jobs', { selected: true, 'replication-method': method });
        expect(() => planOf(catalog), String(method)).to.throw(
          ConfigError,
          'streams[0]: the replication method takes INCREMENTAL or FULL_TABLE',
        );
      }
    });

    it('has no use for a replication key', () => {
      const beside = planOf(entry('jobs', { replication_key: 'updated_at' }));
      const within = planOf(marked('jobs', { selected: true, 'replication-key': 'updated_at' }));
      for (const { warnings } of [beside, within]) {
        expect(warnings).to.have.length(1);
        expect(warnings[0]).to.match(/^jobs: the catalog's replication key is left aside/);
      }
    });
  });

  describe('the key', () => {
    it('stays ours, with a warning where the catalog has another', () => {
      for (const catalog of [
        entry('jobs', { metadata: [], selected: true, key_properties: ['etag'] }),
        marked('jobs', { selected: true, 'table-key-properties': [] }),
      ]) {
        const made = planOf(catalog);
        expect(only(made).keys).to.deep.equal(['id']);
        expect(made.warnings).to.deep.equal([
          "jobs: the catalog's other key is left aside, the key is id",
        ]);
      }
    });

    it('may be left out of the catalog', () => {
      const made = planOf(entry('jobs', { metadata: null, selected: true, key_properties: null }));
      expect(only(made).keys).to.deep.equal(['id']);
      expect(made.warnings).to.deep.equal([]);
    });
  });

  describe('the streams that are named', () => {
    it('narrow what the catalog selects, in its order', () => {
      const made = defaultPlan(['jobs', 'cities', 'jobs']);
      expect(names(made)).to.deep.equal(['cities', 'jobs']);
      expect(made.rejected).not.to.equal(null);
      expect(made.warnings).to.deep.equal([]);
    });

    it('warn where the catalog does not select them', () => {
      const catalog = { streams: [entry('jobs'), marked('cities', { selected: false })] };
      const made = plan(catalog, { streams: ['jobs', 'cities', 'crews'] });
      expect(names(made)).to.deep.equal(['jobs']);
      expect(made.warnings).to.deep.equal([
        'streams names cities, which the catalog does not select: it is not synced',
        'streams names crews, which the catalog does not select: it is not synced',
      ]);
    });

    it('may name rejected_records, which is there anyhow', () => {
      expect(names(defaultPlan(['jobs', 'rejected_records']))).to.deep.equal(['jobs']);
    });

    it('are refused where there is no such stream', () => {
      expect(() => defaultPlan(['jobs', 'invoice'])).to.throw(
        ConfigError,
        'streams: there is no stream "invoice" (did you mean invoices?)',
      );
      expect(() => defaultPlan(['weather'])).to.throw(
        ConfigError,
        'there is no stream "weather"; --about lists those there are',
      );
      expect(() => defaultPlan(['__proto__'])).to.throw(ConfigError, 'there is no stream');
    });
  });

  describe('a catalog of wrong form', () => {
    const jobs = entry('jobs');
    const withMetadata = (metadata: unknown): unknown => ({
      streams: [entry('cities'), { ...jobs, metadata }],
    });
    const withSchema = (schema: unknown): unknown => ({ streams: [{ ...jobs, schema }] });
    const faults: [catalog: unknown, says: string][] = [
      [
        null,
        'c.json takes an object with an array of streams, but it is null: make one with --discover',
      ],
      [[], 'but it is an array'],
      [{}, 'but its streams are nothing'],
      [{ streams: {} }, 'but its streams are an object'],
      [{ streams: ['jobs'] }, 'c.json: streams[0] takes an object, got text'],
      [{ streams: [{}] }, "c.json: streams[0].tap_stream_id takes a stream's name, got nothing"],
      [{ streams: [{ tap_stream_id: '' }] }, 'c.json: streams[0].tap_stream_id takes'],
      [
        { streams: [{ ...jobs, stream: 1 }] },
        'c.json: streams[0].stream takes a name, got a number',
      ],
      [{ streams: [{ ...jobs, stream: '' }] }, 'c.json: streams[0].stream takes a name'],
      [
        { streams: [jobs, jobs] },
        'c.json: streams[1].tap_stream_id: "jobs" is in the catalog twice',
      ],
      [
        { streams: [jobs, entry('cities', { stream: 'jobs' })] },
        'c.json: two streams are called "jobs"',
      ],
      [
        { streams: [jobs, entry('rejected_records', { stream: 'jobs' })] },
        'c.json: two streams are called "jobs"',
      ],
      [
        { streams: [{ ...jobs, selected: 'yes' }] },
        'c.json: streams[0].selected takes true or false, got text',
      ],
      [
        { streams: [{ ...jobs, tap_stream_id: 'job' }] },
        'c.json: streams[0]: there is no stream "job" (did you mean jobs?)',
      ],
      [
        { streams: [{ ...jobs, metadata: null, selected: true, key_properties: 'id' }] },
        "the key takes an array of columns' names",
      ],
      [withMetadata({}), 'c.json: streams[1].metadata takes an array, got an object'],
      [withMetadata([null]), 'c.json: streams[1].metadata[0] takes an object, got null'],
      [
        withMetadata([{ metadata: {} }]),
        'c.json: streams[1].metadata[0].breadcrumb takes an array of texts, got nothing',
      ],
      [
        withMetadata([{ breadcrumb: [1], metadata: {} }]),
        'c.json: streams[1].metadata[0].breadcrumb takes',
      ],
      [
        withMetadata([{ breadcrumb: [] }]),
        'c.json: streams[1].metadata[0].metadata takes an object, got nothing',
      ],
      [
        withMetadata([{ breadcrumb: [], metadata: { selected: 'true' } }]),
        'c.json: streams[1].metadata[0].metadata.selected takes true or false, got text',
      ],
      [
        withMetadata([
          { breadcrumb: ['properties', 'id'], metadata: { 'selected-by-default': 1 } },
        ]),
        'c.json: streams[1].metadata[0].metadata.selected-by-default takes true or false',
      ],
      [withSchema(null), 'c.json: streams[0].schema takes an object, got null'],
      [withSchema({ type: 'array' }), 'c.json: streams[0].schema.type takes "object", got text'],
      [
        withSchema({ type: ['object', 1] }),
        'c.json: streams[0].schema.type takes "object", got an array',
      ],
      [
        withSchema({ type: 'object' }),
        'c.json: streams[0].schema.properties takes an object, got nothing',
      ],
      [
        withSchema({ properties: { id: true } }),
        'c.json: streams[0].schema.properties["id"] takes an object, got a boolean',
      ],
      [
        withSchema({ properties: { id: { type: 1 } } }),
        'c.json: streams[0].schema.properties["id"].type takes a type\'s name',
      ],
      [withSchema({ properties: {} }), 'c.json: streams[0].schema.properties lacks the key id'],
    ];
    for (const [catalog, says] of faults) {
      it(`is told: ${says}`, () => {
        expect(() => plan(catalog, { file: 'c.json' })).to.throw(ConfigError, says);
      });
    }

    it('is called a catalog where there is no file', () => {
      expect(() => plan(1)).to.throw(ConfigError, /^The catalog takes an object/);
    });

    it('does not matter in streams that are not selected', () => {
      expect(names(planOf(jobs, { tap_stream_id: 'elsewhere', schema: null }))).to.deep.equal([
        'jobs',
      ]);
    });
  });

  describe('whatever the catalog holds', () => {
    it('is planned, or refused by a ConfigError', () => {
      fc.assert(fc.property(fc.jsonValue(), isPlanned));
      fc.assert(fc.property(fc.array(fc.jsonValue()), (streams) => isPlanned({ streams })));
    });

    it('is so too where one value of a catalog is changed', () => {
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
