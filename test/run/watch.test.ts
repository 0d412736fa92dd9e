import { expect } from 'chai';
import type { Job } from '../../src/run/job.js';
import { createLog } from '../../src/log.js';
import { Watch } from '../../src/run/watch.js';

describe('the watch over a job', () => {
  let told: string[] = [];
  let lines: string[] = [];
  let watch: Watch;
  const log = createLog({ level: 'info', format: 'text', write: (line) => lines.push(line) });
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

  it('ends all where the lock is lost, before and after the start', () => {
    watch.lose();
    watch.over(job);
    watch.lose();
    expect(told).to.deep.equal(['kill', 'kill']);
    expect(watch.lost).to.equal(true);
    expect(lines[0]).to.match(/^ERROR the lock of the bookmark file is gone/);
  });

  it('lets go of the signals', () => {
    const before = process.listenerCount('SIGHUP');
    watch.release();
    expect(process.listenerCount('SIGHUP')).to.equal(before - 1);
  });
});
