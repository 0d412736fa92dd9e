import { Ajv } from 'ajv';
import { default as addFormats } from 'ajv-formats';
import { expect } from 'chai';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import type { Simulator, SimulatorOptions } from '#src/simulator/simulator.js';
import { idAt } from '../simulator/client.js';
import { ended, Place, type Ended } from '../support/command.js';
import { messagesOf, recordsOf, type Row } from '../support/messages.js';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../schemas/reports/verify.json', import.meta.url), 'utf8'),
);

/** The part of a report that tests look at. */
interface Report {
  readonly outcome: string;
  readonly exit_code: number;
  readonly ended_code: string | null;
  readonly calls: number;
  readonly missing: readonly number[];
  readonly stale: readonly number[];
  readonly surplus: readonly number[];
  readonly unknown: readonly number[];
}

describe('bolt-eci-tap verify', () => {
  let place: Place;
  let simulator: Simulator;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.close());

  async function start(options: SimulatorOptions = {}): Promise<void> {
    ({ simulator } = await place.simulator('c.json', { pageSize: 10, rows: 40, ...options }));
  }

  /** What a destination holds after a sync. */
  async function synced(stream = 'jobs'): Promise<Map<unknown, Row>> {
    const { code, stdout, stderr } = await place.run(['-c', 'c.json', '--streams', stream]);
    expect(code, stderr).to.equal(0);
    const records = recordsOf(messagesOf(stdout), stream);
    return new Map(records.map((record) => [record['id'], record]));
  }

  /** Puts the rows into a file, whose descriptor is given as stdin. */
  function stdinOf(rows: Iterable<Row> | string): number {
    const text =
      typeof rows === 'string'
        ? rows
        : Array.from(rows, (row) => `${JSON.stringify(row)}\n`).join('');
    return openSync(place.file('rows.ndjson', text), 'r');
  }

  async function verify(rows: Iterable<Row> | string, ...flags: string[]): Promise<Ended> {
    const stdin = stdinOf(rows);
    const args = ['verify', '-c', 'c.json', '--stream', 'jobs', '--report', 'r.json', ...flags];
    const result = await place.run(args, { stdin });
    closeSync(stdin);
    return result;
  }

  function report(): Report {
    const read: Report = JSON.parse(readFileSync(place.path('r.json'), 'utf8'));
    const ajv = new Ajv({ strict: false });
    addFormats.default(ajv);
    expect(ajv.validate(SCHEMA, read), JSON.stringify(ajv.errors)).to.equal(true);
    return read;
  }

  /** The file of an interrupted walk. */
  const positions = (): string[] =>
    existsSync(place.path('cache'))
      ? readdirSync(place.path('cache')).filter((name) => name.startsWith('verify-'))
      : [];

  it('ends with 0 and writes nothing to stdout if nothing differs', async () => {
    await start();
    const rows = await synced();
    const { code, stdout, stderr } = await verify(rows.values());
    expect({ code, stdout }, stderr).to.deep.equal({ code: 0, stdout: '' });
    expect(stderr).to.match(/INFO equal: jobs, 40 rows compared\n$/);
    expect(report()).to.deep.include({ outcome: 'equal', exit_code: 0, calls: 5 });
    expect(positions()).to.deep.equal([]);
  });

  it('finds what was removed, changed and added on both sides, and repairs it', async () => {
    await start();
    const rows = await synced();
    const at = (place: number): number => idAt(simulator, 'jobs', place);
    const [lost, marked, edited, changed, removed] = [at(1), at(2), at(13), at(24), at(35)];
    rows.delete(lost);
    rows.set(marked, { ...rows.get(marked), deleted_at: '2025-01-01 00:00:00' });
    rows.set(edited, { ...rows.get(edited), etag: 'W/"other"' });
    rows.set(5, { id: 5, etag: 'x' });
    // Changed long before the walk, as far as the walk can see.
    simulator.change('jobs', changed, { notes: 'x', updated_at: '2025-01-01T00:00:00Z' });
    simulator.remove('jobs', removed);

    const { code, stdout, stderr } = await verify(rows.values(), '--emit');
    expect(code, stderr).to.equal(7);
    expect(report()).to.deep.include({
      outcome: 'different',
      exit_code: 7,
      missing: [lost, marked],
      stale: [edited, changed],
      surplus: [5, removed],
      unknown: [],
    });
    expect(stderr).to.match(
      /ERROR different: jobs, 39 rows compared; 2 missing, 2 stale, 2 surplus\n$/,
    );

    const messages = messagesOf(stdout);
    expect(messages.map(({ type }) => type)).to.not.include('STATE');
    expect(messages[0]).to.deep.include({ type: 'SCHEMA', stream: 'jobs' });
    for (const record of recordsOf(messages, 'jobs'))
      rows.set(record['id'], { ...rows.get(record['id']), ...record });
    expect(rows.get(5)).to.have.property('deleted_at').that.is.a('string');
    expect(rows.get(marked)).to.have.property('deleted_at', null);
    const again = await verify(rows.values());
    expect(again.code, again.stderr).to.equal(0);
  });

  it('emits surplus rows with a SCHEMA of their key and deleted_at only', async () => {
    await start();
    const rows = await synced('offices');
    const stdin = stdinOf([...rows.values(), { id: 5 }]);
    const args = ['verify', '-c', 'c.json', '--stream', 'offices', '--emit'];
    const { code, stdout, stderr } = await place.run(args, { stdin });
    closeSync(stdin);
    expect(code, stderr).to.equal(7);
    const messages = messagesOf(stdout);
    const columns = messages.map((message) =>
      message.type === 'SCHEMA' ? Object.keys(message.schema.properties) : [],
    );
    expect(columns[0]).to.include.members(['id', 'name', 'deleted_at']);
    expect(columns.slice(1)).to.deep.equal([['id', 'deleted_at'], []]);
    expect(recordsOf(messages, 'offices').map((record) => Object.keys(record))).to.deep.equal([
      ['id', 'deleted_at'],
    ]);
  });

  it('emits nothing as deleted if Bolt returned less than half of the rows', async () => {
    await start();
    const rows = Array.from({ length: 100 }, (_, at) => ({ id: at + 1 }));
    const { code, stdout, stderr } = await verify(rows, '--emit');
    expect(code).to.equal(7);
    expect(stderr).to.match(
      /WARNING jobs: Bolt returned 40 rows and the destination has 100: less than /,
    );
    const records = recordsOf(messagesOf(stdout), 'jobs');
    expect(records.filter((record) => record['deleted_at'] !== null)).to.deep.equal([]);
    expect(report().surplus).to.have.length(100);
  });

  it('takes what changes during the walk as unknown', async () => {
    await start();
    const rows = await synced();
    const [first, last] = [idAt(simulator, 'jobs', 0), idAt(simulator, 'jobs', 39)];
    simulator.change('jobs', last, { notes: 'x' });
    simulator.change('jobs', first, { notes: 'x' });
    const { code, stderr } = await verify(rows.values());
    expect(code, stderr).to.equal(0);
    expect(report().unknown).to.have.members([first, last]);
    expect(stderr).to.include('equal: jobs, 40 rows compared; 2 unknown');
  });

  it('refuses rows with the number of the line, before any call', async () => {
    await start();
    for (const [text, message] of [
      ['{"id":1}\nsecret\n', 'line 2: not valid JSON'],
      ['{"id":1}\n\n{"etag":"x"}\n', 'line 3: no field id, which is the key'],
      ['{"id":1}\n{"id":"1"}\n', 'line 2: the key id is 1, as in a line before'],
      ['[]\n', 'line 1: an array instead of an object'],
      ['null\n{"id":1}\n', 'line 1: null instead of an object'],
    ] as const) {
      const { code, stdout, stderr } = await verify(text, '--emit');
      expect({ code, stdout, stderr }).to.deep.equal({
        code: 2,
        stdout: '',
        stderr: `ERROR stdin, ${message}\n`,
      });
    }
    const folder = openSync(place.folder, 'r');
    const args = ['verify', '-c', 'c.json', '--stream', 'jobs'];
    expect(await place.run(args, { stdin: folder })).to.deep.include({
      code: 2,
      stderr: 'ERROR stdin is a folder\n',
    });
    closeSync(folder);
    expect(simulator.calls).to.have.length(0);
  });

  it('warns about no rows', async () => {
    await start();
    const { code, stderr } = await verify('');
    expect(code).to.equal(7);
    expect(stderr).to.match(/^WARNING stdin has no rows: every row of jobs will be missing\n/);
    expect(report().missing).to.have.length(40);
  });

  it('refuses a terminal', async () => {
    await start();
    const env = { NODE_OPTIONS: '--import data:text/javascript,process.stdin.isTTY=true' };
    const { code, stderr } = await place.run(['verify', '-c', 'c.json', '--stream', 'jobs'], {
      env,
    });
    expect(code).to.equal(2);
    expect(stderr).to.match(/^ERROR verify reads .* from stdin, which is a terminal: .*\n$/);
  });

  it('refuses what cannot be verified', async () => {
    await start();
    place.file('catalog.json', { streams: [] });
    const message = async (...flags: string[]): Promise<string> => {
      const { code, stderr } = await place.run(['verify', '-c', 'c.json', ...flags]);
      expect(code, flags.join(' ')).to.equal(2);
      return stderr;
    };
    expect(await message()).to.include("required option '--stream <name>' not specified");
    expect(await message('--stream', 'job_events')).to.include('is a feed of events, not a list');
    expect(await message('--stream', 'rejected_records')).to.include('it is made by the tap');
    expect(await message('--stream', 'work_order_statuses')).to.include('it is made of events');
    expect(await message('--stream', 'jobz')).to.include('(did you mean jobs');
    expect(await message('--stream', 'jobs', '--catalog', 'catalog.json')).to.include(
      'catalog.json does not select jobs',
    );
    expect(await message('--stream', 'jobs', '--report', 'no/r.json')).to.include(
      '--report: no/r.json cannot be written: its folder does not exist',
    );
    expect(simulator.calls).to.have.length(0);
  });

  it('verifies the list without tokens', async () => {
    await start();
    const stdin = stdinOf([...simulator.rows('job_type_configuration')] as Row[]);
    const args = ['verify', '-c', 'c.json', '--stream', 'job_type_configuration'];
    const { code, stderr } = await place.run(args, { stdin });
    closeSync(stdin);
    expect(code, stderr).to.equal(0);
    expect(simulator.calls).to.have.length(1);
  });

  it('continues a walk that a signal has cut, and starts again with other rows', async () => {
    await start({ latencyMs: 150 });
    const rows = await synced();
    const lost = idAt(simulator, 'jobs', 0);
    rows.delete(lost);
    const before = simulator.calls.length;
    const stdin = stdinOf(rows.values());
    const args = ['verify', '-c', 'c.json', '--stream', 'jobs', '--report', 'r.json'];
    const child = place.start(args, { stdin });
    const ending = ended(child);
    while (simulator.calls.length < before + 3)
      await new Promise((resolve) => setImmediate(resolve));
    child.kill('SIGTERM');
    const cut = await ending;
    closeSync(stdin);
    expect(cut.code, cut.stderr).to.equal(143);
    expect(report()).to.deep.include({ outcome: 'incomplete', ended_code: 'STOPPED', surplus: [] });
    expect(positions()).to.have.length(1);

    const { code, stderr } = await verify(rows.values());
    expect(code, stderr).to.equal(7);
    expect(stderr).to.match(/INFO jobs: continuing an interrupted walk after \d pages\n/);
    expect(report()).to.deep.include({ outcome: 'different', missing: [lost], surplus: [] });
    expect(report().calls).to.be.below(5);
    expect(positions()).to.deep.equal([]);
  });

  it('starts again if the rows are not those of the interrupted walk', async () => {
    await start();
    const rows = await synced();
    simulator.fault({ kind: 'status', status: 409, stream: 'jobs', after: 2, times: 1 });
    const cut = await verify(rows.values());
    expect(cut.code, cut.stderr).to.equal(1);
    expect(cut.stderr).to.match(/ERROR jobs: .*HTTP 409.*\n/);
    expect(cut.stderr).to.match(/INFO incomplete: jobs, 20 rows compared\n$/);
    expect(report()).to.deep.include({ outcome: 'incomplete', ended_code: 'REQUEST_REJECTED' });
    const [first] = rows.keys();
    rows.delete(first);
    const { code, stderr } = await verify(rows.values());
    expect(code, stderr).to.equal(7);
    expect(stderr).to.match(/WARNING jobs: the rows or the settings are not those of the /);
    expect(report().missing).to.deep.equal([first]);
  });

  it('gives the exit codes of a sync if the API refuses', async () => {
    await start({ refusalStatus: 401, token: 'another' });
    expect((await verify('{"id":1}\n')).code).to.equal(3);
    simulator.fault({ kind: 'status', status: 403, stream: 'jobs', times: 2 });
    await place.simulator('c.json', { rows: 5, token: 'another', refusalStatus: 403 });
    expect((await verify('{"id":1}\n')).code).to.equal(3);
    expect(report()).to.deep.include({ outcome: 'incomplete', calls: 2 });
  });

  it('ends with 4 if the reader of the emitted rows goes away', async () => {
    await start({ rows: 400 });
    const stdin = stdinOf('');
    const child = place.start(['verify', '-c', 'c.json', '--stream', 'jobs', '--emit'], { stdin });
    child.stdout!.once('data', () => child.stdout!.destroy());
    const [code] = await once(child, 'exit');
    closeSync(stdin);
    expect(code).to.equal(4);
  });

  it('refuses a closed stdout with --emit only', async () => {
    await start();
    const args = ['verify', '-c', 'c.json', '--stream', 'jobs'];
    const closed = await place.run([...args, '--emit'], { closed: true });
    expect(closed.code).to.equal(1);
    expect(closed.stderr).to.include('stdout is closed');
    expect((await place.run(args, { closed: true })).code).to.equal(7);
  });
});
