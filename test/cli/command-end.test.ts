import { expect } from 'chai';
import { closeSync, existsSync, openSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { ended, Place } from '../support/command.js';
import { countsOf, lastState, messagesOf } from '../support/messages.js';

/** Resolves when a child has said something that holds this text. */
async function said(stream: NonNullable<ChildProcess['stdout']>, text: string): Promise<void> {
  let before = '';
  await new Promise<void>((resolve) => {
    stream.on('data', (part: string | Buffer) => {
      before += String(part);
      if (before.includes(text)) resolve();
    });
  });
}

describe('a sync that is cut short', () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.close());

  for (const [signal, code] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`ends on ${signal} with ${code} and a last STATE that the next run can go on from`, async () => {
      const { simulator } = await place.simulator('c.json', { rows: 150 });
      const run = ['-c', 'c.json', '-s', 'state.json', '--streams', 'crews,jobs,offices'];
      // The second page of jobs never comes.
      simulator.fault({ kind: 'slow', stream: 'jobs', after: 1, ms: 3_600_000 });
      const child = place.start(run);
      const ending = ended(child);
      await said(child.stdout!, '"next_batch"');
      child.kill(signal);
      const { code: got, stdout, stderr } = await ending;
      expect(got).to.equal(code);
      const messages = messagesOf(stdout);
      expect(countsOf(messages)).to.include({ jobs: 100 }).and.not.to.have.property('offices');
      expect(lastState(messages)).to.include({ currently_syncing: 'jobs' });
      expect(stderr).to.include(`WARNING ${signal} received: stopping\n`);
      expect(stderr).to.include('the next run continues from the last STATE with jobs, offices\n');

      if (signal !== 'SIGTERM') return;
      simulator.clearFaults();
      place.file('state.json', messages.at(-1));
      const next = await place.run(run);
      expect(next.code).to.equal(0);
      const offices = [...simulator.rows('offices')].length;
      expect(countsOf(messagesOf(next.stdout))).to.deep.equal({ jobs: 50, offices });
    });
  }

  for (const [signals, code] of [
    [['SIGTERM'], 143],
    [['SIGINT', 'SIGINT'], 130],
  ] as const) {
    it(`stops fetching for a reader that stalls, and ends all the same on ${signals.join(' and ')}`, async () => {
      const { simulator } = await place.simulator('c.json', { rows: 3000 });
      const child = place.start(['-c', 'c.json', '--streams', 'jobs']);
      const exited = once(child, 'exit');
      // Nobody reads stdout. The tap fills the pipe and Node's buffers, and fetches two more pages.
      for (let calls = 0, same = 0; same < 10 || calls === 0;) {
        await new Promise((resolve) => setTimeout(resolve, 30));
        same = calls === simulator.calls.length ? same + 1 : 0;
        calls = simulator.calls.length;
      }
      expect(simulator.calls.length).to.be.lessThan(15);
      const [first, second] = signals;
      const heard = said(child.stderr!, 'stopping');
      child.kill(first);
      await heard;
      if (second) child.kill(second);
      expect(await exited).to.deep.equal([code, null]);
    });
  }

  it('ends with 4 and without a word where its reader goes away', async () => {
    const { simulator } = await place.simulator('c.json', { rows: 150 });
    simulator.fault({ kind: 'slow', stream: 'crews', ms: 100 });
    const child = place.start([
      '-c',
      'c.json',
      '--log-level',
      'warning',
      '--streams',
      'crews,jobs',
    ]);
    const ending = ended(child);
    await said(child.stdout!, '\n');
    child.stdout!.destroy();
    const { code, stderr } = await ending;
    expect(code).to.equal(4);
    expect(stderr.split('\n').filter((line) => !line.includes('custom_field'))).to.deep.equal(['']);
  });

  it('ends with 1 where stdout cannot be written', async function () {
    if (!existsSync('/dev/full')) this.skip();
    await place.simulator('c.json');
    const full = openSync('/dev/full', 'w');
    const [synced, discovered] = await Promise.all([
      place.run(['-c', 'c.json'], { stdout: full }),
      place.run(['--discover'], { stdout: full }),
    ]);
    closeSync(full);
    for (const { code, stderr } of [synced, discovered]) {
      expect(code).to.equal(1);
      expect(stderr.split('\n').filter((line) => !/in full|no bookmark/.test(line))).to.deep.equal([
        'ERROR stdout could not be written: the disk behind it is full (ENOSPC)',
        '',
      ]);
    }
  });
});
