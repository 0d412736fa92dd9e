import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import type { Simulator } from '#src/simulator/simulator.js';
import { ALL_STREAMS, STREAMS } from '#src/streams.js';
import { ended, Place } from '../support/command.js';
import { countsOf, lastState, type Message, messagesOf } from '../support/messages.js';
import { COMMAND, inProject } from '../support/paths.js';

const LISTS_WITH_TOKEN = STREAMS.filter(({ paging }) => paging === 'list').map(({ name }) => name);

/** How many rows each stream has. A status is emitted with each of its events. */
function rowsOf(simulator: Simulator): Record<string, number> {
  const count = (name: string): number => [...simulator.rows(name)].length;
  return {
    ...Object.fromEntries(STREAMS.map(({ name }) => [name, count(name)])),
    work_order_statuses: count('work_order_status_events'),
  };
}

/** The counts of streams that have any. */
function some(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

describe('a sync by the command', () => {
  let place: Place;
  let simulator: Simulator;
  let full: Message[];
  let logged: string;

  before(async () => {
    place = new Place();
    ({ simulator } = await place.simulator('c.json'));
    const { code, stdout, stderr } = await place.run(['-c', 'c.json', '-s', 'state.json']);
    expect(code, stderr).to.equal(0);
    full = messagesOf(stdout);
    logged = stderr;
  });
  after(() => place.close());

  it('brings all rows of all streams first, and says that it is a first run', () => {
    expect(countsOf(full)).to.deep.equal(rowsOf(simulator));
    expect(full[0]).to.deep.equal({ type: 'STATE', value: { bookmarks: {} } });
    expect(Object.keys(lastState(full).bookmarks)).to.include.members(LISTS_WITH_TOKEN);
    expect(logged).to.include('INFO state.json does not exist yet: this is a first run\n');
    const n = String(ALL_STREAMS.length);
    expect(logged).to.match(new RegExp(`^INFO total .* ${n} of ${n} complete$`, 'm'));
    expect(logged).to.match(new RegExp(`\\nINFO complete: ${n} streams, [\\d,]+ rows\\n$`));
    expect(logged).to.match(/^INFO METRIC: \{"type":"timer"/m);
  });

  it('says before the first call how each stream will run, and in the table how it ran', async () => {
    const modes = (stderr: string): string[] =>
      stderr
        .split('\n')
        .flatMap(
          (line) => /^INFO (?:\S+Z )?((?:in full|incremental|continuing) .*)/.exec(line)?.[1] ?? [],
        );
    const [first, whole] = modes(logged);
    expect(first).to.match(/^in full \(first run\): builder_orders, .*, work_order_statuses$/);
    expect(whole).to.equal('in full (FULL_TABLE): job_type_configuration');
    const calls = logged.search(/METRIC|total/);
    expect(logged.lastIndexOf('in full (')).to.be.lessThan(calls);
    const { bookmarks } = lastState(full);
    place.file('modes.json', {
      bookmarks: { jobs: bookmarks['jobs'], offices: {}, crews: bookmarks['crews'] },
    });
    const streams = 'jobs,offices,crews,cities';
    const some = [
      '-c',
      'c.json',
      '-s',
      'modes.json',
      '--streams',
      streams,
      '--full-refresh',
      'crews',
    ];
    const { stderr } = await place.run(some);
    expect(modes(stderr)).to.deep.equal([
      'in full (no bookmark): cities',
      'in full (--full-refresh): crews',
      'incremental from a bookmark: jobs',
      'in full (no token in the bookmark): offices',
    ]);
    expect(stderr)
      .to.match(/ jobs +incremental +0 /)
      .and.to.match(/ crews +full +\d+ /);
  });

  it('brings nothing from the last STATE on, and after changes exactly those', async () => {
    const own = await place.simulator('changing.json');
    const first = await place.run(['-c', 'changing.json']);
    place.file('changing-state.json', messagesOf(first.stdout).at(-1));
    const again = await place.run(['-c', 'changing.json', '-s', 'changing-state.json']);
    const whole = { job_type_configuration: rowsOf(own.simulator)['job_type_configuration']! };
    expect(countsOf(messagesOf(again.stdout))).to.deep.equal(whole);

    const changed = own.simulator.evolve(15);
    place.file('changing-state.json', lastState(messagesOf(again.stdout)));
    const then = await place.run(['-c', 'changing.json', '-s', 'changing-state.json']);
    expect(countsOf(messagesOf(then.stdout))).to.deep.equal({
      ...some({ ...changed, work_order_statuses: changed['work_order_status_events'] ?? 0 }),
      ...whole,
    });
    expect(Object.keys(some(changed))).to.have.length.above(4);
  });

  it('takes over the state of the older connector, and begins in full from an empty file', async () => {
    const { jobs, crews } = lastState(full).bookmarks;
    place.file('older.json', {
      jobs: { refresh_token: jobs!['refresh_token'] },
      crews: { refresh_token: crews!['refresh_token'], next_batch: 'somewhere' },
    });
    place.file('empty.json', '');
    const [older, empty] = await Promise.all(
      ['older', 'empty'].map((name) =>
        place.run(['-c', 'c.json', '--streams', 'jobs,crews', '-s', `${name}.json`]),
      ),
    );
    const rows = rowsOf(simulator);
    expect(countsOf(messagesOf(older!.stdout))).to.deep.equal({ crews: rows['crews'] });
    expect(older!.stderr).to.include(
      'INFO older.json: taken over from the older connector (jobs)\n',
    );
    expect(older!.stderr).to.include(
      'INFO older.json: the older connector stopped crews in the middle of a walk',
    );
    expect(countsOf(messagesOf(empty!.stdout))).to.deep.equal({
      crews: rows['crews'],
      jobs: rows['jobs'],
    });
    expect(empty!.stderr).to.include(
      'WARNING empty.json is empty: it was probably cut off while it was written',
    );
  });

  it('takes settings from several files, over them from the environment, over that from flags', async () => {
    const { base_url, api_token, ...rest } = JSON.parse(readFileSync(place.path('c.json'), 'utf8'));
    place.file('secret.json', { api_token });
    place.file('first.json', { base_url: 'http://127.0.0.1:9', streams: ['jobs'] });
    place.file('second.json', { ...rest, base_url });
    const files = ['first.json', 'second.json', 'secret.json'].flatMap((file) => [
      '--config',
      file,
    ]);
    const variables = Object.entries({ ...rest, base_url, api_token }).map(([name, value]) => [
      `TAP_BOLT_ECI_${name.toUpperCase()}`,
      String(value),
    ]);
    const env = { TAP_BOLT_ECI_STREAMS: 'crews' };
    const results = await Promise.all([
      place.run(files, { env }),
      place.run([...files, '--streams', 'offices'], { env }),
      place.run(['--config=ENV'], { env: { ...env, ...Object.fromEntries(variables) } }),
    ]);
    const synced = results.map(({ stdout }) => Object.keys(countsOf(messagesOf(stdout))).join(','));
    expect(synced).to.deep.equal(['crews', 'offices', 'crews']);
  });

  it('reads its catalog, and syncs what that selects', async () => {
    const catalog = JSON.parse(readFileSync(inProject('catalog.example.json'), 'utf8'));
    for (const entry of catalog.streams)
      entry.metadata[0].metadata.selected = entry.stream === 'crews';
    place.file('catalog.json', catalog);
    const { stdout } = await place.run(['-c', 'c.json', '--catalog', 'catalog.json']);
    const schemas = messagesOf(stdout).flatMap((message) =>
      message.type === 'SCHEMA' ? [message.stream] : [],
    );
    expect(schemas).to.deep.equal(['crews']);
  });

  it('--max-records leaves the bookmarks, --full-refresh forgets those that it names', async () => {
    place.file('last.json', lastState(full));
    const state = ['-c', 'c.json', '-s', 'last.json', '--streams', 'jobs,work_orders'];
    const [few, all] = await Promise.all([
      place.run([...state, '--full-refresh', 'jobs', '--max-records', '3']),
      place.run([...state, '--full-refresh', 'all']),
    ]);
    expect(countsOf(messagesOf(few.stdout))).to.deep.equal({ jobs: 3 });
    expect(lastState(messagesOf(few.stdout)).bookmarks).to.deep.equal(lastState(full).bookmarks);
    expect(countsOf(messagesOf(all.stdout))).to.deep.equal({ jobs: 20, work_orders: 20 });
  });

  it('logs as JSON, and less where a higher level is set', async () => {
    const [json, quiet] = await Promise.all([
      place.run([
        '-c',
        'c.json',
        '--streams',
        'crews',
        '--log-format',
        'json',
        '--log-level',
        'debug',
        '--summary',
        'x',
      ]),
      place.run(['-c', 'c.json', '--streams', 'crews', '--log-level', 'error']),
    ]);
    const lines = json.stderr.trim().split('\n');
    for (const line of lines)
      expect(JSON.parse(line)).to.include.keys('level', 'ts', 'logger_name', 'message');
    expect(
      lines.some((line) =>
        JSON.parse(line).message.startsWith('crews: from the beginning: 200 after '),
      ),
    ).to.equal(true);
    expect(JSON.parse(readFileSync(place.path('x'), 'utf8'))).to.include({
      exit_code: 0,
      ended: null,
    });
    expect(quiet).to.include({ code: 0, stderr: '' });
    expect(messagesOf(json.stdout)).to.have.length(messagesOf(quiet.stdout).length);
  });
});

describe('the way of docs/state.md to keep the state', () => {
  let place: Place;
  before(() => {
    place = new Place();
  });
  after(() => place.close());

  it('goes on from run to run, and keeps the old state where the target gives none', async function () {
    if (process.platform === 'win32') this.skip();
    const page = readFileSync(inProject('docs/state.md'), 'utf8');
    const [, lines] = /<!-- keep-state -->\s*```sh\n([^`]+)```/.exec(page)!;
    const { simulator } = await place.simulator('config.json');
    const shim = (name: string, script: string): void =>
      chmodSync(place.file(name, `#!/bin/sh\n${script}\n`), 0o700);
    const runLines = async (): Promise<string> => {
      const env = {
        ...process.env,
        PATH: `${place.folder}:${process.env['PATH']}`,
        TAP_BOLT_ECI_STREAMS: 'crews',
      };
      await ended(spawn('sh', ['-c', lines!], { cwd: place.folder, env }));
      return readFileSync(place.path('state.json'), 'utf8');
    };
    shim('bolt-eci-tap', `exec "${process.execPath}" "${COMMAND}" "$@"`);
    // A target that stores nothing and gives each state back as targets do: its value alone.
    shim('target-jsonl', String.raw`sed -n 's/^{"type":"STATE","value":\(.*\)}$/\1/p'`);
    const first = JSON.parse(await runLines());
    expect(first.bookmarks.crews).to.have.all.keys('refresh_token');
    const second = await runLines();
    expect(simulator.calls.map(({ query }) => query)).to.deep.equal([{}, first.bookmarks.crews]);
    shim('target-jsonl', 'exit 1');
    expect(await runLines()).to.equal(second);
  });
});

