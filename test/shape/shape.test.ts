import { expect } from 'chai';
import { ConfigError } from '#src/errors.js';
import type { PropertySchema, StreamSchema } from '#src/catalog/schema.js';
import {
  compileShape,
  selectedSchema,
  type Rejection,
  type ShapeOptions,
} from '#src/shape/shape.js';
import { STREAMS, type StreamDef } from '#src/streams.js';

const KINDS: Readonly<Record<string, PropertySchema>> = {
  key: { type: 'integer' },
  textKey: { type: 'string' },
  integer: { type: ['null', 'integer'] },
  number: { type: ['null', 'number'] },
  boolean: { type: ['null', 'boolean'] },
  string: { type: ['null', 'string'] },
  date: { type: ['null', 'string'], format: 'date' },
  'date-time': { type: ['null', 'string'], format: 'date-time' },
};

/** A schema of columns, each written `name:kind`. */
function schemaOf(...columns: string[]): StreamSchema {
  const properties = columns.map((column) => {
    const [name = '', kind = ''] = column.split(':');
    return [name, KINDS[kind] ?? {}] as const;
  });
  return { type: 'object', properties: Object.fromEntries(properties) };
}

function streamOf(name: string): StreamDef {
  return STREAMS.find((stream) => stream.name === name)!;
}

interface Shaped {
  readonly record: Record<string, unknown> | null;
  readonly rejections: Rejection[];
  readonly undeclared: string[];
}

/** Shapes rows with all columns selected, or some, and returns the outcome of the last row. */
function shaped(
  stream: StreamDef,
  schema: StreamSchema,
  rows: unknown[],
  selected?: string[],
): Shaped {
  const undeclared: string[] = [];
  const shape = compileShape({
    stream,
    schema,
    selected: new Set(selected ?? Object.keys(schema.properties)),
    undeclared: (field) => undeclared.push(field),
  });
  let record: Shaped['record'] = null;
  let rejections: Rejection[] = [];
  for (const row of rows) {
    rejections = [];
    record = shape(row, rejections);
  }
  return { record, rejections, undeclared };
}

const cities = streamOf('cities');
const CITY = schemaOf(
  'id:key',
  'name:string',
  'state:string',
  'crew_size:integer',
  'updated_at:date-time',
);

function city(...rows: unknown[]): Shaped {
  return shaped(cities, CITY, rows);
}

