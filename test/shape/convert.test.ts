import { Ajv } from 'ajv';
import { default as addFormats } from 'ajv-formats';
import { expect } from 'chai';
import { Misfit } from '#src/shape/convert-type.js';
import { compileConvert, type Validator } from '#src/shape/convert.js';
import { createValidator } from '#src/catalog/validator.js';
import { ConfigError } from '#src/errors.js';
import type { PropertySchema } from '#src/catalog/schema.js';

const SAFE = 2 ** 53 - 1;
const MISFIT = Symbol('misfit');

interface Table {
  readonly schema: PropertySchema;
  /** A cell and the converted value; only the cell if it stays unchanged. */
  readonly accepted: readonly (readonly [unknown, unknown?])[];
  /** Cells by the reason of their rejection. */
  readonly rejected: Readonly<Record<string, readonly unknown[]>>;
}

const HUGE = 'beyond the range of a double-precision number';
const INEXACT = 'an integer beyond 2^53-1, which may be inexact';
const NOT_UNICODE = 'not valid Unicode text (lone surrogate)';

const KINDS: Readonly<Record<string, Table>> = {
  integer: {
    schema: { type: ['null', 'integer'] },
    accepted: [
      [50],
      [0],
      [-7],
      [50.0, 50],
      [SAFE],
      [-SAFE],
      [-0, 0],
      ['50', 50],
      [' 50 ', 50],
      ['\t50\n', 50],
      ['50.0', 50],
      ['50.000', 50],
      ['-50', -50],
      ['-0', 0],
      ['007', 7],
      ['9007199254740991', SAFE],
      ['-9007199254740991', -SAFE],
    ],
    rejected: {
      'not an integer': [
        1.5,
        -0.1,
        true,
        false,
        '1.5',
        '50.',
        '.0',
        '1e3',
        '0x10',
        '0b1',
        '1_000',
        '1,000',
        '+50',
        '- 50',
        '5 0',
        'fifty',
        'NaN',
        'Infinity',
        [],
        [50],
        {},
      ],
      [INEXACT]: [
        2 ** 53,
        -(2 ** 53),
        2n ** 64n,
        1e20,
        JSON.parse('1e999'),
        '9007199254740992',
        '-9007199254740993',
        '9'.repeat(400),
      ],
    },
  },
  number: {
    schema: { type: ['null', 'number'] },
    accepted: [
      [12.5],
      [12],
      [-0, 0],
      ['12.50', 12.5],
      [' 12.50 ', 12.5],
      ['1e3', 1000],
      ['-1.5E-2', -0.015],
      ['1e+2', 100],
      ['.5', 0.5],
      ['5.', 5],
      [1e300],
      [2 ** 53],
      [2n ** 64n, 2 ** 64],
    ],
    rejected: {
      'not a number': [
        true,
        false,
        'x',
        '1,200.50',
        '$5',
        '0x10',
        'Infinity',
        '-Infinity',
        'NaN',
        '1e',
        '.',
        '-',
        [],
        {},
      ],
      [HUGE]: [JSON.parse('1e999'), JSON.parse('-1e999'), '1e999', '-1e999'],
    },
  },
  boolean: {
    schema: { type: ['null', 'boolean'] },
    accepted: [[true], [false], ['true', true], ['FALSE', false], [' True ', true]],
    rejected: { 'not true or false': [1, 0, 'yes', 'no', 't', '1', 'truee', [], {}, [true]] },
  },
  date: {
    schema: { type: ['null', 'string'], format: 'date' },
    accepted: [
      ['2025-01-27'],
      ['2025-01-27T23:00:00.000-06:00', '2025-01-27'],
      ['2025-01-27 08:00:00 UTC', '2025-01-27'],
    ],
    rejected: {
      'not a date': [
        '0000-00-00',
        '01/27/2025',
        '2025-02-30',
        '2025-01-27x',
        20250127,
        true,
        [],
        {},
      ],
    },
  },
  'date-time': {
    schema: { type: ['null', 'string'], format: 'date-time' },
    accepted: [
      ['2025-01-06T14:00:00.000Z'],
      ['2025-01-06T08:00:00.000-06:00', '2025-01-06T14:00:00.000Z'],
      ['2025-01-06T08:00:00-06:00', '2025-01-06T14:00:00.000Z'],
      ['2025-01-06 08:00:00 UTC', '2025-01-06T08:00:00.000Z'],
      ['2025-01-06 08:00:00 -0600', '2025-01-06T14:00:00.000Z'],
      ['2025-01-06', '2025-01-06T00:00:00.000Z'],
    ],
    rejected: {
      'not a date-time with an offset': [
        '2025-01-06T08:00:00',
        '0000-00-00 00:00:00 UTC',
        'now',
        1736172000,
        true,
        [],
        {},
      ],
    },
  },
  string: {
    schema: { type: ['null', 'string'] },
    accepted: [
      ['text'],
      [' not trimmed '],
      ['null'],
      ['😀'],
      [12, '12'],
      [12.5, '12.5'],
      [SAFE, '9007199254740991'],
      [-0, '0'],
      [true, 'true'],
      [false, 'false'],
      [{ a: [1, null] }, '{"a":[1,null]}'],
      [[], '[]'],
      [{}, '{}'],
      [{ half: '\uD800' }, String.raw`{"half":"\ud800"}`],
    ],
    rejected: {
      [NOT_UNICODE]: ['\uD800', 'a\uDC00b', '\uDE00\uD83D'],
      [HUGE]: [JSON.parse('1e999'), JSON.parse('{"a":[-1e999]}')],
      [INEXACT]: [2 ** 53, 1e21, -(2n ** 53n), [2n ** 64n], { a: [-1e20] }],
      'nested too deeply': [JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))],
    },
  },
  object: {
    schema: { type: ['null', 'object'] },
    accepted: [[{}], [{ a: [1, null] }], ['{"a":1}', { a: 1 }], [' {} ', {}]],
    rejected: {
      'not an object': [[], '[]', 'null', '5', 'text', '{a:1}', 5, true],
      [INEXACT]: [{ a: 2n ** 64n }, { a: [2 ** 53] }, '{"a":12345678901234567890}'],
      [NOT_UNICODE]: [{ a: '\uD800' }, { '\uD800': 1 }, '{"a":"\\ud800"}'],
      [HUGE]: [JSON.parse('{"a":1e999}'), '{"a":1e999}'],
      'nested too deeply': [{ a: JSON.parse('['.repeat(600) + ']'.repeat(600)) }],
    },
  },
  array: {
    schema: { type: ['null', 'array'] },
    accepted: [[[]], [[1, { a: null }]], ['[1,2]', [1, 2]]],
    rejected: {
      'not an array': [{}, '{}', 'text', '1,2', 5, true],
      [NOT_UNICODE]: [['\uD800']],
      [HUGE]: ['[1e999]'],
    },
  },
  'no type': {
    schema: { description: 'Anything' },
    accepted: [['text'], [5], [true], [[1]], [{ a: 1 }], ['[1]']],
    rejected: {
      [INEXACT]: [2n ** 64n, 2 ** 53, [1e20]],
      [NOT_UNICODE]: ['\uD800', ['\uD800']],
      [HUGE]: [JSON.parse('1e999'), JSON.parse('[1e999]')],
    },
  },
  'no type, but limits and a format': {
    schema: { format: 'date', minimum: 0 },
    accepted: [['2025-01-06T08:00', '2025-01-06'], [0], [true], [{ a: 1 }]],
    rejected: { 'not a date': ['text'], "smaller than the catalog's minimum 0": [-1] },
  },
  'only null': {
    schema: { type: 'null' },
    accepted: [],
    rejected: { 'not null': ['text', 0, false, [], {}] },
  },
  limits: {
    schema: { type: ['null', 'integer'], minimum: -5, maximum: 10 },
    accepted: [[-5], [10], ['10', 10]],
    rejected: {
      "smaller than the catalog's minimum -5": [-6, '-6'],
      "larger than the catalog's maximum 10": [11, '11.0'],
      'not an integer': [1.5],
    },
  },
  'integer or string': {
    schema: { type: ['null', 'integer', 'string'] },
    accepted: [[5], ['5', 5], ['5.5'], ['9007199254740993'], [true, 'true'], [{ a: 1 }, '{"a":1}']],
    rejected: { 'not of an allowed type (integer, string)': ['\uD800', 1e20, 2n ** 64n] },
  },
  'string or integer': {
    schema: { type: ['string', 'integer'] },
    accepted: [[5, '5'], ['5']],
    rejected: {},
  },
  'integer or boolean': {
    schema: { type: ['integer', 'boolean'] },
    accepted: [[5], [true], ['true', true], ['5', 5]],
    rejected: { 'not of an allowed type (integer, boolean)': ['x', 1.5, {}] },
  },
  anyOf: {
    schema: { anyOf: [{ type: 'string', format: 'date-time' }, { type: ['string', 'null'] }] },
    accepted: [['2025-01-06T08:00:00-06:00', '2025-01-06T14:00:00.000Z'], ['soon'], [5, '5']],
    rejected: { 'not of an allowed type (date-time, string)': ['\uD800'] },
  },
  oneOf: {
    schema: { minimum: 0, oneOf: [{ type: 'integer' }, { type: 'array' }] },
    accepted: [[5], ['5', 5], [[5]]],
    rejected: { 'not of an allowed type (integer, array)': [-1, 'x'] },
  },
  'anyOf of one': {
    schema: { type: 'integer', anyOf: [{}] },
    accepted: [[5]],
    rejected: { 'not an integer': ['x'] },
  },
  'anyOf with an alternative of no type': {
    schema: { anyOf: [{ type: 'integer' }, {}] },
    accepted: [[5], ['x'], ['5', 5]],
    rejected: { 'not of an allowed type (integer, any)': [JSON.parse('1e999')] },
  },
};

