import { expect } from 'chai';
import * as fc from 'fast-check';
import { toDate, toDateTime } from '#src/shape/timestamp.js';

describe('toDate', () => {
  const accepted: [string, string][] = [
    ['2025-01-06', '2025-01-06'],
    [' 2025-01-06 ', '2025-01-06'],
    ['0001-01-01', '0001-01-01'],
    ['9999-12-31', '9999-12-31'],
    ['2024-02-29', '2024-02-29'],
    ['2000-02-29', '2000-02-29'],
    ['2025-01-06T08:00:00.000-06:00', '2025-01-06'],
    ['2025-01-06T23:30:00-06:00', '2025-01-06'],
    ['2025-01-06T08:00', '2025-01-06'],
    ['2025-01-06T08:00:59.25', '2025-01-06'],
    ['2025-01-06 08:00:00 UTC', '2025-01-06'],
    ['2025-01-06 08:00:00 -0600', '2025-01-06'],
  ];
  for (const [text, day] of accepted) {
    it(`accepts ${JSON.stringify(text)}`, () => {
      expect(toDate(text)).to.equal(day);
    });
  }

  const rejected = [
    '',
    '0000-00-00',
    '0000-01-01',
    '01/27/2025',
    '20250106',
    '2025-1-6',
    '2025-00-10',
    '2025-13-01',
    '2025-01-00',
    '2025-01-32',
    '2025-04-31',
    '2025-02-29',
    '1900-02-29',
    '2025/01/06',
    '2025-01/06',
    '+02025-01-06',
    '2025-01-0６',
    '2025-01-06x',
    '2025-01-061',
    '2025-01-06T',
    '2025-01-06T24:00:00',
    '2025-01-06T08:00:00 CST',
    '2025-01-06 tomorrow',
    'tomorrow',
  ];
  for (const text of rejected) {
    it(`rejects ${JSON.stringify(text)}`, () => {
      expect(toDate(text)).to.equal(null);
    });
  }
});

