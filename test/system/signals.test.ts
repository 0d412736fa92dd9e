import { expect } from 'chai';
import { StopError } from '#src/errors.js';
import {
  catchSignals,
  dropForeignListeners,
  listenToSignals,
  type Stop,
} from '#src/system/signals.js';
import { settle } from '../support/clock.js';

describe('signals', () => {
  let timers: { ms: number; action: () => void; isOn: boolean }[] = [];
  let did: unknown[] = [];
  let stop: Stop;

  function start(maxRunMinutes?: number): void {
    timers = [];
    did = [];
    stop = catchSignals({
      maxRunMinutes,
      warn: (message) => did.push(message),
      beforeExit: async () => {
        await Promise.resolve();
        did.push('reports');
      },
      exit: (code) => did.push(code),
      timer(ms, action) {
        const timer = { ms, action, isOn: true };
        timers.push(timer);
        return () => {
          timer.isOn = false;
        };
      },
    });
  }
  /** Fires the active timers. */
  const runOut = async (): Promise<void> => {
    for (const { action, isOn } of timers) if (isOn) action();
    await settle();
  };
  afterEach(() => stop.release(new StopError('the test is over')));

  it('one signal aborts, but does not end the process while the reader takes something', async () => {
    start();
    process.emit('SIGTERM', 'SIGTERM');
    expect(stop.signal.reason).to.be.instanceOf(StopError).and.include({ signal: 'SIGTERM' });
    stop.renew();
    stop.renew();
    await settle();
    expect(did).to.deep.equal(['SIGTERM received: stopping']);
    expect(timers.map(({ ms, isOn }) => [ms, isOn])).to.deep.equal([
      [900, false],
      [900, false],
      [900, true],
    ]);
  });

  for (const [signal, code] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`${signal}: a stalled reader ends the process after the reports`, async () => {
      start();
      process.emit(signal, signal);
      await runOut();
      expect(did.slice(1)).to.deep.equal(['reports', code]);
    });

    it(`a second signal after ${signal} ends the process after the reports`, async () => {
      start();
      process.emit(signal, signal);
      process.emit('SIGINT', 'SIGINT');
      await settle();
      expect(did.slice(1)).to.deep.equal(['reports', code]);
    });
  }

  it('a run that has ended leaves no listener and no timer', () => {
    // In parallel mode mocha's worker listens for `disconnect` itself.
    const before = process.listenerCount('disconnect');
    start(5);
    expect(process.listenerCount('disconnect')).to.equal(before + 1);
    process.emit('SIGHUP', 'SIGHUP');
    stop.release(new StopError('over'));
    expect(process.listenerCount('SIGHUP')).to.equal(0);
    expect(process.listenerCount('disconnect')).to.equal(before);
    expect(timers.filter(({ isOn }) => isOn)).to.deep.equal([]);
  });

  it('reach our listeners after those of libraries are removed', () => {
    const heard: string[] = [];
    const foreign = (): void => void heard.push('foreign');
    const unlisten = listenToSignals((signal) => heard.push(signal));
    process.on('SIGHUP', foreign);
    dropForeignListeners();
    process.emit('SIGHUP', 'SIGHUP');
    unlisten();
    process.off('SIGHUP', foreign);
    expect(heard).to.include('SIGHUP').and.not.include('foreign');
  });

  it('a stalled reader has no time limit before a signal', () => {
    start();
    stop.renew();
    expect(timers).to.deep.equal([]);
  });

  it('stops at the time limit; a signal then counts as the first', async () => {
    start(2);
    expect(timers.map(({ ms }) => ms)).to.deep.equal([120_000]);
    await runOut();
    expect(stop.signal.reason).to.include({ message: 'max_run_minutes has passed' });
    process.emit('SIGTERM', 'SIGTERM');
    await settle();
    expect(did).to.deep.equal(['SIGTERM received: stopping']);
  });

  it('a limit of a year does not stop the run at once, although Node fires such a timer', () => {
    start(365 * 24 * 60);
    expect(timers.filter(({ ms }) => ms > 2 ** 31 - 1)).to.deep.equal([]);
    expect(stop.signal.aborted).to.equal(false);
  });

  it('stops as after SIGHUP when its parent process has ended', () => {
    // Without `process.emit`: in parallel mode mocha's worker ends on `disconnect`.
    const before = process.listeners('disconnect');
    start();
    const added = process.listeners('disconnect').filter((listener) => !before.includes(listener));
    expect(added).to.have.length(1);
    added[0]!();
    expect(stop.signal.reason).to.include({ signal: 'SIGHUP' });
  });
});