function short(cell: unknown): string {
  return typeof cell === 'number' || typeof cell === 'string'
    ? JSON.stringify(cell).slice(0, 40)
    : typeof cell;
}

describe('compileConvert', () => {
  for (const [name, { schema, accepted, rejected }] of Object.entries(KINDS)) {
    describe(name, () => {
      const convert = compileConvert(schema, 'stream jobs, column a,');
      for (const [cell, value = cell] of accepted) {
        it(`accepts ${short(cell)}`, () => {
          expect(convert(cell)).to.deep.equal(value);
        });
      }
      for (const [reason, cells] of Object.entries(rejected)) {
        for (const cell of cells) {
          it(`rejects ${short(cell)}: ${reason}`, () => {
            expect(convert(cell)).to.be.instanceOf(Misfit).with.property('reason', reason);
          });
        }
      }
    });
  }

  it('returns objects themselves, not copies', () => {
    const cell = { a: [1] };
    expect(compileConvert({ type: 'object' }, 'column a')(cell)).to.equal(cell);
  });

  it('throws on an unknown type', () => {
    const schema = { type: ['null', 'decimal'] };
    expect(() => compileConvert(schema, 'stream jobs, column a,')).to.throw(
      ConfigError,
      'catalog: stream jobs, column a, has the unknown type "decimal"; use string, integer',
    );
  });
});

