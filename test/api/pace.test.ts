import { expect } from 'chai';
import { Budget, HOUR } from '#src/api/budget.js';
import { systemClock } from '#src/api/clock.js';
import { StopError } from '#src/errors.js';
import { Pace, type PaceOptions, type Permit } from '#src/api/pace.js';
import { ALONE } from '../support/client.js';
import { FakeClock, NOON, settle } from '../support/clock.js';

interface Paced {
  readonly pace: Pace;
  readonly clock: FakeClock;
  readonly budget: Budget;
  /** The reported waits. */
  readonly waits: string[];
  /** When calls were made, ms from the start. */
  readonly calls: number[];
  readonly stop: AbortController;
}

function paced(
  options: Partial<PaceOptions> & {
    callsPerHour?: number;
    callsPerSecond?: number;
    held?: boolean;
  } = {},
): Paced {
  const { callsPerHour = 1000, callsPerSecond = 1000, held = true, ...rest } = options;
  const clock = new FakeClock({ held });
  const budget = new Budget({ callsPerHour, callsPerSecond, now: NOON });
  const stop = new AbortController();
  const waits: string[] = [];
  const calls: number[] = [];
  const pace = new Pace({
    budget,
    clock,
    random: () => 0,
    signal: stop.signal,
    deadline: Infinity,
    onWait: (ms, why) => waits.push(`${ms / 1000} s: ${why}`),
    shared: { ...ALONE, take: (now) => calls.push(now - NOON) > 0 },
    ...rest,
  });
  return { pace, clock, budget, waits, calls, stop };
}