describe('compileShape: a row', () => {
  it('emits all columns in the order of the schema, null if absent', () => {
    const { record, rejections, undeclared } = city({
      updated_at: '2025-01-06T08:00:00Z',
      name: 'Austin',
      id: 5,
    });
    expect(JSON.stringify(record)).to.equal(
      '{"id":5,"name":"Austin","state":null,"crew_size":null,"updated_at":"2025-01-06T08:00:00.000Z"}',
    );
    expect(rejections).to.deep.equal([]);
    expect(undeclared).to.deep.equal([]);
  });

  it('emits blank text as null in every type', () => {
    for (const blank of ['', ' ', '\t\n', '\u00A0', '\u2003 ']) {
      const row = { id: 5, name: blank, state: blank, crew_size: blank, updated_at: blank };
      const { record, rejections } = city(row);
      expect(record).to.deep.equal({
        id: 5,
        name: null,
        state: null,
        crew_size: null,
        updated_at: null,
      });
      expect(rejections).to.deep.equal([]);
    }
  });

  it('keeps text that only starts with a blank', () => {
    expect(city({ id: 5, name: ' é', state: 'é ' }).record).to.include({ name: ' é', state: 'é ' });
  });

  it('keeps nothing of the previous row', () => {
    const { record, rejections } = city(
      { id: 5, name: 'Austin', crew_size: 'x', ID: 7 },
      { id: 6 },
    );
    expect(record).to.deep.equal({
      id: 6,
      name: null,
      state: null,
      crew_size: null,
      updated_at: null,
    });
    expect(rejections).to.deep.equal([]);
  });

  it('returns a new record for each row', () => {
    const shape = compileShape({
      stream: cities,
      schema: CITY,
      selected: new Set(),
      undeclared: () => {},
    });
    expect(shape({ id: 1 }, [])).to.deep.equal({ id: 1 });
    expect(shape({ id: 1 }, [])).not.to.equal(shape({ id: 1 }, []));
  });

  it('emits null for a cell that does not fit, and rejects it', () => {
    const { record, rejections } = city({
      id: 5,
      crew_size: '1.5',
      updated_at: '0000-00-00',
      name: '\uD800',
    });
    expect(record).to.deep.equal({
      id: 5,
      name: null,
      state: null,
      crew_size: null,
      updated_at: null,
    });
    expect(rejections).to.deep.equal([
      {
        field: 'name',
        recordKey: '5',
        reason: 'not valid Unicode text (lone surrogate)',
        value: String.raw`"\ud800"`,
      },
      { field: 'crew_size', recordKey: '5', reason: 'not an integer', value: '"1.5"' },
      {
        field: 'updated_at',
        recordKey: '5',
        reason: 'not a date-time with an offset',
        value: '"0000-00-00"',
      },
    ]);
  });

  it('writes a number beyond the range of a double as 1e999 in the rejection', () => {
    const { rejections } = city(JSON.parse('{"id":5,"crew_size":-1e999}'));
    expect(rejections.map((rejection) => rejection.value)).to.deep.equal(['-1e999']);
  });

  it('appends to the rejections', () => {
    const before: Rejection = { field: null, recordKey: null, reason: 'before', value: '1' };
    const rejections = [before];
    const shape = compileShape({
      stream: cities,
      schema: CITY,
      selected: new Set(['crew_size']),
      undeclared: () => {},
    });
    shape({ id: 5, crew_size: 'x' }, rejections);
    shape({ crew_size: 'x' }, rejections);
    expect(rejections.map(({ reason }) => reason)).to.deep.equal([
      'before',
      'not an integer',
      'its key id is missing',
    ]);
  });

  it('converts to a type that the catalog has changed', () => {
    const schema = schemaOf('id:textKey', 'name:integer', 'state:date');
    const { record, rejections } = shaped(cities, schema, [
      { id: 5, name: '7', state: '2025-01-06T08:00' },
    ]);
    expect(record).to.deep.equal({ id: '5', name: 7, state: '2025-01-06' });
    expect(rejections).to.deep.equal([]);
  });

  it('checks further keywords of the catalog with the validator', () => {
    const schema = {
      type: 'object',
      properties: { id: { type: 'integer' }, name: { type: 'string', maxLength: 3 } },
    };
    const options: ShapeOptions = {
      stream: cities,
      schema,
      selected: new Set(['name']),
      undeclared: () => {},
      validator: (property) => (value) => String(value).length <= Number(property['maxLength']),
    };
    const rejections: Rejection[] = [];
    expect(compileShape(options)({ id: 1, name: 'Austin' }, rejections)).to.deep.equal({
      id: 1,
      name: null,
    });
    expect(rejections[0]?.reason).to.equal("not valid for the catalog's schema (maxLength)");
  });

  it('emits the same columns in the same order, whatever the row contains', () => {
    const columns = Array.from({ length: 60 }, (_, at) => `column_${at}:string`);
    const { record } = shaped(cities, schemaOf('id:key', ...columns), [{ column_59: 'a', id: 1 }]);
    expect(Object.keys(record!)).to.deep.equal([
      'id',
      ...columns.map((column) => column.replace(':string', '')),
    ]);
  });

  it('throws if a key has no property', () => {
    expect(() => shaped(cities, schemaOf('name:string'), [])).to.throw(
      ConfigError,
      'catalog: stream cities: the property of the key id is missing; add it',
    );
  });

  it('names the stream and the column of an unknown type', () => {
    const schema = { type: 'object', properties: { id: { type: 'int' } } };
    expect(() => shaped(cities, schema, [])).to.throw(
      ConfigError,
      'stream cities, column id, has the unknown type "int"',
    );
  });
});

