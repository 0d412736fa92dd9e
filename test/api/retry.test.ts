import { expect } from 'chai';
import * as fc from 'fast-check';
import { allowance, askedWait, pauseAfter, retryAfter } from '../../src/api/retry.js';
import { NOON } from '../support/clock.js';

const HOUR = 3_600_000;

/** The first nine waits, s. */
function waits(wait: (attempt: number, chance: number) => number, chance: number): number[] {
  return Array.from({ length: 9 }, (_, attempt) => wait(attempt, chance) / 1000);
}

describe('growing waits', () => {
  it('after a 429 go from 2 s to 5 minutes', () => {
    expect(waits(pauseAfter, 0)).to.deep.equal([2, 4, 8, 16, 32, 64, 128, 256, 300]);
    expect(waits(pauseAfter, 1)).to.deep.equal([2.5, 5, 10, 20, 40, 80, 160, 300, 300]);
  });

  it('after a fault go from 2 s to a minute', () => {
    expect(waits(retryAfter, 0)).to.deep.equal([2, 4, 8, 16, 32, 60, 60, 60, 60]);
    expect(waits(retryAfter, 1)).to.deep.equal([2.5, 5, 10, 20, 40, 60, 60, 60, 60]);
  });

  it('stay within bounds however many there were', () => {
    expect(pauseAfter(100_000, 1)).to.equal(300_000);
    expect(retryAfter(100_000, 0)).to.equal(60_000);
  });
});

describe('askedWait', () => {
  const readings: [header: string | undefined, wait: number | null][] = [
    ['120', 120_000],
    [' 7 ', 7000],
    ['1.5', 1500],
    ['Mon, 06 Jan 2025 12:00:30 GMT', 30_000],
    ['Monday, 06-Jan-25 12:01:00 GMT', 60_000],
    ['31536000', HOUR],
    ['99999999999999999999999999', HOUR],
    ['Tue, 06 Jan 2026 12:00:00 GMT', HOUR],
    ['Mon, 06 Jan 2025 11:59:59 GMT', null],
    ['Mon, 06 Jan 2025 12:00:00 GMT', null],
    ['0', null],
    ['-5', null],
    ['1e3', null],
    ['soon', null],
    ['Mon, sooner or later', null],
    ['', null],
    [undefined, null],
  ];
  for (const [header, wait] of readings) {
    it(`of ${JSON.stringify(header)}`, () => expect(askedWait(header, NOON)).to.equal(wait));
  }

  it('is null or more than nothing, an hour at most, whatever stands there', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.date().map(String), fc.integer().map(String)), (header) => {
        const wait = askedWait(header, NOON);
        if (wait !== null) expect(wait).to.be.above(0).and.at.most(HOUR);
      }),
    );
  });
});

describe('allowance', () => {
  it('is read with and without X-, from seconds and from a time', () => {
    const left = { left: 3, until: NOON + 60_000 };
    expect(allowance({ 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '60' }, NOON)).to.deep.equal(left);
    expect(allowance({ 'ratelimit-remaining': ' 3 ', 'ratelimit-reset': '60' }, NOON)).to.deep.equal(left);
    const reset = String(NOON / 1000 + 60);
    expect(allowance({ 'ratelimit-remaining': '3', 'ratelimit-reset': reset }, NOON)).to.deep.equal(left);
  });

  it('is null where it does not stand there whole', () => {
    expect(allowance({}, NOON)).to.equal(null);
    expect(allowance({ 'ratelimit-remaining': '3' }, NOON)).to.equal(null);
    expect(allowance({ 'ratelimit-reset': '3' }, NOON)).to.equal(null);
    expect(allowance({ 'ratelimit-remaining': '-1', 'ratelimit-reset': '60' }, NOON)).to.equal(null);
    expect(allowance({ 'ratelimit-remaining': ['3', '4'], 'ratelimit-reset': '60' }, NOON)).to.equal(null);
    expect(allowance({ 'ratelimit-remaining': 'many', 'ratelimit-reset': '60' }, NOON)).to.equal(null);
  });
});
