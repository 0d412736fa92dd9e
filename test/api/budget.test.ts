import { expect } from 'chai';
import * as fc from 'fast-check';
import { Budget, HOUR } from '#src/api/budget.js';
import { NOON } from '../support/clock.js';

/** Makes each call after a pause and as soon as the budget allows it. Returns their times. */
function spend(budget: Budget, pauses: readonly number[], now = NOON): number[] {
  return pauses.map((pause) => {
    now += pause;
    for (let { ms } = budget.delay(now); ms > 0; { ms } = budget.delay(now)) now += Math.ceil(ms);
    budget.take(now);
    return now;
  });
}

function most(times: readonly number[], callsPerHour: number): number {
  const spans = times.flatMap((time, index) => {
    const later = times[index + callsPerHour];
    return later === undefined ? [] : [later - time];
  });
  return Math.min(...spans);
}

const limits = fc.record({
  callsPerHour: fc.integer({ min: 1, max: 40 }),
  callsPerSecond: fc.double({ min: 0.01, max: 1000, noNaN: true }),
});
const pauses = fc.array(
  fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 2000 }),
    fc.integer({ min: 0, max: 2 * HOUR }),
  ),
  { maxLength: 150 },
);

describe('Budget', () => {
  it('allows at most calls_per_hour in every hour, and at most calls_per_second', () => {
    fc.assert(
      fc.property(
        limits,
        pauses,
        fc.array(fc.integer({ min: -2 * HOUR, max: 0 }), { maxLength: 80 }),
        (limits, pauses, ages) => {
          const history = ages.map((age) => NOON + age);
          const times = spend(new Budget({ ...limits, history, now: NOON }), pauses);
          // An earlier run may have made more calls than allowed now; this one must not add any.
          const known = history.toSorted((a, b) => a - b).slice(-limits.callsPerHour);
          expect(most([...known, ...times], limits.callsPerHour)).to.be.at.least(HOUR);
          for (const [index, time] of times.slice(1).entries()) {
            expect(time - times[index]!).to.be.at.least(1000 / limits.callsPerSecond - 1e-6);
          }
        },
      ),
    );
  });

  it('keeps both limits when the clock is set back, and waits an hour at most', () => {
    const step = fc.record({
      pause: fc.integer({ min: 0, max: 600_000 }),
      back: fc.integer({ min: 0, max: 2 * HOUR }),
    });
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 60 }), (limits, steps) => {
        const budget = new Budget({ ...limits, now: NOON });
        let now = NOON;
        let off = 0;
        const times = steps.map(({ pause, back }) => {
          now += pause;
          off += back;
          const began = now;
          for (let { ms } = budget.delay(now - off); ms > 0; { ms } = budget.delay(now - off))
            now += Math.ceil(ms);
          expect(now - began).to.be.at.most(HOUR + 100_001);
          budget.take(now - off);
          return now;
        });
        expect(most(times, limits.callsPerHour)).to.be.at.least(HOUR);
        for (const [index, time] of times.slice(1).entries()) {
          expect(time - times[index]!).to.be.at.least(1000 / limits.callsPerSecond - 1e-6);
        }
      }),
    );
  });

  it('allows a burst at calls_per_second, then waits for the hour', () => {
    const times = spend(
      new Budget({ callsPerHour: 10, callsPerSecond: 5, now: NOON }),
      Array(21).fill(0),
    );
    const first = [0, 200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800];
    expect(times.map((time) => time - NOON)).to.deep.equal([
      ...first,
      ...first.map((ms) => HOUR + ms),
      2 * HOUR,
    ]);
  });

  it('returns the reason of the wait', () => {
    const budget = new Budget({ callsPerHour: 2, callsPerSecond: 1, now: NOON });
    expect(budget.delay(NOON)).to.deep.equal({ ms: 0, why: '' });
    budget.take(NOON);
    expect(budget.delay(NOON).why).to.include('calls_per_second');
    budget.take(NOON + 1000);
    expect(budget.delay(NOON + 1000)).to.deep.equal({
      ms: HOUR - 1000,
      why: 'the call budget (calls_per_hour) is used up',
    });
    budget.limit(0, NOON + HOUR + 500, NOON + 1000);
    expect(budget.delay(NOON + 1000)).to.deep.equal({
      ms: HOUR - 500,
      why: 'the API reports that its allowance is used up',
    });
  });

  it('counts calls of the future as made now: the clock was set back', () => {
    const budget = new Budget({
      callsPerHour: 2,
      callsPerSecond: 5,
      now: NOON,
      history: [NOON + 5 * HOUR, NOON + 9 * HOUR],
    });
    expect(budget.delay(NOON).ms).to.equal(HOUR);
    expect(budget.room(NOON)).to.equal(0);
    expect(budget.room(NOON + HOUR)).to.equal(2);
  });

  it('accepts a history longer than its limit', () => {
    const history = Array.from({ length: 100 }, (_, index) => NOON - 1000 * index);
    const budget = new Budget({ callsPerHour: 10, callsPerSecond: 5, now: NOON, history });
    expect(budget.room(NOON)).to.equal(0);
    expect(budget.delay(NOON).ms).to.equal(HOUR - 9000);
  });

  it('counts beyond the first size of its ring, and around its end', () => {
    const budget = new Budget({ callsPerHour: 5000, callsPerSecond: 1000, now: NOON });
    const times = spend(budget, Array(12_000).fill(0));
    expect(times[4999]! - NOON).to.equal(4999);
    expect(times[5000]! - NOON).to.equal(HOUR);
    expect(times[11_999]! - NOON).to.equal(2 * HOUR + 1999);
    // The ring grows after it has wrapped around.
    const small = new Budget({ callsPerHour: 3000, callsPerSecond: 1000, now: NOON });
    const later = spend(small, [
      ...Array<number>(1000).fill(0),
      HOUR,
      ...Array<number>(2999).fill(0),
      0,
    ]);
    expect(later.at(-2)! - later[1000]!).to.equal(2999);
    expect(later.at(-1)! - later[1000]!).to.equal(HOUR);
  });

  describe('hints of the server', () => {
    it('can lower the limit, but not raise it', () => {
      const event = fc.record({
        pause: fc.integer({ min: 0, max: HOUR }),
        left: fc.integer({ min: -1, max: 100 }),
        reset: fc.integer({ min: -HOUR, max: 10 * HOUR }),
        halve: fc.boolean(),
      });
      fc.assert(
        fc.property(limits, fc.array(event, { maxLength: 40 }), (limits, events) => {
          const plain = new Budget({ ...limits, now: NOON });
          const hinted = new Budget({ ...limits, now: NOON });
          let now = NOON;
          for (const { pause, left, reset, halve } of events) {
            now += pause;
            if (left >= 0) hinted.limit(left, now + reset, now);
            if (halve) hinted.halve(now);
            const wait = hinted.delay(now).ms;
            expect(wait).to.be.at.least(plain.delay(now).ms);
            expect(hinted.room(now)).to.be.at.most(plain.room(now)).and.at.least(0);
            now += Math.ceil(wait);
            plain.take(now);
            hinted.take(now);
          }
        }),
      );
    });

    it('are moved when the clock is set back', () => {
      const budget = new Budget({ callsPerHour: 100, callsPerSecond: 1000, now: NOON });
      budget.take(NOON);
      budget.limit(0, NOON + 60_000, NOON);
      expect(budget.delay(NOON - HOUR).ms).to.equal(60_000);
      expect(budget.delay(NOON - HOUR + 60_000).ms).to.equal(0);
    });

    it('are counted down with each call', () => {
      const budget = new Budget({ callsPerHour: 100, callsPerSecond: 1000, now: NOON });
      budget.limit(2, NOON + 60_000, NOON);
      expect(budget.room(NOON)).to.equal(2);
      const times = spend(budget, [0, 0, 0]);
      expect(times.map((time) => time - NOON)).to.deep.equal([0, 1, 60_000]);
      expect(budget.room(NOON + 60_000)).to.equal(97);
    });

    it('do not rise again before the reset, since responses arrive in any order', () => {
      const budget = new Budget({ callsPerHour: 100, callsPerSecond: 1000, now: NOON });
      budget.limit(0, NOON + 60_000, NOON);
      budget.limit(5, NOON + 60_000, NOON);
      expect(budget.delay(NOON).ms).to.equal(60_000);
      budget.limit(5, NOON + 90_000, NOON + 60_000);
      expect(budget.delay(NOON + 60_000).ms).to.equal(0);
    });

    it('expire after an hour at most', () => {
      const budget = new Budget({ callsPerHour: 100, callsPerSecond: 1000, now: NOON });
      budget.limit(0, NOON + 365 * 24 * HOUR, NOON);
      expect(budget.delay(NOON).ms).to.equal(HOUR);
    });
  });

  describe('the pace', () => {
    it('is halved, and recovers within ten minutes', () => {
      const budget = new Budget({ callsPerHour: 100, callsPerSecond: 8, now: NOON });
      budget.halve(NOON);
      expect([0, 300_000, 600_000, 900_000].map((ms) => budget.pace(NOON + ms))).to.deep.equal([
        4, 6, 8, 8,
      ]);
      budget.take(NOON);
      expect(budget.delay(NOON).ms).to.equal(250);
    });

    it('does not fall below a 64th', () => {
      const budget = new Budget({ callsPerHour: 100, callsPerSecond: 64, now: NOON });
      for (let times = 0; times < 20; times += 1) budget.halve(NOON);
      expect(budget.pace(NOON)).to.equal(1);
    });
  });
});