describe('compileShape: names', () => {
  it('accepts capitals, blanks and hyphens in names', () => {
    for (const name of ['crew_size', 'Crew Size', 'CREW-SIZE', 'crew size']) {
      const { record, undeclared } = city({ id: 5, [name]: 3 }, { ID: 6, [name]: 4 });
      expect(record).to.include({ id: 6, crew_size: 4 });
      expect(undeclared).to.deep.equal([]);
    }
  });

  it('prefers the exact name of an added property', () => {
    const schema = schemaOf('id:key', 'Crew Size:string', 'crew_size:integer');
    const { record } = shaped(cities, schema, [{ id: 5, 'Crew Size': 'large', 'crew-size': 3 }]);
    expect(record).to.deep.equal({ id: 5, 'Crew Size': 'large', crew_size: 3 });
  });

  it('fills an added property from the field of its name', () => {
    const { record } = shaped(cities, schemaOf('id:key', 'region:string'), [
      { id: 5, Region: 'West' },
    ]);
    expect(record).to.deep.equal({ id: 5, region: 'West' });
  });

  it('reports an undeclared field once, as it is spelled', () => {
    const { record, rejections, undeclared } = city(
      { id: 5, 'New Field': 1 },
      { id: 6, 'New Field': 2, other: null },
    );
    expect(undeclared).to.deep.equal(['New Field', 'other']);
    expect(record).to.have.all.keys('id', 'name', 'state', 'crew_size', 'updated_at');
    expect(rejections).to.deep.equal([]);
  });

  it('reports each spelling of an undeclared field', () => {
    expect(city({ id: 5, region: 1, Region: 2 }, { id: 6, REGION: 3 }).undeclared).to.deep.equal([
      'region',
      'Region',
      'REGION',
    ]);
  });

  it('reports an undeclared field once, despite many spellings of others', () => {
    const spellings = ['C', 'c'].flatMap((c) =>
      ['R', 'r'].flatMap((r) =>
        ['EW', 'Ew', 'eW', 'ew'].flatMap((ew) =>
          ['_', ' ', '-'].flatMap((mark) =>
            ['SIZE', 'Size', 'siZE', 'sizE'].map((size) => c + r + ew + mark + size),
          ),
        ),
      ),
    );
    const rows = spellings.map((name) => ({ id: 1, [name]: 1 }));
    const { record, undeclared } = city(
      ...rows,
      { id: 1, region: 1 },
      { id: 2, region: 2, [spellings[150]!]: 7 },
    );
    expect(undeclared).to.deep.equal(['region']);
    expect(record).to.include({ crew_size: 7 });
  });

  it('reports at most 100 undeclared fields', () => {
    const rows = Array.from({ length: 300 }, (_, at) => ({ id: at, [`new_${at}`]: 1 }));
    const { undeclared, record } = city(...rows, ...rows, { 'I-D': 0, id: 9, 'Crew-Size': 4 });
    expect(undeclared).to.have.lengthOf(100);
    expect(new Set(undeclared).size).to.equal(100);
    expect(record).to.include({ id: 9, crew_size: 4 });
  });

  it('handles fields with the names of built-in properties', () => {
    const text =
      '{"id":5,"__proto__":{"name":"no"},"constructor":1,"toString":2,"hasOwnProperty":3}';
    const { record, undeclared } = city(JSON.parse(text));
    expect(record).to.deep.equal({
      id: 5,
      name: null,
      state: null,
      crew_size: null,
      updated_at: null,
    });
    expect(undeclared).to.deep.equal(['__proto__', 'constructor', 'toString', 'hasOwnProperty']);
  });

  it('emits any number of columns in the order of the schema', () => {
    for (const count of [3, 126, 127, 128, 400]) {
      const names = Array.from({ length: count }, (_, at) =>
        at === 1 ? '__proto__' : `column_${at}`,
      );
      const properties = names.map((name) => `${JSON.stringify(name)}:{"type":["null","integer"]}`);
      const schema = JSON.parse(
        `{"type":"object","properties":{"id":{"type":"integer"},${properties.join(',')}}}`,
      );
      const row = JSON.parse(`{"column_2":2,"__proto__":1,"column_0":"none","id":5}`);
      const { record, rejections } = shaped(cities, schema, [{ id: 4, column_2: 3 }, row]);
      const rest = names.slice(3).map((name) => `,"${name}":null`);
      expect(JSON.stringify(record)).to.equal(
        `{"id":5,"column_0":null,"__proto__":1,"column_2":2${rest.join('')}}`,
      );
      expect(rejections.map(({ field }) => field)).to.deep.equal(['column_0']);
    }
  });

  it('emits columns with the names of built-in properties', () => {
    const schema: StreamSchema = JSON.parse(
      '{"type":"object","properties":{"id":{"type":"integer"},"__proto__":{"type":["null","object"]},"constructor":{"type":"string"}}}',
    );
    const { record } = shaped(cities, schema, [
      { id: 4 },
      JSON.parse('{"id":5,"__proto__":{"a":1},"constructor":1}'),
    ]);
    expect(JSON.stringify(record)).to.equal('{"id":5,"__proto__":{"a":1},"constructor":"1"}');
    expect(Object.getPrototypeOf(record)).to.equal(Object.prototype);
    expect(JSON.stringify(shaped(cities, schema, [{ id: 4 }]).record)).to.equal(
      '{"id":4,"__proto__":null,"constructor":null}',
    );
  });
});

