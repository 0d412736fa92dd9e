import { expect } from 'chai';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { run } from '#src/run/run.js';
import { STREAMS } from '#src/streams.js';
import { isGone, runCommand } from '../support/processes.js';
import { prepareRuns, SOME } from '../support/runs.js';
import { TEST_TARGET } from '../support/paths.js';
import { seededRandom } from '../support/random.js';

// `npm run soak` takes a hundred.
const KILLS = Number(process.env['KILLS'] ?? 4);
const SEED = Number(process.env['SEED'] ?? 11);

describe('run', function () {
  this.timeout(30_000 + KILLS * 4000);
  const { folder, simulator, env, state, read, ran, start, rows } = prepareRuns();

  it('loads all rows, bookmarks what the target committed, and continues from it', async () => {
    const first = await ran('each', '--summary', join(folder(), 'summary.json'), '--no-progress');
    expect(first.code, first.log).to.equal(0);
    expect(first.out).to.equal('');
    expect(first.log).to.match(/state\.json does not exist yet: this is a first run/);
    expect(first.log).to.match(
      /INFO run succeeded: \d,?\d+ records; .*state\.json holds what .*node.* committed last\n$/,
    );
    expect(Object.keys(read().bookmarks)).to.have.members(SOME);
    expect(statSync(state()).mode & 0o777).to.equal(0o600);
    expect(existsSync(`${state()}.bak`)).to.equal(true);
    expect(existsSync(`${state()}.lock`)).to.equal(false);
    const summary = JSON.parse(readFileSync(join(folder(), 'summary.json'), 'utf8'));
    expect(summary).to.include({ exit_code: 0, run_exit_code: 0, run_code: null });
    const before = rows().length;
    expect(before).to.be.greaterThan(500);

    const second = await runCommand(
      [
        'run',
        '-s',
        state(),
        '--target',
        `"${process.execPath}" ${TEST_TARGET} late ${join(folder(), 'rows.jsonl')}`,
      ],
      { env: env() },
    );
    expect(second.code, second.log).to.equal(0);
    expect(rows().length - before).to.be.lessThan(10);
  });

  it('warns once of lines that are not states', async () => {
    const { code, log } = await ran('rubbish', '--streams', 'cities');
    expect(code).to.equal(0);
    expect(log.match(/that are not states/g)).to.have.length(1);
    expect(Object.keys(read().bookmarks)).to.deep.equal(['cities']);
  });

  it('continues from the .bak of an empty file', async () => {
    await ran('each', '--streams', 'cities');
    const { bookmarks } = read();
    writeFileSync(`${state()}.bak`, JSON.stringify({ bookmarks }));
    writeFileSync(state(), '');
    const { code, log } = await ran('each', '--streams', 'cities', '--log-level=debug');
    expect(code, log).to.equal(0);
    expect(log).to.match(/is empty or cut off: starting from .*state\.json\.bak/);
    expect(log).to.match(/cities: refresh_token=/);
  });

  it("ends with the tap's code if the tap fails, and with 6 if the target does", async () => {
    env()['TAP_BOLT_ECI_API_TOKEN'] = 'another-token';
    expect((await ran('each')).code).to.equal(3);
    env()['TAP_BOLT_ECI_API_TOKEN'] = 'simulated-token';
    const crashed = await ran('crash');
    expect(crashed.code).to.equal(6);
    expect(crashed.log).to.match(/ERROR run failed \(code 6\): the target .* ended with code 3/);
  });

  it('writes a summary for each run into a folder, with how the target ended', async () => {
    const runs = join(folder(), 'runs');
    mkdirSync(runs);
    const summaries = (): Record<string, unknown>[] =>
      readdirSync(runs).map((name) => {
        expect(name).to.match(/^\d{8}T\d{6}Z-\d+\.json$/);
        return JSON.parse(readFileSync(join(runs, name), 'utf8')) as Record<string, unknown>;
      });
    const flags = ['--summary', runs, '--streams', 'jobs', '--full-refresh', 'all'];
    expect((await ran('each', ...flags)).code).to.equal(0);
    expect((await ran('crash', ...flags)).code).to.equal(6);
    expect(summaries().map((summary) => summary['run_code'])).to.have.members([
      null,
      'TARGET_FAILED',
    ]);
    expect(summaries().map((summary) => summary['run_exit_code'])).to.have.members([0, 6]);
  });

  it('leaves the summary of an earlier run as it is, if the tap wrote none', async () => {
    const file = join(folder(), 'summary.json');
    const earlier = JSON.stringify({ started_at: '2020-01-01T00:00:00.000Z' });
    writeFileSync(file, earlier);
    env()['TAP_BOLT_ECI_STREAMS'] = 'cities,nothing';
    expect((await ran('each', '--summary', file)).code).to.equal(2);
    expect(readFileSync(file, 'utf8')).to.equal(earlier);
  });

  it('requires a bookmark file and a target', async () => {
    const flags = { config: [], grace: 1 };
    const faultOf = (promise: Promise<unknown>): Promise<unknown> =>
      promise.catch((error: unknown) => error);
    expect(String(await faultOf(run({ ...flags }, [], ['x'])))).to.match(
      /^ConfigError: run needs --state FILE/,
    );
    expect(String(await faultOf(run({ ...flags, state: state() }, [], [])))).to.match(
      /^ConfigError: run needs --to FILE.duckdb, or a target/,
    );
  });

  for (const [what, args, fault] of [
    [
      'no such target',
      ['run', '--state', 'x.json', '--', 'no-such-target'],
      /ERROR no-such-target: no such command/,
    ],
    [
      'a wrong setting',
      ['run', '--log-level=loud', '--state', 'x.json', '--', 'x'],
      /ERROR log_level \(--log-level\)/,
    ],
    [
      'a flag too early',
      ['--streams', 'jobs', 'run', '--state', 'x.json'],
      /ERROR --streams is before run/,
    ],
  ] as const) {
    it(`rejects ${what}`, async () => {
      const { code, log } = await runCommand(args, { env: env(), cwd: folder() });
      expect(log).to.match(fault);
      expect(code).to.equal(2);
    });
  }

  it('does not start while another run holds the bookmark file', async () => {
    mkdirSync(`${state()}.lock`);
    const { code, log } = await ran('each');
    expect(code).to.equal(5);
    expect(log).to.match(/^ERROR another run holds .*state\.json/);
    expect(existsSync(join(folder(), 'rows.jsonl'))).to.equal(false);
    expect(existsSync(`${state()}.lock`)).to.equal(true);
  });

  for (const [signal, expected] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    it(`bookmarks what was committed, on ${signal}`, async () => {
      simulator().fault({ kind: 'stalled', stream: 'work_orders', after: 1 });
      const { process: child, finished, said } = start('late', '--log-level=debug');
      await said(/DEBUG work_orders: /);
      child.kill(signal);
      const { code, log } = await finished;
      expect(code, log).to.equal(expected);
      expect(log).to.match(
        new RegExp(`WARNING ${signal}: the tap stops, and the target has time to commit`),
      );
      expect(Object.keys(read().bookmarks)).to.include('cities');
      expect(rows().length).to.be.greaterThan(0);
      expect(existsSync(`${state()}.lock`)).to.equal(false);
    });
  }

  it('continues if nobody reads its log', async () => {
    const { process: child, finished, said } = start('late', '--log-level=debug');
    await said(/first run/);
    child.stderr?.destroy();
    expect((await finished).code).to.equal(0);
    expect(Object.keys(read().bookmarks)).to.have.members(SOME);
  });

  it('ends at once on a second signal, with what was committed until then', async () => {
    const { process: child, finished, said } = start('stubborn', '--grace', '600');
    await said(/INFO total/);
    child.kill('SIGTERM');
    await said(/SIGTERM: the tap stops/);
    child.kill('SIGINT');
    const { code, log } = await finished;
    expect(code, log).to.equal(130);
    expect(Object.keys(read().bookmarks)).to.have.members(SOME);
  });

  it('leaves neither tap nor target behind when it is killed itself', async () => {
    // The tap waits, and would not notice for a minute that its reader has ended.
    simulator().fault({ kind: 'stalled', stream: 'jobs' });
    const {
      process: child,
      finished,
      said,
    } = start('each', '--log-level=debug', '--streams=cities,jobs');
    const [, tap, target] = await said(/the tap is process (\d+), the target process (\d+)/);
    while (!existsSync(state()) || read().bookmarks['cities'] === undefined) await wait(20);
    child.kill('SIGKILL');
    await finished;
    simulator().clearFaults();
    expect(await Promise.all([isGone(Number(tap)), isGone(Number(target))])).to.deep.equal([
      true,
      true,
    ]);
  });

  it('ends a target that exceeds its time', async () => {
    const { process: child, finished, said } = start('hang', '--grace', '0', '--streams', 'cities');
    await said(/INFO total/);
    child.kill('SIGTERM');
    const { code, log } = await finished;
    expect(code, log).to.equal(6);
    expect(log).to.match(/ERROR run failed \(code 6\): the target .* was ended by SIGTERM/);
    expect(existsSync(state())).to.equal(false);
  });

  it(`has every row at the destination in the end, whichever of the three is killed (${KILLS} times here)`, async () => {
    const chance = seededRandom(SEED);
    const found = new Map(SOME.map((name) => [name, new Set<unknown>()]));
    let kills = 0;
    for (let tries = 0; tries < KILLS * 4 + 10; tries += 1) {
      const {
        process: child,
        finished,
        said,
      } = start(chance() < 0.5 ? 'each' : 'late', '--log-level=debug');
      if (kills < KILLS) {
        const [, tap, target] = await said(/the tap is process (\d+), the target process (\d+)/);
        await said(new RegExp(`DEBUG ${SOME[Math.floor(chance() * SOME.length)]}: `));
        const pid = [Number(tap), Number(target), Number(child.pid)][Math.floor(chance() * 3)];
        if (kill(Number(pid), chance() < 0.7 ? 'SIGKILL' : 'SIGTERM')) kills += 1;
      }
      const { code, signal } = await finished;
      if (code === 0 && kills >= KILLS) break;
      // The next run need not wait until the lock of a killed run is stale.
      if (signal === 'SIGKILL' && existsSync(`${state()}.lock`))
        utimesSync(`${state()}.lock`, 0, 0);
    }
    expect(kills).to.equal(KILLS);
    for (const line of rows()) {
      const { stream, record } = JSON.parse(line) as {
        stream: string;
        record: Record<string, unknown>;
      };
      const key = STREAMS.find(({ name }) => name === stream)?.keys[0] ?? '';
      found.get(stream)?.add(record[key]);
    }
    for (const name of SOME)
      expect(found.get(name)?.size, name).to.equal([...simulator().rows(name)].length);
  });
});

/** Whether a process was there to be killed. */
function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
