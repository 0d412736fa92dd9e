import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ConfigError } from '#src/errors.js';
import { startJob, type Job, type JobEnd } from '#src/run/job.js';
import { until } from '../support/clock.js';
import { isGone } from '../support/processes.js';
import { makeFolder } from '../support/folder.js';
import { TEST_TAP, TEST_TARGET, moduleUrl } from '../support/paths.js';

interface Watched {
  readonly job: Job;
  /** The position of the walk of `jobs` in each committed state. */
  readonly states: unknown[];
  readonly others: string[];
  readonly rows: () => string[];
  /** Resolves at the first state. */
  readonly began: Promise<void>;
}

describe('a job of tap and target', function () {
  this.timeout(15_000);
  let folder = '';
  before(() => (folder = makeFolder()));

  async function started(
    tap: string,
    target: string,
    graceMs = 10_000,
    patienceMs = 10_000,
  ): Promise<Watched> {
    const file = join(folder, `${tap}-${target}-${graceMs}.jsonl`);
    const states: unknown[] = [];
    const others: string[] = [];
    let begin = (): void => undefined;
    const began = new Promise<void>((resolve) => (begin = resolve));
    const job = await startJob({
      tap: [TEST_TAP, tap],
      target: [process.execPath, TEST_TARGET, target, file],
      graceMs,
      patienceMs,
      onState: (state) => {
        states.push((state as { bookmarks: { jobs: { at: unknown } } }).bookmarks.jobs.at);
        begin();
      },
      onOther: (what) => others.push(what),
      onTooLong: () => others.push('too long'),
    });
    const rows = (): string[] =>
      existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
    return { job, states, others, rows, began };
  }

  async function ended(
    tap: string,
    target: string,
    patienceMs?: number,
  ): Promise<JobEnd & Watched> {
    const watched = await started(tap, target, 10_000, patienceMs);
    return { ...watched, ...(await watched.job.ended) };
  }

  for (const target of ['each', 'late', 'message', 'heir']) {
    it(`reports what a target commits: ${target}`, async () => {
      const {
        tap,
        target: taker,
        delivered,
        committed,
        records,
        states,
      } = await ended('whole', target);
      expect({ tap, taker, delivered, committed, records }).to.deep.equal({
        tap: { code: 0, signal: null },
        taker: { code: 0, signal: null },
        delivered: true,
        committed: true,
        records: 3,
      });
      expect(states.at(-1)).to.equal(3);
    });
  }

  it('reports the last of many states, and passes on every row', async () => {
    const { states, rows, others } = await ended('large', 'each');
    expect(states.at(-1)).to.equal(5000);
    expect(rows()).to.have.length(5000);
    expect(others).to.deep.equal([]);
  });

  // The rows fit into the buffers of the pipe, so they count as delivered.
  for (const target of ['silent', 'asleep', 'slack']) {
    it(`detects that a target with code 0 has not committed all rows: ${target}`, async () => {
      const { target: taker, committed, delivered, states } = await ended('pages', target);
      expect([taker.code, delivered, committed]).to.deep.equal([0, true, false]);
      expect(states).to.deep.equal(target === 'slack' ? [3] : []);
    });
  }

  it('ignores the order of keys in a state', async () => {
    const { committed, states } = await ended('pages', 'sorted');
    expect([committed, states.at(-1)]).to.deep.equal([true, 6]);
  });

  it('hides the settings of the tap from the target', async () => {
    const names = [
      'TAP_BOLT_ECI_API_TOKEN',
      'TAP_BOLT_ECI_XSRF_TOKEN',
      'Tap_Bolt_Eci_Api_Token_Name',
      'TARGET_OWN',
    ];
    for (const name of names) process.env[name] = 'hidden';
    try {
      const { rows } = await ended('whole', 'environment');
      const seen: object = JSON.parse(rows()[0] ?? '');
      expect(seen).to.include({ TARGET_OWN: 'hidden', PATH: process.env['PATH'] });
      expect(Object.keys(seen).filter((name) => /^tap_bolt_eci_/i.test(name))).to.deep.equal([]);
      // The tap still has them.
      expect((await ended('settings', 'each')).tap.code).to.equal(0);
    } finally {
      for (const name of names) delete process.env[name];
    }
  });

  it('kills nothing at the exit of this process after its end', async () => {
    const before = process.listenerCount('exit');
    const { job } = await started('whole', 'each');
    expect(process.listenerCount('exit')).to.equal(before + 1);
    await job.ended;
    // By then other processes may have these ids.
    expect(process.listenerCount('exit')).to.equal(before);
  });

  it('leaves neither process behind if this one ends abnormally', async () => {
    const job = JSON.stringify(moduleUrl('run/job.js'));
    const options = {
      tap: [TEST_TAP, 'deserted'],
      target: [process.execPath, TEST_TARGET, 'stubborn', join(folder, 'left')],
    };
    const code = `import { startJob } from ${job};
      const ignore = () => {};
      const handlers = { onState: ignore, onOther: ignore, onTooLong: ignore };
      const { pids } = await startJob({ ...${JSON.stringify(options)}, graceMs: 1e6, patienceMs: 1e6, ...handlers });
      console.log(pids.tap + ' ' + pids.target);
      setTimeout(() => { throw new Error('on purpose'); }, 1);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [out] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    const [tap, target] = out.split(' ').map(Number);
    expect(await Promise.all([isGone(Number(tap)), isGone(Number(target))])).to.deep.equal([
      true,
      true,
    ]);
  });

  it('describes lines that are not states', async () => {
    const { states, others } = await ended('whole', 'rubbish');
    const json = 'JSON without bookmarks';
    expect(others).to.deep.equal(['text', json, json, json, 'text']);
    expect(states).to.deep.equal([3]);
  });

  it('keeps what the target committed if the tap fails', async () => {
    const { tap, target, states, delivered } = await ended('failing', 'late');
    expect([tap.code, target.code, delivered]).to.deep.equal([1, 0, true]);
    expect(states).to.deep.equal([3]);
  });

  it('does not pass on half a line of a tap that was killed', async () => {
    const { tap, target, states } = await ended('cut', 'late');
    expect(tap).to.deep.equal({ code: null, signal: 'SIGKILL' });
    expect(target.code).to.equal(0);
    expect(states).to.deep.equal([3]);
  });

  for (const [target, end] of [
    ['crash', { code: 3, signal: null }],
    ['killed', { code: null, signal: 'SIGKILL' }],
    ['early', { code: 0, signal: null }],
    ['deaf', { code: 0, signal: null }],
  ] as const) {
    it(`ends the tap with the target: ${target}`, async () => {
      const { tap, target: taker, delivered } = await ended('endless', target);
      expect(taker).to.deep.equal(end);
      expect(delivered).to.equal(false);
      expect(tap.code === 0).to.equal(false);
    });
  }

  it('ends a tap that writes nothing, when the target has ended', async () => {
    const { job, began } = await started('waiting', 'each');
    await began;
    process.kill(Number(job.pids.target), 'SIGKILL');
    expect(await job.ended).to.deep.include({
      tap: { code: 143, signal: null },
      target: { code: null, signal: 'SIGKILL' },
      delivered: false,
    });
  });

  it('passes a signal on, and lets the target commit its rows', async () => {
    const { job, states, rows, began } = await started('endless', 'each');
    await began;
    job.stop('SIGTERM');
    const { tap, target, delivered } = await job.ended;
    expect([tap.code, target.code, delivered]).to.deep.equal([143, 0, true]);
    expect(rows()).to.have.length(Number(states.at(-1)));
  });

  it('kills a tap that ignores signals', async () => {
    const { job, states, began } = await started('stubborn', 'each', 10_000, 100);
    await began;
    job.stop('SIGTERM');
    const { tap, target } = await job.ended;
    expect([tap.signal, target.code]).to.deep.equal(['SIGKILL', 0]);
    expect(states).to.deep.equal([3]);
  });

  it('kills a target that exceeds its time', async () => {
    const { job, states, rows, began } = await started('endless', 'stubborn', 10, 500);
    await began;
    job.stop('SIGTERM');
    const { tap, target } = await job.ended;
    expect([tap.code, target.signal]).to.deep.equal([143, 'SIGKILL']);
    expect(rows()).to.include('SIGTERM');
    expect(states).to.not.be.empty;
  });

  it('ends a target that reads nothing, when it is stopped', async () => {
    const { job } = await started('whole', 'hang', 10);
    job.stop('SIGTERM');
    expect((await job.ended).target.signal).to.equal('SIGTERM');
  });

  it('ends both at once', async () => {
    const { job, began } = await started('endless', 'stubborn');
    await began;
    job.kill();
    const { tap, target } = await job.ended;
    expect([tap.signal, target.signal]).to.deep.equal(['SIGKILL', 'SIGKILL']);
  });

  it('ends the processes that the target has started', async () => {
    const { target, states, rows } = await ended('whole', 'squatter', 100);
    expect(target.code).to.equal(0);
    expect(states).to.deep.equal([3]);
    const squatter = Number(rows().at(-1)?.split(' ')[1]);
    expect(await isGone(squatter)).to.equal(true);
  });

  it('says why a target cannot be started, and leaves nothing running', async () => {
    const fault = async (command: string): Promise<string> => {
      try {
        await startJob({
          tap: [TEST_TAP, 'waiting'],
          target: [command],
          graceMs: 1000,
          patienceMs: 100,
          onState: () => undefined,
          onOther: () => undefined,
          onTooLong: () => undefined,
        });
      } catch (error) {
        if (error instanceof ConfigError) return error.message;
      }
      return 'none';
    };
    const processes = (): number =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;
    const before = processes();
    expect(await fault('no-such-target')).to.equal(
      'no-such-target: no such command; is the target installed, and on PATH?',
    );
    expect(await fault(folder)).to.match(/ cannot be started: it is not executable$/);
    expect(await fault(join(TEST_TARGET, 'x'))).to.match(/ cannot be started: .*ENOTDIR/);
    await until(() => processes() === before);
  });
});