describe('compileShape: selection', () => {
  it('emits only the selected columns and the keys', () => {
    const { record, rejections, undeclared } = shaped(
      cities,
      CITY,
      [{ id: 5, name: 'Austin', state: 'TX', crew_size: 'x', updated_at: 'x' }],
      ['name', 'not_there'],
    );
    expect(record).to.deep.equal({ id: 5, name: 'Austin' });
    expect(rejections).to.deep.equal([]);
    expect(undeclared).to.deep.equal([]);
  });
});

describe('compileShape: two fields for one column', () => {
  const second = 'a second value for this column';
  const cases: [string, string, unknown, string[]][] = [
    ['prefers the exact name, which is last', '{"id":5,"Crew Size":3,"crew_size":4}', 4, ['3']],
    ['prefers the exact name, which is first', '{"id":5,"crew_size":4,"Crew Size":3}', 4, ['3']],
    ['prefers the first of two other spellings', '{"id":5,"Crew Size":3,"CREW_SIZE":4}', 3, ['4']],
    [
      'rejects each further one',
      '{"id":5,"Crew Size":3,"CREW_SIZE":4,"crew_size":5}',
      5,
      ['4', '3'],
    ],
    ['accepts the same value', '{"id":5,"crew_size":3,"Crew Size":3}', 3, []],
    ['accepts the same value in another form', '{"id":5,"crew_size":3,"Crew Size":"3.0"}', 3, []],
    ['ignores a blank before a value', '{"id":5,"crew_size":null,"Crew Size":3}', 3, []],
    ['ignores a blank after a value', '{"id":5,"crew_size":3,"Crew Size":" "}', 3, []],
    ['rejects one that does not fit either', '{"id":5,"crew_size":3,"Crew Size":"x"}', 3, ['"x"']],
    ['rejects the same unfit cell once', '{"id":5,"crew_size":"x","Crew Size":"x"}', null, ['"x"']],
    [
      'prefers the exact name, even if it does not fit',
      '{"id":5,"crew_size":"x","Crew Size":3}',
      null,
      ['"x"', '3'],
    ],
  ];
  for (const [name, row, value, values] of cases) {
    it(name, () => {
      const { record, rejections } = city(JSON.parse(row));
      expect(record).to.include({ id: 5, crew_size: value });
      expect(rejections.map((rejection) => rejection.value).toSorted()).to.deep.equal(
        values.toSorted(),
      );
      expect(
        rejections.every(({ field, recordKey }) => field === 'crew_size' && recordKey === '5'),
      ).to.equal(true);
    });
  }

  it('gives the reason', () => {
    expect(city({ id: 5, crew_size: 3, 'Crew Size': 4 }).rejections).to.deep.equal([
      { field: 'crew_size', recordKey: '5', reason: second, value: '4' },
    ]);
  });

  it('are ignored if the column is not selected', () => {
    expect(shaped(cities, CITY, [{ id: 5, name: 'a', Name: 'b' }], []).rejections).to.deep.equal(
      [],
    );
  });

  it('are rejected for keys too', () => {
    const { record, rejections } = city({ ID: 6, id: 5 });
    expect(record).to.include({ id: 5 });
    expect(rejections).to.deep.equal([{ field: 'id', recordKey: '5', reason: second, value: '6' }]);
  });
});

