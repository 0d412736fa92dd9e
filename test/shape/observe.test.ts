import { expect } from 'chai';
import * as fc from 'fast-check';
import type { PropertySchema, StreamSchema } from '#src/catalog/schema.js';
import { shippedSchema } from '#src/catalog/shipped.js';
import { createValidator } from '#src/catalog/validator.js';
import { Observer, type Observed } from '#src/shape/observe.js';
import { compileShape, type Rejection } from '#src/shape/shape.js';
import { STREAMS, type StreamDef } from '#src/streams.js';
import { casesOf, EDITED, strangeNames } from '../support/shape-cases.js';

function observed(
  stream: StreamDef,
  rows: readonly unknown[],
  schema: StreamSchema = shippedSchema(stream.name),
): Observed {
  const shipped = shippedSchema(stream.name);
  const observer = new Observer({ stream, schema, shipped, validator: createValidator() });
  for (const row of rows) observer.add(row);
  return observer.result();
}

function streamOf(name: string): StreamDef {
  return STREAMS.find((stream) => stream.name === name)!;
}

/** The type of a new field with these values, or its format. */
function typeOf(...values: readonly unknown[]): unknown {
  const rows = values.map((value, id) => ({ id, field: value }));
  const { type, format } = observed(streamOf('cities'), rows).found.get('field') ?? {};
  expect(type).to.have.lengthOf(2).and.include('null');
  return format ?? [type].flat().at(-1);
}

describe('Observer', () => {
  for (const [expected, ...values] of [
    ['integer', 1, null, -3],
    ['number', 1, 0.5],
    ['boolean', true, '', false],
    ['date-time', '2025-01-01T00:00:00Z', null, '2025-06-30T23:59:59.123-06:00', ' '],
    ['string', '2025-01-01T00:00:00Z', '2025-01-01'],
    ['string', '2025-01-01T00:00:00'],
    ['string', '2025-13-01T00:00:00Z'],
    ['string', '5', '6'],
    ['string', 5, '6'],
    ['string', true, 1],
    ['string', 2n ** 60n],
    ['string', 2 ** 53],
    ['string', { a: 1 }, { a: 2 }],
    ['string', [1]],
    ['string', null],
  ] as const) {
    it(`makes ${values.map((one) => (typeof one === 'bigint' ? `${one}` : JSON.stringify(one))).join(', ')} a column of type ${expected}`, () => {
      expect(typeOf(...values)).to.equal(expected);
    });
  }

  it('limits integers to what a number holds exactly', () => {
    expect(observed(streamOf('cities'), [{ id: 1, lots: 5 }]).found.get('lots')).to.include({
      minimum: Number.MIN_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
    });
  });

  it('spells columns as the schemas do, with the prefix of a flattened object', () => {
    const rows = [{ id: 1, 'Lot Color': 1, LOT_COLOR: 'red', Billing_Contact: { 'Pager-No': 1 } }];
    expect([...observed(streamOf('customers'), rows).found.keys()]).to.deep.equal([
      'lot_color',
      'billing_contact_pager_no',
    ]);
  });

  it('finds no columns in names that cannot be columns', () => {
    const names = ['a:b', '1st', '', 'é', '_sdc_x', '_rescued_data', '__x', 'x'.repeat(64)];
    const row = Object.fromEntries(names.map((name) => [name, 1]));
    const { found, unusable } = observed(streamOf('cities'), [{ id: 1, ...row }]);
    expect([...found.keys()]).to.deep.equal([]);
    expect(unusable).to.have.members(names);
  });

  it('finds at most 100 columns', () => {
    const row = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`field_${at}`, at]));
    const { found, unusable } = observed(streamOf('cities'), [{ id: 1, ...row }]);
    expect([found.size, unusable.length]).to.deep.equal([100, 50]);
  });

  it('takes the shipped type if the catalog lacks a shipped column', () => {
    const shipped = shippedSchema('jobs');
    const { notes: _, updated_at: __, ...properties } = shipped.properties;
    const rows = [{ id: 1, notes: null }];
    const { found } = observed(streamOf('jobs'), rows, { ...shipped, properties });
    expect([...found]).to.deep.equal([['notes', shipped.properties['notes']]]);
  });

  it('names columns that never came, but not those that the tap makes', () => {
    const { absent } = observed(streamOf('cities'), [{ id: 1 }, { id: 2, Name: null }]);
    expect(absent).to.deep.equal(['state', 'created_at', 'updated_at', 'etag']);
    const event = { id: 1, job_id: 2, event: 'x', author: 1, created_at: 'now', changes: [] };
    const names = observed(streamOf('job_events'), [event]).absent;
    expect(names.filter((name) => !name.startsWith('job_'))).to.deep.equal([]);
    expect(observed(streamOf('jobs'), [{ id: 1 }]).absent).not.to.include.members(['deleted_at']);
    expect(observed(streamOf('cities'), []).absent).to.deep.equal([]);
  });

  it('counts the values that do not fit, by column and reason', () => {
    const rows = [
      { id: 1, updated_at: '?' },
      { id: 2, updated_at: '??' },
      { id: 3 },
      { name: 'x' },
    ];
    expect(observed(streamOf('cities'), rows).misfits).to.deep.equal([
      { field: 'updated_at', reason: 'not a date-time with an offset', count: 2 },
      { field: null, reason: 'its key id is missing', count: 1 },
    ]);
  });

  it('finds columns that all values fit, for any rows', () => {
    const types = /^not (?:an integer|a number|true or false|a date)/;
    const names = fc.oneof(strangeNames, fc.constantFrom('crew size', 'JOB_ID'));
    fc.assert(
      fc.property(casesOf(STREAMS, names, EDITED), ({ stream, schema, rows }) => {
        const { found, unusable } = observed(stream, rows, schema);
        const properties: Record<string, PropertySchema> = { ...schema.properties };
        for (const [name, property] of found) {
          expect(Object.hasOwn(schema.properties, name), name).to.equal(false);
          properties[name] = property;
        }
        const left: string[] = [];
        const shape = compileShape({
          stream,
          schema: { ...schema, properties },
          selected: new Set(Object.keys(properties)),
          undeclared: (field) => left.push(field),
          validator: createValidator(),
        });
        const rejections: Rejection[] = [];
        for (const row of rows) shape(row, rejections);
        const shipped = shippedSchema(stream.name).properties;
        const wrong = rejections.filter(
          ({ field, reason }) =>
            field !== null &&
            found.has(field) &&
            !Object.hasOwn(shipped, field) &&
            types.test(reason),
        );
        expect(wrong).to.deep.equal([]);
        expect(unusable).to.include.members(left);
      }),
      { numRuns: 300 },
    );
  });
});
