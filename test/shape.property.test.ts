import { Ajv } from 'ajv';
import { default as addFormats } from 'ajv-formats';
import { expect } from 'chai';
import fc from 'fast-check';
import { jsonText } from '../src/json-text.js';
import type { PropertySchema, StreamSchema } from '../src/schema.js';
import { compileShape, selectedSchema, type Rejection } from '../src/shape.js';
import { STREAMS, type StreamDef } from '../src/streams.js';

type Row = Record<string, unknown>;

/** A stream with its catalog, and rows as JSON brings them. */
interface Case {
  readonly stream: StreamDef;
  readonly schema: StreamSchema;
  readonly selected: ReadonlySet<string>;
  readonly rows: readonly unknown[];
}

const ajv = new Ajv({ strict: false, addUsedSchema: false, logger: false });
addFormats.default(ajv);

const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);
const isBlank = (value: unknown): boolean => value === null || (typeof value === 'string' && value.trim() === '');
const same = (a: unknown, b: unknown): boolean => jsonText(a) === jsonText(b);

// What rows hold

const STRANGE = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '', 'Ünïcode 😀', '1', 'a:b'];
const strangeNames = fc.oneof(fc.constantFrom(...STRANGE), fc.string({ maxLength: 6 }));

const two = (number: number): string => String(number).padStart(2, '0');
const dateTexts = fc
  .tuple(
    fc.integer({ min: 1999, max: 2030 }),
    fc.integer({ min: 0, max: 13 }),
    fc.integer({ min: 0, max: 32 }),
    fc.constantFrom('', 'T08:00:00', 'T23:59:59.123456', ' 08:00:00', 'T24:00:00', '!'),
    fc.constantFrom('', 'Z', '-06:00', '+05:30', ' UTC', ' -0600'),
  )
  .map(([year, month, day, time, zone]) => `${year}-${two(month)}-${two(day)}${time}${zone}`);

const scalars = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, '', '  ', ' true ', 'FALSE', 'yes', '0000-00-00', '\uD800', 'a\uDC00'),
  fc.constantFrom<unknown>(
    Infinity,
    -Infinity,
    2 ** 53,
    -(2 ** 53) + 1,
    '9007199254740993',
    '1e999',
    '[1,{"a":2}]',
    '{"a":1}',
  ),
  fc.integer(),
  fc.integer().map((number) => ` ${number}.0 `),
  fc.double({ noNaN: true }),
  fc.double({ noNaN: true }).map(String),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ maxLength: 8 }),
  dateTexts,
);

const { value: values } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: scalars },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    { weight: 1, arbitrary: entriesOf(fc.tuple(strangeNames, tie('value')), 0, 3).map(objectOf) },
  ),
}));

function entriesOf(entry: fc.Arbitrary<[string, unknown]>, minLength: number, maxLength: number) {
  return fc.array(entry, { minLength, maxLength, size: 'max' });
}

/** An object as JSON brings it: by way of text, so that a field named __proto__ is one. */
function objectOf(entries: readonly [string, unknown][]): unknown {
  return JSON.parse(`{${entries.map(([name, value]) => `${JSON.stringify(name)}:${jsonText(value)}`).join(',')}}`);
}

