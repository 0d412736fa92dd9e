import { expect } from 'chai';
import type { StreamSchema } from '#src/catalog/schema.js';
import { shippedSchema } from '#src/catalog/shipped.js';
import { Misfit } from '#src/shape/convert-type.js';
import { compileConvert } from '#src/shape/convert.js';
import type { Simulator, SimulatorOptions } from '#src/simulator/simulator.js';
import { STREAMS, type StreamDef } from '#src/streams.js';
import { follow, get, held, idAt, isRow, type Row, simulated, walk } from './client.js';

const text = { type: ['null', 'string'] };

/** Made-up streams of every kind: one entry and one schema each. */
const MADE_UP: readonly (readonly [StreamDef, StreamSchema['properties']])[] = [
  [
    {
      name: 'widgets',
      path: '/widgets',
      recordsKey: 'widget_list',
      keys: ['widget_id'],
      paging: 'list',
      flatten: { maker: 'maker_' },
    },
    {
      widget_id: { type: 'integer', minimum: 0 },
      job_id: { type: ['null', 'integer'] },
      name: text,
      contact_email: { type: ['string', 'null'], format: 'email' },
      phone: { ...text, maxLength: 9 },
      kind: { enum: ['small', 'large', null] },
      price: { type: ['null', 'number'], minimum: 5, maximum: 900 },
      stock: { anyOf: [{ type: 'null' }, { type: 'integer', maximum: 12 }] },
      active: { type: 'boolean' },
      start_date: { ...text, format: 'date-time' },
      checked: { ...text, format: 'date-time' },
      bought_on: { ...text, format: 'date' },
      created_at: { ...text, format: 'date-time' },
      updated_at: { ...text, format: 'date-time' },
      parts: { type: ['null', 'array'], items: { type: 'string' } },
      size: { type: 'object', properties: { width: { type: 'number' } } },
      tags: { ...text, description: 'Tags, as JSON text' },
      maker_name: text,
      maker_city: text,
      etag: text,
    },
  ],
  [
    {
      name: 'colors',
      path: '/colors',
      recordsKey: 'colors',
      keys: ['code'],
      paging: 'array',
      flatten: {},
    },
    { code: { type: 'string' }, label: text },
  ],
  [
    {
      name: 'visit_events',
      path: '/visits/events',
      recordsKey: 'events',
      keys: ['event_id'],
      paging: 'events',
      flatten: { visit: 'visit_' },
      eventIdParts: ['visit_id', 'event', 'created_at'],
    },
    {
      event_id: { type: 'string' },
      id: { type: ['null', 'integer'] },
      event: text,
      author: text,
      created_at: text,
      reason: text,
      changes: text,
      visit_id: { type: ['null', 'integer'] },
      visit_done: { type: ['null', 'boolean'] },
      visit_comment: text,
      visit_updated_at: { ...text, format: 'date-time' },
    },
  ],
  [
    {
      name: 'office_events',
      path: '/offices/events',
      recordsKey: 'events',
      keys: ['event_id'],
      paging: 'events',
      flatten: { office: 'office_' },
      eventIdParts: ['id', 'event', 'created_at'],
    },
    {
      event_id: { type: 'string' },
      id: { type: ['null', 'integer'] },
      event: text,
      author: text,
      created_at: text,
      changes: text,
      office_id: { type: ['null', 'integer'] },
      office_name: text,
    },
  ],
];
const SCHEMAS = new Map(
  MADE_UP.map(([{ name }, properties]) => [name, { type: 'object', properties }]),
);
const DEFS = MADE_UP.map(([stream]) => stream);

function extended(options: SimulatorOptions = {}): Simulator {
  return simulated({
    streams: [...DEFS, ...STREAMS],
    schemaOf: (stream) => SCHEMAS.get(stream) ?? shippedSchema(stream),
    ...options,
  });
}

/** The cells of a row by column. */
function cellsOf({ flatten }: StreamDef, row: Row): Row {
  const cells: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(row)) {
    const prefix = flatten[key];
    if (prefix === undefined) cells[key.toLowerCase().replaceAll(/[ -]/g, '_')] = value;
    else
      for (const [part, cell] of Object.entries(isRow(value) ? value : {}))
        cells[prefix + part] = cell;
  }
  return cells;
}

/** Lists wrong cells: nulls that are not allowed, wrong types, columns that never occur. */
function faultsIn(
  simulator: Simulator,
  stream: StreamDef,
  properties: StreamSchema['properties'],
): string[] {
  const rows = held(simulator, stream.name).map((row) => cellsOf(stream, row));
  const required = new Set([...stream.keys, ...(stream.eventIdParts ?? [])]);
  return Object.entries(properties).flatMap(([name, schema]) => {
    if (name === 'event_id') return [];
    const convert = compileConvert(schema, name);
    const cells = rows.map((row) => row[name] ?? null);
    const filled = cells.filter(
      (cell) => cell !== null && !(typeof cell === 'string' && cell.trim() === ''),
    );
    const nullable = JSON.stringify(schema).includes('null') && !required.has(name);
    const wrong = filled.map((cell) => convert(cell)).find((value) => value instanceof Misfit);
    const faults: string[] = [];
    if (filled.length === 0) faults.push(`${name} never occurs`);
    if (filled.length < cells.length && !nullable) faults.push(`${name} is null`);
    if (wrong) faults.push(`${name}: ${wrong.reason}`);
    return faults;
  });
}