/** Requests permits, and collects them. */
function ask(pace: Pace, count: number): Permit[] {
  const permits: Permit[] = [];
  for (let asked = 0; asked < count; asked += 1)
    void pace.permit().then((permit) => permits.push(permit));
  return permits;
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Returns a permit with a 429. */
async function refuse({ pace }: Paced, retryAfter?: string): Promise<void> {
  pace.throttled(await pace.permit(), retryAfter);
}

describe('Pace', () => {
  it('gives permits in the order of the requests, as the budget allows', async () => {
    const { pace, clock, calls } = paced({ callsPerSecond: 2 });
    const order: number[] = [];
    for (const name of [1, 2, 3]) void pace.permit().then(() => order.push(name));
    await clock.advance(400);
    expect(order).to.deep.equal([1]);
    await clock.advance(5000);
    expect(order).to.deep.equal([1, 2, 3]);
    expect(calls).to.deep.equal([0, 500, 1000]);
  });

  it('reports once that the budget is used up, and for how long', async () => {
    const { pace, clock, waits, calls } = paced({ callsPerHour: 2 });
    ask(pace, 4);
    await clock.advance(2 * HOUR);
    expect(calls).to.deep.equal([0, 1, HOUR, HOUR + 1]);
    expect(waits).to.deep.equal(['3599.999 s: the call budget (calls_per_hour) is used up']);
  });

  it('reports waits between calls that are far apart', async () => {
    const { pace, clock, waits } = paced({ callsPerSecond: 0.1 });
    ask(pace, 2);
    await clock.advance(60_000);
    expect(waits).to.deep.equal([
      '10 s: calls are spaced out (calls_per_second, less after a 429)',
    ]);
  });

  it('does not report waits of less than 5 s', async () => {
    const { pace, clock, waits } = paced({ callsPerSecond: 0.25 });
    ask(pace, 3);
    await clock.advance(60_000);
    expect(waits).to.deep.equal([]);
  });

  it('ends with the reason of the signal, while it waits and after', async () => {
    const { pace, clock, stop } = paced({ callsPerHour: 1 });
    await pace.permit();
    const waiting = [failure(pace.permit()), failure(pace.permit()), failure(pace.wait(1000))];
    await settle();
    const reason = new StopError('stopped by SIGTERM', 'SIGTERM');
    stop.abort(reason);
    expect(await Promise.all(waiting)).to.deep.equal([reason, reason, reason]);
    expect(await failure(pace.permit())).to.equal(reason);
    expect(clock.sleeping).to.equal(0);
  });

  describe('at a deadline', () => {
    it('does not begin to wait beyond it', async () => {
      const { pace, clock } = paced({ callsPerHour: 1, deadline: NOON + 600_000 });
      await pace.permit();
      const error = await failure(pace.permit());
      expect(error).to.be.instanceOf(StopError).and.include({ signal: undefined });
      expect(error).to.have.property(
        'message',
        'max_run_minutes would pass while waiting 3600 s for the API',
      );
      expect(clock.slept).to.deep.equal([]);
    });

    it('does not wait beyond it', async () => {
      const { pace, clock } = paced({ deadline: NOON + 60_000 });
      expect(await failure(pace.wait(60_001))).to.be.instanceOf(StopError);
      expect(clock.slept).to.deep.equal([]);
      const rested = pace.wait(60_000);
      await clock.advance(60_000);
      await rested;
      expect(await failure(pace.permit())).to.have.property(
        'message',
        'max_run_minutes has passed',
      );
    });

    it('a request that gets no permit does not block those that can still be sent', async () => {
      const { pace, budget } = paced({ deadline: NOON + 60_000 });
      budget.limit(0, NOON + HOUR / 2, NOON);
      expect(await failure(pace.permit())).to.be.instanceOf(StopError);
      // A later response reports a new limit.
      budget.limit(5, NOON + HOUR, NOON);
      expect(await failure(pace.permit())).to.equal(undefined);
    });

    it('does not begin a pause after a 429 that ends beyond it', async () => {
      const rig = paced({ deadline: NOON + 60_000 });
      await refuse(rig, '61');
      expect(await failure(rig.pace.permit())).to.have.property(
        'message',
        'max_run_minutes would pass while waiting 61 s for the API',
      );
    });
  });
});

describe('Pace after a 429', () => {
  it('sends nothing, then a probe, and the others after its response', async () => {
    const rig = paced();
    const { pace, clock, calls } = rig;
    await refuse(rig, '30');
    const permits = ask(pace, 4);
    await clock.advance(29_999);
    expect(permits).to.deep.equal([]);
    await clock.advance(60_000);
    expect(permits).to.deep.equal([{ isProbe: true, pausedMs: 30_000 }]);
    pace.answered(permits[0]!);
    await clock.advance(1000);
    expect(permits.slice(1).map(({ isProbe }) => isProbe)).to.deep.equal([false, false, false]);
    expect(calls[1]).to.equal(30_000);
  });

  it('reports for how long and why', async () => {
    const asked = paced();
    await refuse(asked, '30');
    ask(asked.pace, 3);
    await asked.clock.advance(HOUR);
    expect(asked.waits).to.deep.equal([
      '30 s: the API responded with 429 (too many calls) and requests this wait',
    ]);
    const silent = paced({ random: () => 1 });
    await refuse(silent);
    for (const _ of [1, 2]) {
      const [permit] = [silent.pace.permit()];
      await silent.clock.advance(HOUR);
      silent.pace.throttled(await permit, undefined);
    }
    ask(silent.pace, 1);
    await settle();
    expect(silent.waits).to.deep.equal([
      '5 s: the API responded with 429 (too many calls)',
      '10 s: the API responded with 429 (too many calls)',
    ]);
  });

  it('grows the waits from 2 s to 5 minutes without a valid Retry-After', async () => {
    for (const asked of [undefined, '0', '-5', 'soon', 'Mon, 06 Jan 2020 12:00:00 GMT']) {
      const { pace, clock } = paced({ held: false });
      for (let times = 0; times < 10; times += 1) pace.throttled(await pace.permit(), asked);
      expect(clock.slept.map((ms) => ms / 1000)).to.deep.equal([
        2, 4, 8, 16, 32, 64, 128, 256, 300,
      ]);
    }
  });

  it('obeys seconds and dates, an hour at most', async () => {
    for (const [asked, wait] of [
      ['90', 90_000],
      ['Mon, 06 Jan 2025 12:01:30 GMT', 90_000],
      ['31536000', HOUR],
    ] as const) {
      const rig = paced({ held: false });
      await refuse(rig, asked);
      await rig.pace.permit();
      expect(rig.clock.slept).to.deep.equal([wait]);
    }
  });

  it('grows the waits if a short requested one did not help', async () => {
    const { pace, clock } = paced({ held: false });
    for (let times = 0; times < 5; times += 1) pace.throttled(await pace.permit(), '1');
    expect(clock.slept.map((ms) => ms / 1000)).to.deep.equal([1, 4, 8, 16]);
  });

  it('sends another probe if the first one had no response', async () => {
    const rig = paced();
    const { pace, clock } = rig;
    await refuse(rig, '10');
    const permits = ask(pace, 3);
    await clock.advance(10_000);
    expect(permits).to.have.length(1);
    pace.unanswered(permits[0]!);
    await clock.advance(10);
    expect(permits).to.deep.equal([
      { isProbe: true, pausedMs: 10_000 },
      { isProbe: true, pausedMs: 10_000 },
    ]);
    pace.answered(permits[1]!);
    await clock.advance(10);
    expect(permits[2]).to.include({ isProbe: false });
  });

  it('ignores 429s of requests sent before, unless they request a longer wait', async () => {
    const rig = paced();
    const { pace, clock, budget } = rig;
    const permits = ask(pace, 5);
    await clock.advance(1000);
    pace.throttled(permits[0]!, undefined);
    pace.throttled(permits[1]!, undefined);
    pace.throttled(permits[2]!, '20');
    pace.throttled(permits[3]!, '10');
    pace.answered(permits[4]!);
    expect(budget.pace(clock.now())).to.equal(500);
    const next = ask(pace, 1);
    await clock.advance(19_999);
    expect(next).to.deep.equal([]);
    await clock.advance(1);
    expect(next).to.deep.equal([{ isProbe: true, pausedMs: 20_000 }]);
  });

  it('halves the pace once an episode, and lets it recover', async () => {
    const { pace, clock, budget } = paced({ callsPerSecond: 8, held: false });
    const paces = [];
    for (let times = 0; times < 5; times += 1) {
      pace.throttled(await pace.permit(), '1');
      paces.push(budget.pace(NOON));
    }
    expect(paces).to.deep.equal([4, 4, 4, 4, 4]);
    pace.answered(await pace.permit());
    await clock.advance(600_000);
    expect(budget.pace(clock.now())).to.equal(8);
    pace.throttled(await pace.permit(), '1');
    expect(budget.pace(clock.now())).to.equal(4);
  });

  it('waits no more than twice as long when the clock is set back', async () => {
    const rig = paced();
    await refuse(rig, '30');
    const permits = ask(rig.pace, 1);
    await settle();
    rig.clock.set(NOON - HOUR);
    await rig.clock.advance(60_000);
    expect(permits).to.have.length(1);
    const other = paced();
    await refuse(other, '30');
    other.clock.set(NOON - HOUR);
    ask(other.pace, 1);
    await other.clock.advance(60_000);
    expect(other.calls).to.deep.equal([0, 30_000 - HOUR]);
  });
});

describe('systemClock', () => {
  it('sleeps, and wakes with the reason of the signal', async () => {
    const stop = new AbortController();
    await systemClock.sleep(1, stop.signal);
    const sleeping = failure(systemClock.sleep(100_000, stop.signal));
    const reason = new StopError('the run is over');
    stop.abort(reason);
    expect(await sleeping).to.equal(reason);
    expect(systemClock.now()).to.be.closeTo(Date.now(), 1000);
  });
});