function rejected(reason: string, value: string): Rejection {
  return { field: null, recordKey: null, reason, value };
}

describe('compileShape: keys', () => {
  for (const row of [null, 5, 'text', true, [], [{ id: 5 }]]) {
    it(`rejects a row that is ${JSON.stringify(row)}`, () => {
      const { record, rejections } = city(row);
      expect(record).to.equal(null);
      expect(rejections).to.deep.equal([rejected('the row is not an object', JSON.stringify(row))]);
    });
  }

  const unusable: [string, string][] = [
    ['{"name":"a"}', 'its key id is missing'],
    ['{"id":null,"name":"a"}', 'its key id is missing'],
    ['{"id":" ","name":"a"}', 'its key id is missing'],
    ['{"id":"x","name":"a"}', 'its key id is not an integer'],
    ['{"id":{"a":1},"name":"a"}', 'its key id is not an integer'],
    ['{"id":1e999,"name":"a"}', 'its key id is an integer beyond 2^53-1, which may be inexact'],
  ];
  for (const [row, reason] of unusable) {
    it(`rejects the row ${row}`, () => {
      const { record, rejections } = city(JSON.parse(row));
      expect(record).to.equal(null);
      expect(rejections).to.deep.equal([rejected(reason, row)]);
    });
  }

  it('records only the selected fields of a rejected row, under their raw names', () => {
    const row = JSON.parse(
      '{"Name":"a","state":"TX","crew_size":"x","new":1,"__proto__":2,"Crew Size":[1e999]}',
    );
    const { rejections, undeclared } = shaped(cities, CITY, [row], ['name', 'crew_size']);
    expect(rejections).to.deep.equal([
      rejected('its key id is missing', '{"Name":"a","crew_size":"x","Crew Size":[1e999]}'),
    ]);
    expect(undeclared).to.deep.equal(['new', '__proto__']);
  });

  it('does not reject the cells of such a row as well', () => {
    const schema = schemaOf('crew_size:integer', 'address_city:integer', 'id:key');
    const { rejections } = shaped(streamOf('employees'), schema, [
      { crew_size: 'x', 'Crew Size': 'y', address: 'z' },
    ]);
    expect(rejections).to.deep.equal([
      rejected('its key id is missing', '{"crew_size":"x","Crew Size":"y","address":"z"}'),
    ]);
  });

  it('joins the values of several keys', () => {
    const stream = { ...cities, keys: ['id', 'name', 'data'] };
    const schema = { type: 'object', properties: { ...CITY.properties, data: {} } };
    const { rejections } = shaped(stream, schema, [
      { id: 5, name: 'a', data: [1], state: '\uDC00' },
    ]);
    expect(rejections.map(({ recordKey }) => recordKey)).to.deep.equal(['5,a,[1]']);
  });
});

const employees = streamOf('employees');
const EMPLOYEE = schemaOf('id:key', 'name:string', 'address_city:string', 'address_zip:integer');

/** The value in the rejection of a row. */
function rejectedText(selected: string[], row: unknown): string | undefined {
  return shaped(employees, EMPLOYEE, [row], selected).rejections[0]?.value;
}

