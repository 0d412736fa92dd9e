import { expect } from 'chai';
import * as fc from 'fast-check';
import { parseDate, parseTimestamp } from '#src/load/timestamps.js';

const moments = fc.date({
  min: new Date('0001-01-02T00:00:00Z'),
  max: new Date('9999-12-30T00:00:00Z'),
  noInvalidDate: true,
});

describe('dates and times', () => {
  it('are as Date reads them, if it is exact', () => {
    fc.assert(
      fc.property(moments, fc.constantFrom('T', ' ', 't'), (moment, separator) => {
        const iso = moment.toISOString();
        const text = iso.replace('T', separator);
        expect(parseTimestamp(text)).to.equal(BigInt(moment.getTime()) * 1000n);
        const day = iso.slice(0, 10);
        expect(parseDate(day)).to.equal(Date.parse(day) / 86_400_000);
      }),
      { numRuns: 2000 },
    );
  });

  it('have offsets, and fractions to the microsecond', () => {
    const of = (text: string): bigint => BigInt(Date.parse(text)) * 1000n;
    const start = of('2026-11-24T06:12:03Z');
    for (const [text, expected] of [
      ['2026-11-24T06:12:03', start],
      ['2026-11-24T06:12:03z', start],
      ['2026-11-24T08:12:03+02:00', start],
      ['2026-11-24T00:42:03-0530', start],
      ['2026-11-24T06:12:03.5Z', start + 500_000n],
      ['2026-11-24T06:12:03.123456+00:00', start + 123_456n],
      ['2026-11-24T06:12:03.123456000Z', start + 123_456n],
      ['1969-12-31T23:59:59.999999Z', -1n],
      ['2000-02-29T00:00:00Z', of('2000-02-29T00:00:00Z')],
    ] as const)
      expect(parseTimestamp(text), text).to.equal(expected);
  });

  it('are null in any other form, rather than something near', () => {
    for (const text of [
      '',
      '2026-11-24',
      '2026-11-24T06:12Z',
      '2026-02-30T00:00:00Z',
      '1900-02-29T00:00:00Z',
      '0000-01-01T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-11-24T24:00:00Z',
      '2026-11-24T06:60:00Z',
      '2026-11-24T06:12:60Z',
      '2026-11-24T06:12:03.1234567Z',
      '2026-11-24T06:12:03.Z',
      '2026-11-24T06:12:03+24:00',
      '2026-11-24T06:12:03+02:60',
      '2026-11-24T06:12:03 UTC',
      '2026-11-24T06:12:03Zx',
      ' 2026-11-24T06:12:03Z',
      '20261124T061203Z',
      '٢٠٢٦-11-24T06:12:03Z',
    ])
      expect(parseTimestamp(text), text).to.equal(null);
    for (const text of ['2026-11-4', '2026-1-24', '2026-02-29', '24.11.2026', '2026-11-24 '])
      expect(parseDate(text), text).to.equal(null);
  });
});
