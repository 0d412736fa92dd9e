import { expect } from 'chai';
import * as fc from 'fast-check';
import { parse } from '#src/system/exact-json.js';
import { jsonText } from '#src/shape/json-text.js';

const large = fc
  .bigInt({ min: -(10n ** 30n), max: 10n ** 30n })
  .filter((value) => value > 9007199254740991n || value < -9007199254740991n);
const text = fc.oneof(
  fc.string(),
  fc
    .tuple(fc.string(), large.map(String), fc.constantFrom('', ',', ', ', '"', '\\', '\\"', ']'))
    .map((parts) => parts.join('')),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    text,
    fc.maxSafeInteger(),
    large,
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => Math.abs(number) < 1e15),
    fc.constantFrom(null, true, false),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.oneof(text, fc.constant('__proto__')), tie('value'), { maxKeys: 5 }),
  ),
}));

describe('parse', () => {
  it('parses JSON with and without a byte order mark, and returns undefined otherwise', () => {
    expect(parse('{"a":1}')).to.deep.equal({ a: 1 });
    expect(parse('\uFEFF[]')).to.deep.equal([]);
    expect(parse('null')).to.equal(null);
    for (const text of ['', '<html>', '{"a":', 'undefined'])
      expect(parse(text)).to.equal(undefined);
  });

  it('returns each value as it was sent, and integers of any size', () => {
    fc.assert(
      fc.property(value, fc.constantFrom('', ' ', '\n'), (sent, gap) => {
        const json = gap + jsonText(sent) + gap;
        expect(jsonText(parse(json))).to.equal(jsonText(sent));
      }),
      { numRuns: 500 },
    );
  });

  it('equals JSON.parse if no integer is large', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const parsed: unknown = JSON.parse(json);
        if (!/\d{16}/.test(json)) expect(parse(json)).to.deep.equal(parsed);
      }),
    );
  });

  const readings: [json: string, value: unknown][] = [
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['-12345678901234567890', -12345678901234567890n],
    ['12345678901234567890.0', 12345678901234567890n],
    ['[12345678901234567890 , 1]', [12345678901234567890n, 1]],
    ['0.1234567890123456', 0.1234567890123456],
    ['1234567890123456789e2', Number('1234567890123456789e2')],
    ['12345678901234567.25', 12345678901234568],
    ['"12345678901234567890"', '12345678901234567890'],
    ['{"12345678901234567890":1}', { '12345678901234567890': 1 }],
    ['"a, 12345678901234567890, \\\\"', 'a, 12345678901234567890, \\'],
    [
      '["\\", 12345678901234567890,", 12345678901234567890]',
      ['", 12345678901234567890,', 12345678901234567890n],
    ],
  ];
  for (const [json, value] of readings)
    it(`of ${json}`, () => expect(parse(json)).to.deep.equal(value));

  it('accepts nothing that JSON.parse rejects', () => {
    for (const json of [
      '{12345678901234567890:1}',
      '012345678901234567890',
      '[1 12345678901234567890]',
      '+12345678901234567890',
      '--12345678901234567890',
      '12345678901234567890.',
      '[12345678901234567890',
      '"12345678901234567890',
    ]) {
      expect(parse(json), json).to.equal(undefined);
    }
  });

  it('accepts any depth beside a large integer', () => {
    const deep = '['.repeat(50_000) + '12345678901234567890' + ']'.repeat(50_000);
    expect(jsonText(parse(deep))).to.equal(deep);
  });
});
