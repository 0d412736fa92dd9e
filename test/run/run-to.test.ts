import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'chai';
import { queryFile } from '../support/duckdb.js';
import { COMMAND } from '../support/paths.js';
import { runCommand, startCommand, type Finished } from '../support/processes.js';
import { prepareRuns, SOME } from '../support/runs.js';

describe('run --to', function () {
  this.timeout(30_000);
  const { folder, simulator, env, state } = prepareRuns();
  const file = (): string => join(folder(), 'bolt.duckdb');
  const ran = (...flags: string[]): Promise<Finished> =>
    runCommand(['run', '--to', file(), ...flags], { env: env(), cwd: folder() });
  const count = async (stream: string): Promise<unknown> =>
    (await queryFile(file(), `SELECT count(DISTINCT id)::INTEGER AS n FROM ${stream}`))[0]?.['n'];
  const storedBookmarks = async (): Promise<object> => {
    const [{ state: json } = {}] = await queryFile(file(), 'SELECT state FROM _singer_state');
    const { bookmarks }: { bookmarks: object } = JSON.parse(String(json));
    return bookmarks;
  };

  it('loads all rows, keeps the bookmarks in the database, and continues from them', async () => {
    const first = await ran('--no-progress');
    expect(first.code, first.log).to.equal(0);
    expect(first.out).to.equal('');
    expect(first.log).to.match(/bolt\.duckdb holds no bookmarks yet: this is a first run/);
    expect(first.log).to.match(/INFO loaded [\d,]+ rows into .*bolt\.duckdb: /);
    expect(first.log).to.match(/bolt\.duckdb holds what load committed last\n$/);
    for (const stream of ['jobs', 'work_orders'])
      expect(await count(stream)).to.equal([...simulator().rows(stream)].length);
    expect(Object.keys(await storedBookmarks())).to.have.members(SOME);

    const second = await ran('--summary', join(folder(), 'summary.json'));
    expect(second.code, second.log).to.equal(0);
    expect(second.log).to.match(/incremental from a bookmark: cities, jobs, work_orders/);
    expect(existsSync(state())).to.equal(false);
    const summary = JSON.parse(readFileSync(join(folder(), 'summary.json'), 'utf8'));
    expect(summary).to.include({ exit_code: 0, run_exit_code: 0, run_code: null });
  });

  it('keeps the bookmarks in a file, if there is one', async () => {
    const { code, log } = await ran('--state', state(), '--streams', 'cities');
    expect(code, log).to.equal(0);
    expect(JSON.parse(readFileSync(state(), 'utf8'))).to.have.nested.property('bookmarks.cities');
    expect(log).to.match(/state\.json holds what load committed last\n$/);
  });

  it('commits what came, on SIGTERM', async () => {
    simulator().fault({ kind: 'stalled', stream: 'work_orders', after: 1 });
    const {
      process: child,
      finished,
      said,
    } = startCommand(['run', '--to', file(), '--log-level=debug'], { env: env() });
    await said(/DEBUG work_orders: /);
    child.kill('SIGTERM');
    const { code, log } = await finished;
    simulator().clearFaults();
    expect(code, log).to.equal(143);
    expect(await storedBookmarks()).to.include.keys('cities', 'jobs');
    expect(await count('jobs')).to.be.above(0);
    expect((await ran()).code).to.equal(0);
    expect(await count('jobs')).to.equal([...simulator().rows('jobs')].length);
  });

  it('ends quietly if run is killed while the database opens', async () => {
    const child = fork(COMMAND, ['load', '--to', file(), '--log-level=error'], {
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    });
    child.disconnect();
    child.stdin?.end();
    const [[code], log] = await Promise.all([once(child, 'exit'), text(child.stderr!)]);
    expect({ code, log }).to.deep.equal({ code: 0, log: '' });
  });

  it('does not start while another process has the database open', async () => {
    const instance = await DuckDBInstance.create(file());
    const { code, log } = await ran();
    instance.closeSync();
    expect(code).to.equal(5);
    expect(log).to.match(/^ERROR .*bolt\.duckdb is in use by process \d+: only one process can/);
    expect(log.trim()).not.to.contain('\n');
  });

  it('rejects a file that is not a database, before it asks the API', async () => {
    const before = simulator().calls.length;
    const { code, log } = await runCommand(['run', '--to', folder()], { env: env() });
    expect(code).to.equal(2);
    expect(log).to.match(/^ERROR .* cannot be opened: /);
    expect(simulator().calls).to.have.length(before);
  });

  it('rejects a target beside it', async () => {
    const { code, log } = await ran('--', 'cat');
    expect(code).to.equal(2);
    expect(log).to.equal('ERROR run takes --to FILE or a target, not both\n');
  });
});