describe('streams without a row maker', () => {
  for (const [stream, properties] of MADE_UP) {
    it(`${stream.name}: every cell converts and every column occurs, before and after changes`, () => {
      for (const options of [{}, { seed: 4 }, { ugly: false }, { rows: 20 }]) {
        const simulator = extended(options);
        expect([...simulator.rows(stream.name)]).not.to.have.length(0);
        expect(faultsIn(simulator, stream, properties)).to.deep.equal([]);
        simulator.evolve(150);
        expect(faultsIn(simulator, stream, properties)).to.deep.equal([]);
      }
    });

    it(`${stream.name}: the same seed gives the same rows, another seed others`, () => {
      const rows = held(extended({ seed: 9 }), stream.name);
      expect(held(extended({ seed: 9 }), stream.name)).to.deep.equal(rows);
      expect(held(extended({ seed: 8 }), stream.name)).not.to.deep.equal(rows);
    });
  }

  it('a list has pages, unique keys, ids of other lists, and texts that fit their names', async () => {
    const simulator = extended({ pageSize: 20 });
    const pages = await walk(simulator, '/widgets');
    const rows = pages.flatMap((page) => page.rows);
    expect(pages.map((page) => page.rows.length)).to.deep.equal([20, 20, 10]);
    expect(pages[0]?.body).to.have.property('widget_list');
    expect(rows).to.deep.equal(held(simulator, 'widgets'));
    expect(new Set(rows.map((row) => row['widget_id'])).size).to.equal(50);
    const jobs = new Set(held(simulator, 'jobs').map((row) => row['id']));
    for (const row of rows) if (row['job_id']) expect(jobs).to.include(Number(row['job_id']));
    const plain = held(extended({ ugly: false }), 'widgets')[0];
    expect(plain?.['contact_email']).to.match(/^\w+@example\.com$/);
    expect(plain?.['phone']).to.match(/^512-555-0$/);
    expect(plain?.['tags']).to.be.an('array');
    expect(plain?.['maker']).to.have.all.keys('name', 'city');
  });

  it('a list sends what changed, and evolve counts it', async () => {
    const simulator = extended();
    const [first] = await walk(simulator, '/widgets');
    const counts = simulator.evolve(400);
    const changed = await walk(simulator, '/widgets', { refresh_token: first?.refresh_token });
    expect(changed.flatMap(({ rows }) => rows)).to.have.length(counts['widgets']!);
    expect(counts['widgets']).to.be.greaterThan(5);
    simulator.evolve(2000);
    const idsNow = new Set(held(simulator, 'widgets').map((row) => row['widget_id']));
    const idsBefore = new Set(held(extended(), 'widgets').map((row) => row['widget_id']));
    expect(
      [...idsNow].some((id) => !idsBefore.has(id)),
      'added',
    ).to.equal(true);
    expect(
      [...idsBefore].some((id) => !idsNow.has(id)),
      'removed',
    ).to.equal(true);
    const id = Number(held(simulator, 'widgets')[3]?.['widget_id']);
    simulator.change('widgets', id, { name: 'renamed' });
    expect(held(simulator, 'widgets')[3]).to.include({ widget_id: id, name: 'renamed' });
  });

  it('a list has malformed rows: without an object or without the key', () => {
    for (const row of extended({ malformed: 1, ugly: false }).rows('colors')) {
      expect(isRow(row) ? (row['code'] ?? null) : null).to.equal(null);
    }
  });

  it('an array comes as a whole', async () => {
    const { rows, body } = await get(extended(), '/colors');
    expect([rows.length, body]).to.deep.equal([10, {}]);
  });

  it('a feed has creations, updates and removals, and evolve adds events', async () => {
    const simulator = extended({ ugly: false });
    const pages = await follow(simulator, '/visits/events');
    expect(pages.flatMap(({ rows }) => rows)).to.have.length(150);
    const events = pages.flatMap(({ rows }) => rows);
    expect(new Set(events.map((event) => event['event']))).to.deep.equal(
      new Set(['create', 'update', 'destroy']),
    );
    const updates = events.filter((event) => event['event'] === 'update');
    expect(updates.some((event) => 'done' in (event['changes'] as Row))).to.equal(true);
    const counts = simulator.evolve(400);
    const later = await follow(simulator, '/visits/events', pages.at(-1)?.event_token);
    expect(later.flatMap(({ rows }) => rows)).to.have.length(counts['visit_events']!);
    expect(counts['visit_events']).to.be.greaterThan(5);
  });

  it('a feed is about the list of its name, if the list has all columns of the snapshot', () => {
    const simulator = extended({ ugly: false });
    const id = idAt(simulator, 'offices', 1);
    const before = held(simulator, 'office_events').length;
    simulator.change('offices', id, { name: 'Moved' });
    const events = held(simulator, 'office_events');
    expect(events).to.have.length(before + 1);
    expect(events.at(-1)?.['office']).to.deep.equal(held(simulator, 'offices')[1]);
    expect(() => simulator.add('visits')).to.throw(RangeError);
  });

  it('leave the rows of the other streams as they are', () => {
    const streams = [...STREAMS, ...DEFS.slice(0, 3)];
    const [plain, more] = [simulated({ now: () => 0 }), extended({ streams, now: () => 0 })];
    for (const { name } of STREAMS) expect(held(more, name), name).to.deep.equal(held(plain, name));
    const { jobs, job_events } = plain.evolve(50);
    expect(more.evolve(50)).to.include({ jobs, job_events });
    for (const name of ['jobs', 'job_events', 'invoices']) {
      expect(held(more, name), name).to.deep.equal(held(plain, name));
    }
  });
});