describe('a sync that fails', () => {
  let place: Place;
  before(() => {
    place = new Place();
  });
  after(() => place.close());

  it('ends with 1 where a stream failed, and the others are complete', async () => {
    const { simulator } = await place.simulator('c.json');
    simulator.fault({ kind: 'missing-rows', stream: 'jobs' });
    const { code, stdout, stderr } = await place.run([
      '-c',
      'c.json',
      '--streams',
      'jobs,offices,crews',
    ]);
    expect(code).to.equal(1);
    expect(Object.keys(countsOf(messagesOf(stdout)))).to.deep.equal(['crews', 'offices']);
    expect(lastState(messagesOf(stdout)).bookmarks).to.have.all.keys('crews', 'offices');
    expect(stderr)
      .to.match(/^ERROR jobs: the response has no list "jobs"/m)
      .and.match(/^INFO failed: jobs: /m);
  });

  it('ends with 3 where the token is refused, or may read none of the streams', async () => {
    const [wrong, forbidden] = await Promise.all([
      place.simulator('wrong.json'),
      place.simulator('forbidden.json'),
    ]);
    place.file('wrong.json', { ...place.settings(wrong.url), api_token: 'another-token' });
    forbidden.simulator.fault({ kind: 'status', status: 403, times: Infinity });
    const names = ['wrong', 'forbidden'];
    const results = await Promise.all(
      names.map((name) => place.run(['-c', `${name}.json`, '--streams', 'jobs,offices'])),
    );
    for (const { code, stdout } of results) {
      expect(code).to.equal(3);
      expect(lastState(messagesOf(stdout)))
        .to.have.property('bookmarks')
        .that.deep.equals({});
    }
    expect(results[0]!.stderr.match(/^ERROR .*$/gm)).to.deep.equal([
      'ERROR jobs: the API refuses the token (HTTP 401): check api_token, api_token_name and base_url',
    ]);
    expect(
      results[1]!.stderr.match(/^ERROR .* the token has no access to this stream \(HTTP 403\)/gm),
    ).to.have.length(2);
  });
});