describe('compileShape: flattened objects', () => {
  const NOTHING = { id: 5, name: null, address_city: null, address_zip: null };

  it("emits the object's fields in its columns", () => {
    const row = { id: 5, address: { zip: '78701', city: 'Austin' } };
    const { record, rejections, undeclared } = shaped(employees, EMPLOYEE, [row]);
    expect(record).to.deep.equal({ id: 5, name: null, address_city: 'Austin', address_zip: 78701 });
    expect([...rejections, ...undeclared]).to.deep.equal([]);
  });

  it('accepts other spellings of the object and of its fields', () => {
    const { record } = shaped(employees, EMPLOYEE, [
      { id: 5, Address: { City: 'Austin', ZIP: 1 } },
    ]);
    expect(record).to.deep.equal({ id: 5, name: null, address_city: 'Austin', address_zip: 1 });
  });

  for (const address of [null, '', ' ', {}]) {
    it(`treats ${JSON.stringify(address)} as absent`, () => {
      const { record, rejections } = shaped(employees, EMPLOYEE, [{ id: 5, address }]);
      expect(record).to.deep.equal(NOTHING);
      expect(rejections).to.deep.equal([]);
    });
  }

  for (const address of ['1 Main St', 5, false, [{ city: 'Austin' }]]) {
    it(`rejects ${JSON.stringify(address)}`, () => {
      const { record, rejections } = shaped(employees, EMPLOYEE, [{ id: 5, ADDRESS: address }]);
      expect(record).to.deep.equal(NOTHING);
      expect(rejections).to.deep.equal([
        {
          field: 'address',
          recordKey: '5',
          reason: 'not an object',
          value: JSON.stringify(address),
        },
      ]);
    });
  }

  it('rejects a field under the name of its column', () => {
    const { rejections } = shaped(employees, EMPLOYEE, [{ id: 5, address: { zip: 'x' } }]);
    expect(rejections).to.deep.equal([
      { field: 'address_zip', recordKey: '5', reason: 'not an integer', value: '"x"' },
    ]);
  });

  it('reports undeclared fields with the prefix, once', () => {
    const rows: unknown[] = [
      { id: 5, address: { 'Cross Street': 1, constructor: 2 } },
      { id: 6, address: { 'Cross Street': 1 } },
    ];
    const { undeclared } = shaped(employees, EMPLOYEE, rows);
    expect(undeclared).to.deep.equal(['address_Cross Street', 'address_constructor']);
  });

  it('ignores an object if none of its columns is selected', () => {
    for (const address of ['1 Main St', { zip: 'x', new: 1 }]) {
      const { record, rejections, undeclared } = shaped(
        employees,
        EMPLOYEE,
        [{ id: 5, address }],
        ['name'],
      );
      expect(record).to.deep.equal({ id: 5, name: null });
      expect([...rejections, ...undeclared]).to.deep.equal([]);
    }
  });

  it('reports the object itself if none of its columns is declared', () => {
    const { undeclared } = shaped(employees, schemaOf('id:key'), [
      { id: 5, address: { city: 'Austin' } },
    ]);
    expect(undeclared).to.deep.equal(['address']);
  });

  it('also emits the whole object if a column of its name is declared', () => {
    const schema = schemaOf('id:key', 'address:string', 'address_city:string');
    const row = { id: 5, address: { city: 'Austin' } };
    expect(shaped(employees, schema, [row]).record).to.deep.equal({
      id: 5,
      address: '{"city":"Austin"}',
      address_city: 'Austin',
    });
    expect(shaped(employees, schema, [row], ['address']).record).to.deep.equal({
      id: 5,
      address: '{"city":"Austin"}',
    });
  });

  const rivals: [string, unknown, string, string[]][] = [
    [
      'the name of the column wins over the object',
      { address: { city: 'a' }, address_city: 'b' },
      'b',
      ['"a"'],
    ],
    [
      'the name of the column wins in any order',
      { address_city: 'b', address: { city: 'a' } },
      'b',
      ['"a"'],
    ],
    [
      'the object wins over another spelling',
      { 'Address City': 'b', address: { city: 'a' } },
      'a',
      ['"b"'],
    ],
    [
      'an exact field wins over another spelling',
      { address: { City: 'b', city: 'a' } },
      'a',
      ['"b"'],
    ],
    [
      'an exact object wins over another spelling',
      { Address: { city: 'b' }, address: { city: 'a' } },
      'a',
      ['"b"'],
    ],
    ['a blank is ignored', { address_city: '', address: { city: 'a' } }, 'a', []],
    ['the same value is accepted', { address_city: 'a', address: { city: 'a' } }, 'a', []],
  ];
  for (const [name, row, value, values] of rivals) {
    it(name, () => {
      const { record, rejections } = shaped(employees, EMPLOYEE, [Object.assign({ id: 5 }, row)]);
      expect(record).to.include({ address_city: value });
      expect(rejections.map((rejection) => rejection.value)).to.deep.equal(values);
    });
  }

  it('records the selected fields of objects in a rejected row', () => {
    const row = { address: { city: 'Austin', zip: 1, new: 2 }, name: 'a' };
    expect(rejectedText(['address_city'], row)).to.equal('{"address":{"city":"Austin"}}');
    expect(rejectedText(['name'], row)).to.equal('{"name":"a"}');
    expect(rejectedText(['address_city'], { address: 'Austin' })).to.equal('{"address":"Austin"}');
  });
});

