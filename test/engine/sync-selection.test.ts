import { expect } from 'chai';
import { discover, type Catalog, type CatalogEntry } from '#src/catalog/discover.js';
import { REJECTED } from '#src/streams.js';
import { held, simulated } from '../simulator/client.js';
import { useApi } from '../support/api.js';
import type { SchemaMessage } from '../support/messages.js';
import { syncOnce, type Ran } from '../support/run.js';

/** The discovered catalog after a change to one entry's metadata and schema. */
function catalogWith(change: (entry: (stream: string) => CatalogEntry) => void): Catalog {
  const catalog = discover();
  change((stream) => catalog.streams.find(({ tap_stream_id }) => tap_stream_id === stream)!);
  return catalog;
}

function select(entry: CatalogEntry, column: string | null, selected: boolean): void {
  const item = entry.metadata.find(({ breadcrumb }) =>
    column === null ? breadcrumb.length === 0 : breadcrumb[1] === column,
  );
  item!.metadata['selected'] = selected;
}

function schemaOf({ messages }: Ran, stream: string): SchemaMessage | undefined {
  return messages.find(
    (message): message is SchemaMessage => message.type === 'SCHEMA' && message.stream === stream,
  );
}

describe('sync: selection', () => {
  useApi();

  it('asks for no stream that is not selected', async () => {
    const simulator = simulated({ rows: 3 });
    const catalog = catalogWith((entry) => {
      for (const { tap_stream_id } of discover().streams)
        select(entry(tap_stream_id), null, ['cities', 'jobs'].includes(tap_stream_id));
    });
    const ran = await syncOnce({ simulator, catalog });
    expect(new Set(simulator.calls.map(({ stream }) => stream))).to.deep.equal(
      new Set(['cities', 'jobs']),
    );
    expect(schemaOf(ran, 'offices')).to.equal(undefined);
    expect(schemaOf(ran, REJECTED)).to.equal(undefined);
  });

  it('of fields holds in SCHEMA, RECORD and what is rejected', async () => {
    const simulator = simulated({
      rows: 0,
      rowsByStream: { jobs: 40 },
      malformed: 0.6,
      ugly: false,
    });
    const catalog = catalogWith((entry) => {
      for (const column of ['address', 'updated_at', 'home_owner_email', 'id'])
        select(entry('jobs'), column, false);
    });
    const ran = await syncOnce({ simulator, catalog, streams: ['jobs'] });
    const hidden = [...simulator.rows('jobs')].flatMap((row) =>
      typeof row === 'object' && row !== null && 'address' in row ? [String(row.address)] : [],
    );
    expect(hidden.length).to.be.greaterThan(20);
    expect(Object.keys(schemaOf(ran, 'jobs')!.schema.properties))
      .to.include.members(['id', 'notes'])
      .and.not.include.members(['address', 'updated_at', 'home_owner_email']);
    for (const record of ran.records('jobs'))
      expect(record).to.have.property('id').that.is.a('number');
    for (const record of ran.records('jobs'))
      expect(record).not.to.have.any.keys('address', 'updated_at');
    expect(ran.records(REJECTED).length).to.be.greaterThan(3);
    for (const address of hidden) expect(ran.text).not.to.include(address);
    expect(ran.records(REJECTED).map(({ field }) => field)).not.to.include('updated_at');
  });

  it('follows a type that the catalog changes, and takes the row’s field for a property that it adds', async () => {
    const simulator = simulated({ rows: 0, rowsByStream: { cities: 4 }, ugly: false });
    const catalog = catalogWith((entry) => {
      const cities = entry('cities');
      cities.schema = {
        type: 'object',
        properties: {
          id: { type: 'string' },
          name: { type: ['null', 'string'] },
          updated_at: { type: ['null', 'string'], format: 'date' },
          mayor: { type: ['null', 'integer'] },
        },
      };
    });
    for (const { id } of held(simulator, 'cities'))
      simulator.change('cities', Number(id), { mayor: '7' });
    const ran = await syncOnce({ simulator, catalog, streams: ['cities'] });
    expect(schemaOf(ran, 'cities')?.schema.properties).to.have.all.keys(
      'id',
      'name',
      'updated_at',
      'mayor',
    );
    for (const record of ran.records('cities')) {
      expect(record['id']).to.match(/^\d+$/);
      expect(record['updated_at']).to.match(/^\d{4}-\d\d-\d\d$/);
      expect(record['mayor']).to.equal(7);
    }
    expect(
      ran.said
        .filter((line) => line.includes('does not declare'))
        .map((line) => /"(\w+)"/.exec(line)?.[1]),
    ).to.deep.equal(['state', 'created_at', 'etag']);
  });

  it('uses the name that the catalog gives a stream, in messages alone', async () => {
    const simulator = simulated({ rows: 3 });
    const catalog = catalogWith((entry) => (entry('cities').stream = 'towns'));
    const ran = await syncOnce({ simulator, catalog, streams: ['cities'] });
    expect(ran.records('towns').length).to.be.greaterThan(0);
    expect(ran.records('cities')).to.deep.equal([]);
    expect(ran.state.bookmarks).to.have.all.keys('cities');
  });

  it('of rejected_records off: the warnings name stream, key, field and reason', async () => {
    const simulator = simulated({
      rows: 0,
      rowsByStream: { jobs: 30 },
      malformed: 0.5,
      ugly: false,
    });
    const ran = await syncOnce({
      simulator,
      streams: ['jobs'],
      catalog: catalogWith((entry) => select(entry(REJECTED), null, false)),
    });
    expect(ran.records(REJECTED)).to.deep.equal([]);
    const kept = await syncOnce({ simulator, streams: ['jobs'] });
    const expected = kept.rejected.map(({ stream, record_key, field, reason }) =>
      field === null
        ? `WARN ${stream}: row without a key: ${reason}; left out`
        : `WARN ${stream}: row ${record_key}, ${field}: ${reason}; emitted as null`,
    );
    expect(expected.length).to.be.greaterThan(5);
    expect(ran.said.slice(0, -1)).to.deep.equal(expected);
  });
});