describe('toDateTime', () => {
  const accepted: [string, string][] = [
    ['2025-01-06', '2025-01-06T00:00:00.000Z'],
    ['2025-01-06T08:00:00.000-06:00', '2025-01-06T14:00:00.000Z'],
    ['2025-01-06T08:00:00Z', '2025-01-06T08:00:00.000Z'],
    ['2025-01-06t08:00:00z', '2025-01-06T08:00:00.000Z'],
    [' 2025-01-06T08:00:00Z ', '2025-01-06T08:00:00.000Z'],
    ['2025-01-06T08:00Z', '2025-01-06T08:00:00.000Z'],
    ['2025-01-06 08:00:00 UTC', '2025-01-06T08:00:00.000Z'],
    ['2025-01-06 08:00:00UTC', '2025-01-06T08:00:00.000Z'],
    ['2025-01-06 08:00:00 -0600', '2025-01-06T14:00:00.000Z'],
    ['2025-01-06 08:00:00 +05:30', '2025-01-06T02:30:00.000Z'],
    ['2025-01-06T08:00:00-06', '2025-01-06T14:00:00.000Z'],
    ['2025-01-06T08:00:00-00:00', '2025-01-06T08:00:00.000Z'],
    ['2025-01-06T08:00:00.5Z', '2025-01-06T08:00:00.500Z'],
    ['2025-01-06T08:00:00,5Z', '2025-01-06T08:00:00.500Z'],
    ['2025-01-06T08:00:00.123456789+00:00', '2025-01-06T08:00:00.123456789Z'],
    ['2025-01-06T23:59:59.999999-23:59', '2025-01-07T23:58:59.999999Z'],
    ['2025-01-06T00:00:00+00:01', '2025-01-05T23:59:00.000Z'],
    ['2025-01-01T00:00:00+05:00', '2024-12-31T19:00:00.000Z'],
    ['2024-12-31T20:00:00-05:00', '2025-01-01T01:00:00.000Z'],
    ['2024-03-01T00:00:00+01:00', '2024-02-29T23:00:00.000Z'],
    ['2025-02-28T23:00:00-01:00', '2025-03-01T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ];
  for (const [text, instant] of accepted) {
    it(`accepts ${JSON.stringify(text)}`, () => {
      expect(toDateTime(text)).to.equal(instant);
    });
  }

  const rejected = [
    '',
    'now',
    '0000-00-00 00:00:00 UTC',
    '2025-02-30T08:00:00Z',
    '2025-01-06T08:00:00',
    '2025-01-06 08:00:00',
    '2025-01-06T08:00:00 CST',
    '2025-01-06T08:00:00.Z',
    '2025-01-06T08Z',
    '2025-01-06T08-00:00Z',
    '2025-01-06T24:00:00Z',
    '2025-01-06T08:60:00Z',
    '2025-01-06T08:00:60Z',
    '2025-01-06T08:00:6Z',
    '2025-01-06T08:00:00+24:00',
    '2025-01-06T08:00:00+05:60',
    '2025-01-06T08:00:00+5',
    '2025-01-06T08:00:00+05:',
    '2025-01-06T08:00:00+053',
    '2025-01-06T08:00:00+05:300',
    '2025-01-06T08:00:00Z+00:00',
    '2025-01-06x08:00:00Z',
    '20250106T080000Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
  ];
  for (const text of rejected) {
    it(`rejects ${JSON.stringify(text)}`, () => {
      expect(toDateTime(text)).to.equal(null);
    });
  }
});

function two(number: number): string {
  return String(number).padStart(2, '0');
}

describe('toDate and toDateTime', () => {
  const instants = fc.date({
    min: new Date('0001-01-03T00:00:00Z'),
    max: new Date('9999-12-29T00:00:00Z'),
    noInvalidDate: true,
  });
  const minutes = fc.integer({ min: -(23 * 60 + 59), max: 23 * 60 + 59 });

  it('convert any instant, written with any offset, to the text of Date', () => {
    const colons = fc.constantFrom('', ':');
    const betweens = fc.constantFrom('T', ' ');
    const blanks = fc.constantFrom('', ' ');
    fc.assert(
      fc.property(
        instants,
        minutes,
        colons,
        betweens,
        blanks,
        (instant, offset, colon, between, blank) => {
          const local = new Date(instant.getTime() + offset * 60_000).toISOString();
          const far = Math.abs(offset);
          const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(far / 60))}${colon}${two(far % 60)}`;
          const text = local.replace('T', between).replace('Z', blank + zone);
          expect(toDateTime(text)).to.equal(instant.toISOString());
          expect(toDate(text)).to.equal(local.slice(0, 10));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('accept the same days as Date', () => {
    const parts = fc.tuple(
      fc.integer({ min: 0, max: 9999 }),
      fc.integer({ min: 0, max: 14 }),
      fc.integer({ min: 0, max: 33 }),
    );
    fc.assert(
      fc.property(parts, ([year, month, day]) => {
        const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
        const date = new Date(0);
        date.setUTCFullYear(year, month - 1, day);
        const isReal = year > 0 && date.toISOString().startsWith(text);
        expect(toDate(text)).to.equal(isReal ? text : null);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throw, and accept their own results unchanged', () => {
    const like = fc.stringMatching(/^[0-9]{3,4}-[01][0-9]-[0-3][0-9][ T]?[0-9:.+Z -]{0,20}$/);
    fc.assert(
      fc.property(fc.oneof(like, fc.string()), (text) => {
        const instant = toDateTime(text);
        const day = toDate(text);
        if (instant !== null) expect(toDateTime(instant)).to.equal(instant);
        if (instant !== null) expect(day).to.match(/^\d{4}-\d\d-\d\d$/);
        if (day !== null) expect(toDate(day)).to.equal(day);
      }),
      { numRuns: 2000 },
    );
  });
});