function misfit(reason: string): unknown {
  return { [MISFIT]: reason };
}

function noValidator(): never {
  throw new Error('a validator was compiled');
}

describe('compileConvert with a validator', () => {
  const ajv = new Ajv({ strict: false });
  addFormats.default(ajv);
  const validator: Validator = (schema) => ajv.compile(schema);
  const converted = (schema: PropertySchema, cell: unknown): unknown => {
    const value = compileConvert(schema, 'column a', validator)(cell);
    return value instanceof Misfit ? { [MISFIT]: value.reason } : value;
  };
  const cases: [PropertySchema, unknown, unknown][] = [
    [{ type: ['null', 'string'], maxLength: 3 }, 'abc', 'abc'],
    [
      { type: ['null', 'string'], maxLength: 3 },
      'abcd',
      misfit("not valid for the catalog's schema (maxLength)"),
    ],
    [
      { type: ['null', 'string'], maxLength: 3 },
      1234,
      misfit("not valid for the catalog's schema (maxLength)"),
    ],
    [{ type: 'integer', enum: [1, 2] }, '2', 2],
    [{ type: 'integer', enum: [1, 2] }, 3, misfit("not valid for the catalog's schema (enum)")],
    [{ type: 'integer', enum: [1, 2] }, 'x', misfit('not an integer')],
    [
      { type: 'string', pattern: '^a', minLength: 2 },
      'b',
      misfit("not valid for the catalog's schema (pattern, minLength)"),
    ],
    [{ type: 'string', format: 'email' }, 'a@example.com', 'a@example.com'],
    [
      { type: 'string', format: 'email' },
      'nobody',
      misfit("not valid for the catalog's schema (format)"),
    ],
    [{ type: 'string', format: 'date', enum: ['2025-01-06'] }, '2025-01-06T08:00', '2025-01-06'],
    [{ type: ['integer', 'string'], enum: ['5'] }, 5, '5'],
    [
      { type: ['integer', 'string'], enum: ['5'] },
      6,
      misfit('not of an allowed type (integer, string)'),
    ],
    [{ anyOf: [{ type: 'integer', enum: [1] }, { type: 'string' }] }, 5, '5'],
    [{ allOf: [{ type: 'integer' }] }, 5, 5],
    [{ allOf: [{ type: 'integer' }] }, 'x', misfit("not valid for the catalog's schema (allOf)")],
  ];
  for (const [schema, cell, expected] of cases) {
    it(`converts ${JSON.stringify(cell)} by ${JSON.stringify(schema)}`, () => {
      expect(converted(schema, cell)).to.deep.equal(expected);
    });
  }

  it('names the column of an invalid schema', () => {
    const schema = { type: 'string', maxLength: -1 };
    expect(() => compileConvert(schema, 'stream jobs, column a,', createValidator())).to.throw(
      ConfigError,
      'catalog: stream jobs, column a, has an invalid schema (schema is invalid: data/maxLength',
    );
  });

  it('compiles no validator for plain keywords', () => {
    const schema = {
      type: 'integer',
      minimum: 0,
      maximum: 9,
      title: 'A',
      description: 'A',
      default: 1,
    };
    expect(compileConvert(schema, 'column a', noValidator)(5)).to.equal(5);
    expect(
      compileConvert({ type: 'string', format: 'date' }, 'column a', noValidator)('2025-01-06'),
    ).to.equal('2025-01-06');
    expect(() =>
      compileConvert({ type: 'string', maxLength: 3 }, 'column a', noValidator),
    ).to.throw('a validator was compiled');
  });
});
