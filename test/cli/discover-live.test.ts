import { expect } from 'chai';
import { discover, type Catalog, type CatalogEntry } from '#src/catalog/discover.js';
import type { Simulator } from '#src/simulator/simulator.js';
import { ALL_STREAMS, STREAMS } from '#src/streams.js';
import { idAt } from '../simulator/client.js';
import { ended, Place, type Ended } from '../support/command.js';
import { messagesOf, recordsOf } from '../support/messages.js';

const LIVE = ['-c', 'c.json', '--discover', '--live'];

function entryOf({ stdout }: Ended, stream: string): CatalogEntry {
  const { streams }: Catalog = JSON.parse(stdout);
  return streams.find(({ tap_stream_id: id }) => id === stream)!;
}

describe('--discover --live', () => {
  let place: Place;
  let simulator: Simulator;
  let url: string;
  before(async () => {
    place = new Place();
    ({ simulator, url } = await place.simulator('c.json', { ugly: false }));
    const news = { 'Lot Color': 'red', score: 0.5, 'a:b': 1 };
    simulator.change('jobs', idAt(simulator, 'jobs', 0), news);
    place.file('set.json', { ...place.settings(url), discover_live: 'true' });
  });
  afterEach(() => simulator.clearFaults());
  after(() => place.close());

  it('prints the catalog with the new fields, and reports them', async () => {
    const before = simulator.calls.length;
    const live = await place.run(LIVE);
    expect(live.code, live.stderr).to.equal(0);
    // Work order statuses are in the page of their feed.
    expect(simulator.calls.length - before).to.equal(STREAMS.length);
    const { schema, metadata } = entryOf(live, 'jobs');
    expect(schema.properties['lot_color']?.type).to.deep.equal(['null', 'string']);
    expect(schema.properties['score']?.type).to.deep.equal(['null', 'number']);
    expect(metadata.at(-1)?.metadata).to.include({ 'bolt-eci-tap.discovered': true });
    expect(entryOf(live, 'cities')).to.deep.equal(
      discover().streams.find(({ stream }) => stream === 'cities'),
    );
    expect(live.stderr).to.include('INFO jobs: new: lot_color (string), score (number)\n');
    expect(live.stderr).to.include('only for _rescued_data: "a:b"\n');
    expect(live.stderr).to.match(/INFO cities: as declared, in \d+ rows?\n/);
    expect(live.stderr).to.match(
      new RegExp(
        `${ALL_STREAMS.length} of ${ALL_STREAMS.length} streams compared, \\d+ new fields\n$`,
      ),
    );
  });

  it('makes a catalog that a sync can use', async () => {
    const { stdout } = await place.run(LIVE);
    place.file('live.json', stdout);
    const synced = await place.run(['-c', 'c.json', '--catalog', 'live.json', '--streams', 'jobs']);
    expect(synced.code, synced.stderr).to.equal(0);
    const [job] = recordsOf(messagesOf(synced.stdout), 'jobs');
    expect(job).to.include({ lot_color: 'red', score: 0.5 });
    expect(synced.stderr).not.to.include('"Lot Color"');
  });

  it('only adds to a given catalog, and asks for its selected streams', async () => {
    const cities = discover().streams.find(({ stream }) => stream === 'cities')!;
    const jobs = discover().streams.find(({ stream }) => stream === 'jobs')!;
    cities.metadata[0]!.metadata['selected'] = false;
    const given = {
      streams: [cities, { ...jobs, stream: 'bolt_jobs', table: 'x' }],
      by: 'us',
    };
    place.file('given.json', given);
    const before = simulator.calls.length;
    const live = await place.run([...LIVE, '--catalog', 'given.json']);
    expect(live.code, live.stderr).to.equal(0);
    expect(simulator.calls.slice(before).map(({ stream }) => stream)).to.deep.equal(['jobs']);
    const { schema, metadata } = entryOf(live, 'jobs');
    const printed: unknown = JSON.parse(live.stdout);
    expect(printed).to.deep.equal({
      streams: [cities, { ...given.streams[1], schema, metadata }],
      by: 'us',
    });
    expect(schema.properties)
      .to.deep.include(jobs.schema.properties)
      .and.to.have.property('lot_color');
    place.file('given.json', printed);
    const again = await place.run([...LIVE, '--catalog', 'given.json']);
    expect(JSON.parse(again.stdout)).to.deep.equal(printed);
  }).timeout(20_000);

  it('is set by discover_live in a file, in the environment, and not by false', async () => {
    const streams = ['--streams', 'jobs'];
    const env = { TAP_BOLT_ECI_DISCOVER_LIVE: 'yes' };
    const all = [
      await place.run(['-c', 'set.json', '--discover', ...streams]),
      await place.run(['-c', 'c.json', '--discover', ...streams], { env }),
    ];
    for (const live of all)
      expect(entryOf(live, 'jobs').schema.properties).to.have.property('score');
    const off = { TAP_BOLT_ECI_DISCOVER_LIVE: 'false' };
    const plain = await place.run(['-c', 'set.json', '--discover'], { env: off });
    expect(JSON.parse(plain.stdout)).to.deep.equal(discover());
    const wrong = await place.run(['-c', 'c.json', '--discover'], {
      env: { TAP_BOLT_ECI_DISCOVER_LIVE: 'so' },
    });
    expect(wrong).to.include({ code: 2, stdout: '' });
    expect(wrong.stderr).to.include('discover_live').and.include('true or false');
  }).timeout(20_000);

  it('reports what never came, and values that do not fit', async () => {
    simulator.fault({
      stream: 'cities',
      kind: 'status',
      status: 200,
      body: '{"cities":[{"id":1,"name":"x","updated_at":"soon"}],"refresh_token":"r"}',
    });
    const { code, stderr } = await place.run([...LIVE, '--streams', 'cities']);
    expect(code).to.equal(0);
    expect(stderr).to.include('INFO cities: in none of 1 row: state, created_at, etag\n');
    expect(stderr).to.include(
      'type differs: updated_at in 1 of 1 row: not a date-time with an offset\n',
    );
  });

  it('keeps the entry of a stream without permission, and ends with 0', async () => {
    simulator.fault({ stream: 'jobs', kind: 'status', status: 403, times: Infinity });
    const live = await place.run([...LIVE, '--streams', 'jobs,cities']);
    expect(live.code, live.stderr).to.equal(0);
    expect(JSON.parse(live.stdout)).to.deep.equal(discover());
    expect(live.stderr).to.match(/^WARNING jobs: .*HTTP 403.*; its entry stays as it is$/m);
    const none = await place.run([...LIVE, '--streams', 'jobs']);
    expect(none.code).to.equal(3);
  });

  it('prints the catalog and ends with 1 if a stream fails', async () => {
    simulator.fault({ stream: 'jobs', kind: 'status', status: 500, times: Infinity });
    const env = { TAP_BOLT_ECI_MAX_RETRIES: '0' };
    const live = await place.run([...LIVE, '--streams', 'jobs,cities'], { env });
    expect(live.code, live.stderr).to.equal(1);
    expect(JSON.parse(live.stdout)).to.deep.equal(discover());
    expect(live.stderr).to.match(/^WARNING jobs: .*HTTP 500.*; its entry stays as it is$/m);
  });

  it('prints nothing if the token is refused or missing', async () => {
    const refused = await place.run(LIVE, { env: { TAP_BOLT_ECI_API_TOKEN: 'a-wrong-one' } });
    expect(refused).to.include({ code: 3, stdout: '' });
    expect(refused.stderr)
      .to.match(/^ERROR .*HTTP 401/m)
      .and.not.include('a-wrong-one');
    const missing = await place.run(['--discover', '--live']);
    expect(missing).to.include({ code: 2, stdout: '' });
  });

  it('prints nothing if it is stopped, by a signal or by max_run_minutes', async () => {
    simulator.fault({ stream: 'jobs', kind: 'slow', ms: 60_000, times: Infinity });
    const child = place.start([...LIVE, '--streams', 'cities,jobs']);
    child.stderr?.once('data', () => child.kill('SIGTERM'));
    const stopped = await ended(child);
    expect(stopped).to.include({ code: 143, stdout: '' });
    expect(stopped.stderr).to.include('stopped by SIGTERM; no catalog is printed');
    const env = { TAP_BOLT_ECI_MAX_RUN_MINUTES: '0.1', TAP_BOLT_ECI_CALLS_PER_SECOND: '0.01' };
    const late = await place.run([...LIVE, '--streams', 'cities,types'], { env });
    expect(late).to.include({ code: 1, stdout: '' });
    expect(late.stderr).to.include('no catalog is printed');
  }).timeout(20_000);

  it('--live alone is a mistake', async () => {
    const { code, stdout, stderr } = await place.run(['-c', 'c.json', '--live']);
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
    expect(stderr).to.include('--live goes with --discover');
  });
});
