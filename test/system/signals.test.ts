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
  /** Lets the timers that are on run out. */
  const runOut = async (): Promise<void> => {
    for (const { action, isOn } of timers) if (isOn) action();
    await settle();
  };
  afterEach(() => stop.release(new StopError('the test is over')));

  it('one signal aborts, and does not end the process as long as the reader takes something', async () => {
    start();
    process.emit('SIGTERM', 'SIGTERM');
    expect(stop.signal.reason).to.be.instanceOf(StopError).and.include({ signal: 'SIGTERM' });
    stop.renew();
    stop.renew();
    await settle();
    expect(did).to.deep.equal(['SIGTERM: stopping, with what is written bookmarked']);
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
    it(`${signal}: patience ends, and the process with it, behind the reports`, async () => {
      start();
      process.emit(signal, signal);
      await runOut();
      expect(did.slice(1)).to.deep.equal(['reports', code]);
    });

    it(`a second signal after ${signal} ends the process at once, behind the reports`, async () => {
      start();
      process.emit(signal, signal);
      process.emit('SIGINT', 'SIGINT');
      await settle();
      expect(did.slice(1)).to.deep.equal(['reports', code]);
    });
  }

  it('a run that is over has no listener and no timer left', () => {
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

  it('are still heard after the listeners of libraries are removed', () => {
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

  it('the reader has no limit before a signal', () => {
    start();
    stop.renew();
    expect(timers).to.deep.equal([]);
  });

  it('stops when the minutes are over; a signal then still counts as the first', async () => {
    start(2);
    expect(timers.map(({ ms }) => ms)).to.deep.equal([120_000]);
    await runOut();
    expect(stop.signal.reason).to.include({ message: 'max_run_minutes has passed' });
    process.emit('SIGTERM', 'SIGTERM');
    await settle();
    expect(did).to.deep.equal(['SIGTERM: stopping, with what is written bookmarked']);
  });

  it('a year of minutes does not stop at once: Node runs a timer of that length immediately', () => {
    start(365 * 24 * 60);
    expect(timers.filter(({ ms }) => ms > 2 ** 31 - 1)).to.deep.equal([]);
    expect(stop.signal.aborted).to.equal(false);
  });

  it('stops as after SIGHUP when the process that started it is gone', () => {
    // Not by `process.emit`: in parallel mode mocha's worker ends itself on `disconnect`.
    const before = process.listeners('disconnect');
    start();
    const added = process.listeners('disconnect').filter((listener) => !before.includes(listener));
    expect(added).to.have.length(1);
    added[0]!();
    expect(stop.signal.reason).to.include({ signal: 'SIGHUP' });
  });
});