describe('compileShape: events', () => {
  const jobs = streamOf('job_events');
  const columns = [
    'event_id:textKey',
    'id:integer',
    'event:string',
    'created_at:string',
    'job_id:integer',
    'job_lot:string',
  ];
  const SCHEMA = schemaOf(...columns);
  const EVENT = {
    id: 1,
    event: 'update',
    created_at: '2025-01-06 08:00:00 -0600',
    job: { id: 28, lot: 'A' },
  };
  const KEY = '1_28_update_20250106_080000_0600';

  it('makes the key from the raw values', () => {
    const { record, rejections } = shaped(jobs, SCHEMA, [EVENT]);
    expect(JSON.stringify(record)).to.equal(
      `{"event_id":"${KEY}","id":1,"event":"update","created_at":"2025-01-06 08:00:00 -0600","job_id":28,"job_lot":"A"}`,
    );
    expect(rejections).to.deep.equal([]);
  });

  it('makes it from the raw values if the columns have other types', () => {
    const schema = schemaOf(
      'event_id:textKey',
      'id:string',
      'event:integer',
      'created_at:date-time',
      'job_id:boolean',
    );
    const { record, rejections } = shaped(jobs, schema, [EVENT]);
    expect(record).to.include({ event_id: KEY, created_at: '2025-01-06T14:00:00.000Z' });
    expect(rejections.map(({ field, recordKey }) => [field, recordKey])).to.deep.equal([
      ['event', KEY],
      ['job_id', KEY],
    ]);
  });

  it('makes it from parts that are not selected or not declared', () => {
    const selected = shaped(jobs, SCHEMA, [{ ...EVENT, job: { ...EVENT.job, new: 1 } }], []);
    expect(selected.record).to.deep.equal({ event_id: KEY });
    expect([...selected.rejections, ...selected.undeclared]).to.deep.equal([]);
    const declared = shaped(jobs, schemaOf('event_id:textKey'), [EVENT]);
    expect(declared.record).to.deep.equal({ event_id: KEY });
  });

  it('does not record fields that only the key needs', () => {
    const event = { ...EVENT, job: { lot: 'A' } };
    expect(shaped(jobs, SCHEMA, [event], ['event']).rejections[0]?.value).to.equal(
      '{"event":"update"}',
    );
    const other = shaped(jobs, SCHEMA, [{ ...EVENT, job_id: 28, job: 'text' }], ['event']);
    expect(other.record).to.deep.equal({ event_id: KEY, event: 'update' });
    expect(other.rejections).to.deep.equal([]);
  });

  it('uses a text part unchanged', () => {
    const event = {
      ...EVENT,
      id: ' 1',
      created_at: '2025-01-06T08:00:00.000-06:00',
      job: { id: '2:8' },
    };
    expect(shaped(jobs, SCHEMA, [event]).record).to.include({
      event_id: '_1_28_update_20250106T080000.0000600',
    });
  });

  it('makes it for statuses', () => {
    const schema = schemaOf(
      'event_id:textKey',
      'status_work_order_id:integer',
      'status_status:boolean',
    );
    const event = {
      id: 7,
      event: 'create',
      created_at: '2025-01-06',
      status: { work_order_id: 9, status: true },
    };
    const { record } = shaped(streamOf('work_order_status_events'), schema, [event]);
    expect(record).to.deep.equal({
      event_id: '7_9_create_20250106',
      status_work_order_id: 9,
      status_status: true,
    });
  });

  it('makes it for work order events, which have no id', () => {
    const schema = schemaOf('event_id:textKey', 'id:integer', 'work_order_id:integer');
    const event = { event: 'destroy', created_at: '2025-01-06', work_order: { id: 9 } };
    const { record } = shaped(streamOf('work_order_events'), schema, [event]);
    expect(record).to.deep.equal({ event_id: '9_destroy_20250106', id: null, work_order_id: 9 });
  });

  const partless: [string, Record<string, unknown>, string][] = [
    ['is missing', { id: undefined }, 'id'],
    ['is null', { event: null }, 'event'],
    ['is blank', { created_at: ' ' }, 'created_at'],
    ['is an object', { event: {} }, 'event'],
    ['is true', { event: true }, 'event'],
    ['is not a finite number', { id: Infinity }, 'id'],
    ['is missing in the object', { job: { lot: 'A' } }, 'job_id'],
    ['is in text', { job: 'text' }, 'job_id'],
  ];
  for (const [name, change, part] of partless) {
    it(`rejects an event if a part of the key ${name}`, () => {
      const { record, rejections } = shaped(jobs, SCHEMA, [
        { event_id: 'other', ...EVENT, ...change },
      ]);
      expect(record).to.equal(null);
      expect(rejections).to.have.lengthOf(1);
      expect(rejections[0]).to.include({
        field: null,
        recordKey: null,
        reason: `its key event_id cannot be made: ${part} is missing, or neither a number nor text`,
      });
    });
  }

  it('prefers the key that it makes to one in the row', () => {
    const { record, rejections } = shaped(jobs, SCHEMA, [{ event_id: 'other', ...EVENT }]);
    expect(record).to.include({ event_id: KEY });
    expect(rejections).to.deep.equal([
      {
        field: 'event_id',
        recordKey: KEY,
        reason: 'a second value for this column',
        value: '"other"',
      },
    ]);
    expect(shaped(jobs, SCHEMA, [{ event_id: KEY, ...EVENT }]).rejections).to.deep.equal([]);
  });

  it('rejects an event if the key that it makes is not valid text', () => {
    const { record, rejections } = shaped(jobs, SCHEMA, [{ ...EVENT, event: '\uD800' }]);
    expect(record).to.equal(null);
    expect(rejections[0]?.reason).to.equal(
      'its key event_id is not valid Unicode text (lone surrogate)',
    );
  });

  it('makes no key if the stream has another', () => {
    const stream = { ...jobs, keys: ['id'] };
    const { record } = shaped(stream, schemaOf('id:key', 'event:string'), [EVENT]);
    expect(record).to.deep.equal({ id: 1, event: 'update' });
  });
});

describe('selectedSchema', () => {
  const schema: StreamSchema = {
    description: 'Cities',
    type: 'object',
    required: ['name', 'id', 'state'],
    properties: {
      state: { type: 'string', description: 'State' },
      id: { type: 'integer', minimum: 1 },
      name: { type: ['null', 'string'] },
    },
    additionalProperties: false,
  };

  it('has the selected properties and the keys in order, with null for all but the keys', () => {
    expect(JSON.stringify(selectedSchema(schema, new Set(['state']), ['id']))).to.equal(
      JSON.stringify({
        description: 'Cities',
        type: 'object',
        required: ['id', 'state'],
        properties: {
          state: { type: ['null', 'string'], description: 'State' },
          id: { type: 'integer', minimum: 1 },
        },
        additionalProperties: false,
      }),
    );
  });

  it('leaves out an empty list of required properties', () => {
    expect(
      selectedSchema({ ...schema, required: ['name'] }, new Set(), ['id']),
    ).not.to.have.property('required');
  });

  it('does not change its argument', () => {
    const before = JSON.stringify(schema);
    selectedSchema(schema, new Set(['state']), ['id']);
    expect(JSON.stringify(schema)).to.equal(before);
  });
});
