import { Ajv } from 'ajv';
import { expect } from 'chai';
import { nullable } from '#src/shape/nullable.js';
import type { PropertySchema } from '#src/catalog/schema.js';

const NULLABLE: PropertySchema[] = [
  {},
  { type: ['null', 'string'] },
  { type: 'null' },
  { type: ['string', 'null'], format: 'date-time', maxLength: 5 },
  { enum: ['a', null] },
  { const: null },
  { anyOf: [{ type: 'string' }, { type: 'null' }] },
  { oneOf: [{ type: 'string' }, { type: ['null', 'integer'] }] },
];

const WIDENED: [PropertySchema, PropertySchema][] = [
  [
    { type: 'integer', minimum: 1 },
    { type: ['null', 'integer'], minimum: 1 },
  ],
  [{ type: ['integer', 'string'] }, { type: ['null', 'integer', 'string'] }],
  [
    { type: 'string', enum: ['a'] },
    { type: ['null', 'string'], enum: ['a', null] },
  ],
  [
    { type: ['null', 'string'], enum: ['a'] },
    { type: ['null', 'string'], enum: ['a', null] },
  ],
  [
    { type: 'string', enum: ['a', null] },
    { type: ['null', 'string'], enum: ['a', null] },
  ],
  [{ const: 'a' }, { enum: ['a', null] }],
  [
    { anyOf: [{ type: 'integer' }, { type: 'string' }] },
    { anyOf: [{ type: 'integer' }, { type: 'string' }, { type: 'null' }] },
  ],
  [{ oneOf: [{ type: 'integer' }] }, { oneOf: [{ type: 'integer' }, { type: 'null' }] }],
  [
    { type: 'integer', anyOf: [{ minimum: 1 }] },
    { type: ['null', 'integer'], anyOf: [{ minimum: 1 }] },
  ],
  [{ not: { type: 'integer' } }, { anyOf: [{ type: 'null' }, { not: { type: 'integer' } }] }],
  [
    { oneOf: [{ type: ['null', 'integer'] }, { type: ['null', 'string'] }] },
    {
      anyOf: [
        { type: 'null' },
        { oneOf: [{ type: ['null', 'integer'] }, { type: ['null', 'string'] }] },
      ],
    },
  ],
];

describe('nullable', () => {
  const ajv = new Ajv({ strict: false, logger: false });

  for (const schema of NULLABLE) {
    it(`returns ${JSON.stringify(schema)} unchanged`, () => {
      expect(nullable(schema)).to.equal(schema);
      expect(ajv.validate(schema, null)).to.equal(true);
    });
  }

  for (const [schema, wide] of WIDENED) {
    it(`widens ${JSON.stringify(schema)}`, () => {
      expect(nullable(schema)).to.deep.equal(wide);
      expect(ajv.validate(wide, null)).to.equal(true);
    });
  }

  it('keeps the order of the keywords', () => {
    const keywords = Object.keys(nullable({ description: 'D', type: 'string', maxLength: 3 }));
    expect(keywords).to.deep.equal(['description', 'type', 'maxLength']);
  });
});