function spellings(name: string): fc.Arbitrary<string> {
  const others = [name.toUpperCase(), name.replaceAll('_', ' '), name.replaceAll('_', '-')];
  return fc.oneof({ weight: 6, arbitrary: fc.constant(name) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

/** Rows with the columns' names, other spellings of them, the stream's objects, and names nobody declared; mostly with a usable key. */
function rowsOf(stream: StreamDef, columns: readonly string[]): fc.Arbitrary<unknown> {
  const objects = Object.entries(stream.flatten).map(([parent, prefix]) => {
    const own = columns.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    const inner = fc.oneof(...own.map(spellings), strangeNames);
    const object = entriesOf(fc.tuple(inner, values), 0, own.length + 1).map(objectOf);
    return fc.tuple(spellings(parent), fc.oneof({ weight: 4, arbitrary: object }, { weight: 1, arbitrary: values }));
  });
  const cells = fc.tuple(fc.oneof(...columns.map(spellings), strangeNames), values);
  const usable = [...stream.keys, ...(stream.eventIdParts ?? [])].map((name) => fc.tuple(fc.constant(name), fc.nat()));
  const keyed = fc.oneof({ weight: 5, arbitrary: fc.tuple(...usable) }, { weight: 1, arbitrary: fc.constant([]) });
  const rest = entriesOf(fc.oneof({ weight: 4, arbitrary: cells }, ...objects), 3, columns.length + 3);
  const row = fc.tuple(keyed, rest).map(([key, entries]) => objectOf([...entries, ...key]));
  return fc.oneof({ weight: 20, arbitrary: row }, { weight: 1, arbitrary: values });
}

// What catalogs hold

const PLAIN: readonly PropertySchema[] = [
  { type: ['null', 'string'] },
  { type: ['null', 'integer'], minimum: -(2 ** 53) + 1, maximum: 2 ** 53 - 1 },
  { type: ['null', 'number'] },
  { type: ['null', 'boolean'] },
  { type: ['null', 'string'], format: 'date' },
  { type: ['null', 'string'], format: 'date-time' },
];

const EDITED: readonly PropertySchema[] = [
  ...PLAIN,
  {},
  { type: 'null' },
  { type: 'object' },
  { type: ['null', 'array'] },
  { type: ['object', 'array', 'null'] },
  { type: ['null', 'integer', 'string'] },
  { type: ['string', 'integer'] },
  { type: ['integer', 'boolean', 'string'], format: 'date-time' },
  { type: 'number', minimum: -5, maximum: 100 },
  { type: 'string', enum: ['true', 'FALSE', 'yes'] },
  { enum: [1, 'yes', null] },
  { const: true },
  { type: 'string', maxLength: 3 },
  { type: ['null', 'string'], pattern: '^[a-z]' },
  { type: 'string', format: 'email' },
  { type: 'number', multipleOf: 2 },
  { format: 'date', minimum: 0 },
  { anyOf: [{ type: 'string', format: 'date-time' }, { type: ['null', 'string'] }] },
  {
    anyOf: [
      { type: 'integer', enum: [1, 2] },
      { type: 'array', items: { type: 'integer' } },
    ],
  },
  { oneOf: [{ type: 'integer' }, { type: 'number' }] },
  { oneOf: [{ type: ['null', 'integer'] }, { type: ['null', 'boolean'] }] },
  { allOf: [{ type: 'integer' }, { minimum: 0 }] },
  { not: { type: ['null', 'string'] } },
];

/** The columns of a stream: its keys, its objects' fields, the parts of its key, and some more. */
function columnsOf(stream: StreamDef): string[] {
  const inner = Object.values(stream.flatten).flatMap((prefix) =>
    ['id', 'city', 'start_date'].map((name) => prefix + name),
  );
  const others = ['name', 'active', 'total', 'created_at', 'crew_size', 'offices'];
  return [...new Set([...stream.keys, ...(stream.eventIdParts ?? []), ...others, ...inner])];
}

function casesOf(streams: readonly StreamDef[], more: fc.Arbitrary<string>, kinds: readonly PropertySchema[]) {
  return fc.constantFrom(...streams).chain((stream) =>
    fc.uniqueArray(more, { maxLength: 4 }).chain((added): fc.Arbitrary<Case> => {
      const columns = [...new Set([...columnsOf(stream), ...added])];
      const property = fc.constantFrom(...kinds);
      return fc
        .record({
          properties: fc.tuple(...columns.map((name) => fc.tuple(fc.constant(name), property))),
          chosen: fc.subarray(columns),
          rows: fc.array(rowsOf(stream, columns), { minLength: 1, maxLength: 3 }),
        })
        .map(({ properties, chosen, rows }) => {
          const keyed = properties.map(
            ([name, kind]) => [name, stream.keys.includes(name) ? PLAIN[0]! : kind] as const,
          );
          const schema = { type: 'object', properties: Object.fromEntries(keyed) };
          return { stream, schema, selected: new Set([...chosen, ...stream.keys]), rows };
        });
    }),
  );
}

// What must hold

interface Outcome {
  readonly record: Row | null;
  readonly rejections: readonly Rejection[];
}

function shapeAll({ stream, schema, selected, rows }: Case): { outcomes: Outcome[]; undeclared: string[] } {
  const undeclared: string[] = [];
  const shape = compileShape({
    stream,
    schema,
    selected,
    undeclared: (field) => undeclared.push(field),
    validator: (property) => ajv.compile(property),
  });
  const outcomes = rows.map((row): Outcome => {
    const rejections: Rejection[] = [];
    return { record: shape(row, rejections), rejections };
  });
  return { outcomes, undeclared };
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

/** Where a cell belongs, found the simple way: the column, the text of the name to report, and the cell. */
interface Cell {
  readonly column: string | undefined;
  readonly name: string;
  readonly value: unknown;
}

function cellsOf(row: Row, { stream, schema, selected }: Case): Cell[] {
  const declared = Object.keys(schema.properties);
  const known = [...declared, ...(stream.eventIdParts ?? [])];
  const normal = (name: string): string => name.toLowerCase().replaceAll(' ', '_').replaceAll('-', '_');
  const columnOf = (prefix: string, name: string): string | undefined =>
    [prefix + name, prefix + normal(name)].find((column) => known.includes(column));
  return Object.entries(row).flatMap(([name, value]): Cell[] => {
    const parent = [name, normal(name)].find((spelling) => known.includes(spelling) || spelling in stream.flatten);
    const prefix = parent === undefined || !Object.hasOwn(stream.flatten, parent) ? undefined : stream.flatten[parent];
    const own = known.includes(parent ?? '') ? [{ column: parent, name, value }] : [];
    if (prefix === undefined) return [{ column: columnOf('', name), name, value }];
    const isChosen = declared.some((column) => column.startsWith(prefix) && selected.has(column));
    if (!isChosen) return own;
    if (!isObject(value)) return [...own, { column: parent, name, value }];
    const inner = Object.entries(value);
    return [
      ...own,
      ...inner.map(([child, cell]) => ({ column: columnOf(prefix, child), name: prefix + child, value: cell })),
    ];
  });
}

function parses(text: string, value: unknown): boolean {
  try {
    return same(JSON.parse(text), value);
  } catch {
    return false;
  }
}

/** Whether a column's value says what the cell says. */
function says(value: unknown, cell: unknown): boolean {
  if (same(value, cell)) return true;
  if (typeof cell !== 'string') return value === JSON.stringify(cell);
  if (typeof value === 'number') return Number(cell) === value;
  if (typeof value === 'boolean') return cell.trim().toLowerCase() === String(value);
  if (typeof value === 'object') return value !== null && parses(cell, value);
  const iso = cell.trim().replace(' UTC', 'Z').replace(' -0600', '-06:00').replace(' ', 'T');
  return value === iso.slice(0, 10) || Date.parse(String(value)) === Date.parse(iso);
}

function checkRecord(row: Row, record: Row, rejections: readonly Rejection[], given: Case): void {
  const cells = cellsOf(row, given);
  for (const { column, value } of cells) {
    if (column === undefined || isBlank(value)) continue;
    const rejected = rejections.some((one) => one.field === column && same(one.value, jsonText(value)));
    const isOut = given.selected.has(column) && Object.hasOwn(given.schema.properties, column);
    const isObjectName = Object.hasOwn(given.stream.flatten, column);
    if (!isOut && !isObjectName) expect(rejected, `a rejection of ${column}`).to.equal(false);
    if (isOut) expect(rejected || says(record[column], value), `${column}: ${jsonText(value)} is lost`).to.equal(true);
  }
  for (const [column, value] of Object.entries(record)) {
    if (value === null || (column === 'event_id' && given.stream.eventIdParts)) continue;
    const from = cells.some((cell) => cell.column === column && says(value, cell.value));
    expect(from, `${column}: ${jsonText(value)} comes from nowhere`).to.equal(true);
  }
  const key = given.stream.keys.map((name) => record[name]).join(',');
  for (const rejection of rejections) expect(rejection.recordKey).to.equal(key);
}

/** A row that is rejected whole stands in its one rejection, as far as it is selected. */
function checkRejectedRow(row: unknown, rejections: readonly Rejection[], given: Case): void {
  expect(rejections).to.have.lengthOf(1);
  expect(rejections[0]).to.include({ field: null, recordKey: null });
  const kept: unknown = JSON.parse(rejections[0]!.value);
  if (!isObject(row)) {
    expect(same(kept, row)).to.equal(true);
    return;
  }
  const isOut = ({ column }: Cell): boolean => column !== undefined && given.selected.has(column);
  const expected = cellsOf(row, given)
    .filter(isOut)
    .map(({ name, value }) => jsonText([name, value]));
  const found = cellsOf(kept as Row, given)
    .filter(isOut)
    .map(({ name, value }) => jsonText([name, value]));
  expect(found).to.deep.equal(expected);
}

function checkUndeclared(undeclared: readonly string[], given: Case): void {
  const objects = given.rows.filter(isObject);
  const unknown = objects.flatMap((row) => cellsOf(row, given).filter(({ column }) => column === undefined));
  expect(undeclared).to.have.members([...new Set(unknown.map(({ name }) => name))]);
}

function check(given: Case): void {
  frozen(given.rows);
  const { outcomes, undeclared } = shapeAll(given);
  const { keys } = given.stream;
  const columns = Object.keys(given.schema.properties).filter((name) => given.selected.has(name));
  const out = selectedSchema(given.schema, given.selected, keys);
  expect(Object.keys(out.properties)).to.deep.equal(columns);
  const validate = ajv.compile(out);
  for (const [at, { record, rejections }] of outcomes.entries()) {
    const row = given.rows[at];
    if (record === null) {
      checkRejectedRow(row, rejections, given);
    } else {
      expect(validate(record), JSON.stringify(validate.errors)).to.equal(true);
      expect(Object.keys(record)).to.deep.equal(columns);
      expect(same(record, JSON.parse(JSON.stringify(record)))).to.equal(true);
      checkRecord(row as Row, record, rejections, given);
    }
  }
  checkUndeclared(undeclared, given);
  expect(shapeAll(given)).to.deep.equal({ outcomes, undeclared });
}

describe('compileShape, whatever rows hold', () => {
  for (const stream of STREAMS) {
    it(`loses nothing of ${stream.name}`, () => {
      fc.assert(fc.property(casesOf([stream], fc.constant('notes'), PLAIN), check), { numRuns: 40 });
    });
  }

  it('loses nothing where catalogs were edited by hand', () => {
    const names = fc.oneof(strangeNames, fc.constantFrom('Crew Size', 'address', 'job', 'JOB_ID'));
    fc.assert(fc.property(casesOf(STREAMS, names, EDITED), check), { numRuns: 300 });
  });

  it('puts out what is valid already, as it is', () => {
    const [stream] = STREAMS as [StreamDef];
    const kinds = PLAIN.filter(({ format }) => format === undefined);
    const pairs = fc.tuple(fc.constantFrom(...kinds), values).filter(([property, cell]) => {
      const isText = typeof cell !== 'string' || (cell.trim() !== '' && cell.isWellFormed());
      return (
        isText &&
        Number.isFinite(cell ?? 0) === (typeof cell === 'number' || cell === null) &&
        ajv.validate(property, cell)
      );
    });
    fc.assert(
      fc.property(pairs, ([property, cell]) => {
        const schema = { type: 'object', properties: { id: { type: 'integer' }, cell: property } };
        const { outcomes } = shapeAll({ stream, schema, selected: new Set(['cell']), rows: [{ id: 1, cell }] });
        expect(same(outcomes, [{ record: { id: 1, cell }, rejections: [] }])).to.equal(true);
      }),
      { numRuns: 500 },
    );
  });
});
