import { expect } from 'chai';
import { StopError } from '#src/errors.js';
import type { Job } from '#src/run/job.js';
import { createLog } from '#src/terminal/log.js';
import { Watch } from '#src/run/watch.js';

describe('the watch over a job', () => {
  let told: string[] = [];
  let lines: string[] = [];
  let watch: Watch;
  const log = createLog({
    level: 'info',
    format: 'text',
    isTerminal: true,
    write: (line) => lines.push(line),
  });
  const job: Job = {
    ended: new Promise(() => undefined),
    pids: { tap: 1, target: 2 },
    stop: (signal) => told.push(signal),
    kill: () => told.push('kill'),
  };

  beforeEach(() => {
    told = [];
    lines = [];
    watch = new Watch(log);
  });
  afterEach(() => watch.release());

  it('passes the first signal on, and ends all at the second', () => {
    watch.over(job);
    process.emit('SIGHUP', 'SIGHUP');
    expect([told, watch.forced]).to.deep.equal([['SIGHUP'], null]);
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGTERM', 'SIGTERM');
    expect([told, watch.forced]).to.deep.equal([['SIGHUP', 'kill', 'kill'], 'SIGINT']);
    expect(lines).to.have.length(1);
  });

  it('keeps a signal for a job that is not there yet', () => {
    process.emit('SIGTERM', 'SIGTERM');
    watch.over(job);
    expect(told).to.deep.equal(['SIGTERM']);
  });

  it('keeps two signals for a job that is not there yet', () => {
    process.emit('SIGTERM', 'SIGTERM');
    process.emit('SIGTERM', 'SIGTERM');
    watch.over(job);
    expect(told).to.deep.equal(['kill']);
  });

  it('ends all once if the lock is lost, before the start or after it', () => {
    watch.lose();
    watch.over(job);
    watch.lose();
    expect(told).to.deep.equal(['kill']);
    expect(lines).to.have.length(1);
    const later = new Watch(log);
    later.over(job);
    later.lose();
    later.release();
    expect(told).to.deep.equal(['kill', 'kill']);
    expect([watch.lost, later.lost]).to.deep.equal([true, true]);
    expect(lines[0]).to.match(/^ERROR the lock of the bookmark file is gone/);
  });

  it('ends a wait on a signal, also on one that came before', async () => {
    const faultOf = (wait: Promise<void>): Promise<unknown> =>
      wait.catch((error: unknown) => error);
    const waiting = faultOf(watch.wait(3_600_000));
    process.emit('SIGTERM', 'SIGTERM');
    for (const fault of [await waiting, await faultOf(watch.wait(3_600_000))])
      expect(fault).to.be.instanceOf(StopError).and.include({ signal: 'SIGTERM' });
    const quiet = new Watch(log);
    await quiet.wait(0);
    quiet.release();
  });

  it('lets go of the signals', () => {
    const before = process.listenerCount('SIGHUP');
    watch.release();
    expect(process.listenerCount('SIGHUP')).to.equal(before - 1);
  });
});
