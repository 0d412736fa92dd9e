import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  parseAllowance,
  parseRetryAfter,
  serverTime,
  throttleDelay,
  retryDelay,
} from '#src/api/retry.js';
import { NOON } from '../support/clock.js';

const HOUR = 3_600_000;

/** The first nine waits, s. */
function waits(wait: (attempt: number, chance: number) => number, chance: number): number[] {
  return Array.from({ length: 9 }, (_, attempt) => wait(attempt, chance) / 1000);
}

describe('growing waits', () => {
  it('after a 429 go from 2 s to 5 minutes', () => {
    expect(waits(throttleDelay, 0)).to.deep.equal([2, 4, 8, 16, 32, 64, 128, 256, 300]);
    expect(waits(throttleDelay, 1)).to.deep.equal([2.5, 5, 10, 20, 40, 80, 160, 300, 300]);
  });

  it('after a fault go from 2 s to a minute', () => {
    expect(waits(retryDelay, 0)).to.deep.equal([2, 4, 8, 16, 32, 60, 60, 60, 60]);
    expect(waits(retryDelay, 1)).to.deep.equal([2.5, 5, 10, 20, 40, 60, 60, 60, 60]);
  });

  it('stay within bounds after any number of attempts', () => {
    expect(throttleDelay(100_000, 1)).to.equal(300_000);
    expect(retryDelay(100_000, 0)).to.equal(60_000);
  });
});

describe('parseRetryAfter', () => {
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
    it(`of ${JSON.stringify(header)}`, () => expect(parseRetryAfter(header, NOON)).to.equal(wait));
  }

  it('is null or more than nothing, an hour at most, whatever the header is', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.date().map(String), fc.integer().map(String)),
        (header) => {
          const wait = parseRetryAfter(header, NOON);
          if (wait !== null) expect(wait).to.be.above(0).and.at.most(HOUR);
        },
      ),
    );
  });
});

describe('a Retry-After date', () => {
  it('is read against the date of the response: the clocks may differ', () => {
    const header = 'Mon, 06 Jan 2025 12:00:04 GMT';
    const date = serverTime({ date: 'Mon, 06 Jan 2025 12:00:00 GMT' });
    for (const off of [-600_000, 0, 600_000])
      expect(parseRetryAfter(header, NOON + off, date)).to.equal(4000);
  });

  it("is read against this machine's clock if the response has no date", () => {
    for (const date of [undefined, 'soon', '-5', ['a', 'b']])
      expect(serverTime({ date })).to.equal(undefined);
    expect(parseRetryAfter('Mon, 06 Jan 2025 12:00:04 GMT', NOON, serverTime({}))).to.equal(4000);
  });
});

describe('parseAllowance', () => {
  const until = (reset: string, date?: string): number | undefined =>
    parseAllowance({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset, date }, NOON)?.until;

  it('is read in ms as well, from now and since 1970', () => {
    expect(until('60000')).to.equal(NOON + 60_000);
    expect(until('3600000')).to.equal(NOON + HOUR);
    expect(until(String(NOON + 60_000))).to.equal(NOON + 60_000);
    expect(until('59.5')).to.equal(NOON + 59_500);
  });

  it('is read against the date of the response, if it is a time', () => {
    const date = 'Mon, 06 Jan 2025 13:00:00 GMT';
    expect(until(String(NOON / 1000 + 3660), date)).to.equal(NOON + 60_000);
    expect(until(String(NOON + HOUR + 60_000), date)).to.equal(NOON + 60_000);
    expect(until('60', date)).to.equal(NOON + 60_000);
  });

  it('is null if it cannot be true: past, or more than an hour', () => {
    const absurd = [
      '0',
      '4000000',
      String(NOON / 1000 - 1),
      String(NOON - 1),
      String(NOON / 1000 + 7200),
      '9'.repeat(30),
    ];
    for (const reset of absurd) expect(until(reset), reset).to.equal(undefined);
  });

  it('is read with and without X-, from seconds and from a time', () => {
    const left = { left: 3, until: NOON + 60_000 };
    expect(
      parseAllowance({ 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '60' }, NOON),
    ).to.deep.equal(left);
    expect(
      parseAllowance({ 'ratelimit-remaining': ' 3 ', 'ratelimit-reset': '60' }, NOON),
    ).to.deep.equal(left);
    const reset = String(NOON / 1000 + 60);
    expect(
      parseAllowance({ 'ratelimit-remaining': '3', 'ratelimit-reset': reset }, NOON),
    ).to.deep.equal(left);
  });

  it('is null if it is incomplete', () => {
    expect(parseAllowance({}, NOON)).to.equal(null);
    expect(parseAllowance({ 'ratelimit-remaining': '3' }, NOON)).to.equal(null);
    expect(parseAllowance({ 'ratelimit-reset': '3' }, NOON)).to.equal(null);
    expect(parseAllowance({ 'ratelimit-remaining': '-1', 'ratelimit-reset': '60' }, NOON)).to.equal(
      null,
    );
    expect(
      parseAllowance({ 'ratelimit-remaining': ['3', '4'], 'ratelimit-reset': '60' }, NOON),
    ).to.equal(null);
    expect(
      parseAllowance({ 'ratelimit-remaining': 'many', 'ratelimit-reset': '60' }, NOON),
    ).to.equal(null);
  });
});
