import { expect } from 'chai';
import { StopError } from '#src/errors.js';
import type { Job } from '#src/run/job.js';
import { createLog } from '#src/terminal/log.js';
import { Watch } from '#src/run/watch.js';

describe('the watch over a job', () => {
  let sent: string[] = [];
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
    stop: (signal) => sent.push(signal),
    kill: () => sent.push('kill'),
  };

  beforeEach(() => {
    sent = [];
    lines = [];
    watch = new Watch(log);
  });
  afterEach(() => watch.release());

  it('passes the first signal on, and kills both processes at the second', () => {
    watch.guard(job);
    process.emit('SIGHUP', 'SIGHUP');
    expect([sent, watch.forced]).to.deep.equal([['SIGHUP'], null]);
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGTERM', 'SIGTERM');
    expect([sent, watch.forced]).to.deep.equal([['SIGHUP', 'kill', 'kill'], 'SIGINT']);
    expect(lines).to.have.length(1);
  });

  it('keeps a signal for a job that has not started yet', () => {
    process.emit('SIGTERM', 'SIGTERM');
    watch.guard(job);
    expect(sent).to.deep.equal(['SIGTERM']);
  });

  it('keeps two signals for a job that has not started yet', () => {
    process.emit('SIGTERM', 'SIGTERM');
    process.emit('SIGTERM', 'SIGTERM');
    watch.guard(job);
    expect(sent).to.deep.equal(['kill']);
  });

  it('kills both processes once if the lock is lost, before or after the start', () => {
    watch.reportLoss();
    watch.guard(job);
    watch.reportLoss();
    expect(sent).to.deep.equal(['kill']);
    expect(lines).to.have.length(1);
    const later = new Watch(log);
    later.guard(job);
    later.reportLoss();
    later.release();
    expect(sent).to.deep.equal(['kill', 'kill']);
    expect([watch.lost, later.lost]).to.deep.equal([true, true]);
    expect(lines[0]).to.match(/^ERROR the lock of the bookmark file is lost/);
  });

  it('ends a wait on a signal, even on one that came before', async () => {
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

  it('stops listening to signals', () => {
    const before = process.listenerCount('SIGHUP');
    watch.release();
    expect(process.listenerCount('SIGHUP')).to.equal(before - 1);
  });
});
