import { expect } from 'chai';
import * as fc from 'fast-check';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Budget, HOUR } from '#src/api/budget.js';
import { Cache } from '#src/api/cache.js';
import { Pace } from '#src/api/pace.js';
import { FakeClock, NOON } from '../support/clock.js';
import { makeFolder } from '../support/folder.js';

interface Limits {
  readonly callsPerHour: number;
  readonly callsPerSecond: number;
  readonly batch: number;
}

/** Taps with one token on one machine, in virtual time. All code that decides on calls is real. */
class Machine {
  readonly clock = new FakeClock({ held: true });
  readonly dir = makeFolder();
  /** When calls were made. */
  readonly made: number[] = [];
  readonly waits: string[] = [];
  readonly warnings: string[] = [];
  /** Calls that running taps want and have not made. */
  wished = 0;
  readonly #limits: Limits;
  #taps = new Map<number, { cache: Cache; pace: Pace; stop: AbortController; wished: number }>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  start(name: number): void {
    this.kill(name);
    const { clock, dir, waits, warnings } = this;
    const stop = new AbortController();
    const cache = new Cache({
      ...this.#limits,
      dir,
      host: 'app.bolttech.net',
      token: 'hush',
      warn: (text) => warnings.push(text),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    });
    const budget = new Budget({
      ...this.#limits,
      history: cache.calls(clock.now()),
      now: clock.now(),
    });
    const pace = new Pace({
      budget,
      shared: cache,
      clock,
      random: () => 0,
      signal: stop.signal,
      deadline: Infinity,
      onWait: (ms, why) => waits.push(`${Math.ceil(ms / 1000)} s: ${why}`),
    });
    this.#taps.set(name, { cache, pace, stop, wished: 0 });
  }

  call(name: number, count: number): void {
    const tap = this.#taps.get(name);
    if (tap === undefined) return;
    tap.wished += count;
    this.wished += count;
    for (let call = 0; call < count; call += 1) {
      void tap.pace.permit().then(
        () => {
          tap.wished -= 1;
          this.wished -= 1;
          return this.made.push(this.clock.now());
        },
        () => undefined,
      );
    }
  }

  /** Kills a tap. */
  kill(name: number): void {
    const tap = this.#taps.get(name);
    this.#taps.delete(name);
    if (tap === undefined) return;
    this.wished -= tap.wished;
    tap.stop.abort(new Error('killed'));
  }

  /** Kills a tap while it holds the lock. */
  killInside(name: number): void {
    const lock = join(this.dir, 'calls.lock');
    if (this.#taps.has(name) && existsSync(join(lock, 'free')))
      renameSync(join(lock, 'free'), join(lock, 'dead'));
    this.kill(name);
  }

  async end(name: number): Promise<void> {
    const tap = this.#taps.get(name);
    if (tap === undefined) return;
    this.kill(name);
    await Promise.all([tap.cache.close(this.clock.now()), this.clock.advance(300)]);
  }

  clear(): void {
    for (const name of this.#taps.keys()) this.kill(name);
  }
}

const TAPS = 5;
const limits = fc
  .record({
    callsPerHour: fc.integer({ min: 1, max: 40 }),
    callsPerSecond: fc.constantFrom(0.2, 1, 5, 50),
  })
  .chain(({ callsPerHour, callsPerSecond }) =>
    fc.record({
      callsPerHour: fc.constant(callsPerHour),
      callsPerSecond: fc.constant(callsPerSecond),
      batch: fc.integer({ min: 1, max: 5 }),
    }),
  );
const tap = fc.integer({ min: 0, max: TAPS - 1 });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('start' as const), tap }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      tap,
      count: fc.integer({ min: 1, max: 15 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('kill' as const, 'killInside' as const, 'end' as const),
      tap,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.oneof(fc.integer({ max: 3000, min: 1 }), fc.integer({ min: 1, max: HOUR })),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function play(machine: Machine, steps: readonly Step[]): Promise<void> {
  for (let name = 0; name < 2; name += 1) machine.start(name);
  for (const at of steps) {
    if (at.do === 'advance') await machine.clock.advance(at.ms);
    else if (at.do === 'call') machine.call(at.tap, at.count);
    else await machine[at.do](at.tap);
  }
}

/** The most calls in any hour. */
function mostInAnHour(times: readonly number[]): number {
  return Math.max(
    0,
    ...times.map((from) => times.filter((time) => time >= from && time < from + HOUR).length),
  );
}

describe('Taps that share their calls', () => {
  it('stay within calls_per_hour, killed and ended at random, and make all calls in the end', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(
        limits,
        fc.array(step, { minLength: 5, maxLength: 40 }),
        async (limits, steps) => {
          const machine = new Machine(limits);
          try {
            await play(machine, steps);
            const { callsPerHour, callsPerSecond, batch } = limits;
            await machine.clock.advance(HOUR * (Math.ceil(machine.wished / callsPerHour) + 2));
            const { made, warnings, wished } = machine;
            expect(warnings).to.deep.equal([]);
            expect(wished).to.equal(0);
            expect(mostInAnHour(made)).to.be.at.most(callsPerHour);
            // Reserved calls may be made at once; only they may exceed calls_per_second.
            for (const [index, from] of made.entries()) {
              for (const [more, to] of made.slice(index).entries()) {
                expect(more).to.be.at.most(
                  (callsPerSecond * (to - from + 2)) / 1000 + (TAPS + 1) * batch,
                );
              }
            }
          } finally {
            machine.clear();
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('count the calls of others while they run, and report what they wait for', async () => {
    const machine = new Machine({ callsPerHour: 20, callsPerSecond: 5, batch: 5 });
    try {
      machine.start(0);
      machine.start(1);
      machine.call(0, 30);
      await machine.clock.advance(60_000);
      machine.call(1, 3);
      await machine.clock.advance(60_000);
      expect(machine.made).to.have.length(20);
      const why = 'the call budget (calls_per_hour) is used up by all taps of this token together';
      expect(machine.waits).to.have.length(2);
      expect(machine.waits[1])
        .to.match(/^3\d\d\d s: /)
        .and.to.include(why);
      await machine.clock.advance(HOUR);
      expect(machine.made).to.have.length(33);
    } finally {
      machine.clear();
    }
  });

  it('take turns at calls_per_second', async () => {
    const machine = new Machine({ callsPerHour: 900, callsPerSecond: 5, batch: 5 });
    try {
      for (const name of [0, 1, 2, 3]) {
        machine.start(name);
        machine.call(name, 50);
      }
      await machine.clock.advance(10_000);
      expect(machine.made.length).to.be.within(50, 70);
      await machine.clock.advance(35_000);
      expect(machine.made).to.have.length(200);
    } finally {
      machine.clear();
    }
  });

  it('give back unused calls', async () => {
    const machine = new Machine({ callsPerHour: 10, callsPerSecond: 5, batch: 5 });
    try {
      for (const name of [0, 1, 2, 3, 4]) {
        machine.start(name);
        machine.call(name, 2);
        await machine.clock.advance(2000);
        await machine.end(name);
      }
      expect(machine.made).to.have.length(10);
      expect(machine.made.at(-1)! - NOON).to.be.below(20_000);
    } finally {
      machine.clear();
    }
  });
});
