/** Arbitrary streams, catalogs and rows, to test shaping with. */
import * as fc from 'fast-check';
import { jsonText } from '#src/shape/json-text.js';
import type { PropertySchema, StreamSchema } from '#src/catalog/schema.js';
import type { StreamDef } from '#src/streams.js';

/** A stream with its catalog, and rows of parsed JSON. */
export interface Case {
  readonly stream: StreamDef;
  readonly schema: StreamSchema;
  readonly selected: ReadonlySet<string>;
  readonly rows: readonly unknown[];
}

const STRANGE = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '',
  'Ünïcode 😀',
  '1',
  'a:b',
];
/** Undeclared names, and names of built-in properties. */
export const strangeNames = fc.oneof(fc.constantFrom(...STRANGE), fc.string({ maxLength: 6 }));

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
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    '',
    '  ',
    ' true ',
    'FALSE',
    'yes',
    '0000-00-00',
    '\uD800',
    'a\uDC00',
  ),
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

/** Cells of every type, blank, malformed and nested ones. */
export const { value: values } = fc.letrec<{ value: unknown }>((tie) => ({
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

/** An object parsed from text, so that __proto__ is a field. */
function objectOf(entries: readonly [string, unknown][]): unknown {
  return JSON.parse(
    `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${jsonText(value)}`).join(',')}}`,
  );
}

function spellings(name: string): fc.Arbitrary<string> {
  const others = [name.toUpperCase(), name.replaceAll('_', ' '), name.replaceAll('_', '-')];
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(name) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}

/**
 * Rows with the columns' names, other spellings of them, the stream's objects, and undeclared
 * names. Most have a usable key.
 */
function rowsOf(stream: StreamDef, columns: readonly string[]): fc.Arbitrary<unknown> {
  const objects = Object.entries(stream.flatten).map(([parent, prefix]) => {
    const own = columns
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
    const inner = fc.oneof(...own.map(spellings), strangeNames);
    const object = entriesOf(fc.tuple(inner, values), 0, own.length + 1).map(objectOf);
    return fc.tuple(
      spellings(parent),
      fc.oneof({ weight: 4, arbitrary: object }, { weight: 1, arbitrary: values }),
    );
  });
  const cells = fc.tuple(fc.oneof(...columns.map(spellings), strangeNames), values);
  const usable = [...stream.keys, ...(stream.eventIdParts ?? [])].map((name) =>
    fc.tuple(fc.constant(name), fc.nat()),
  );
  const keyed = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(...usable) },
    { weight: 1, arbitrary: fc.constant([]) },
  );
  const rest = entriesOf(
    fc.oneof({ weight: 4, arbitrary: cells }, ...objects),
    3,
    columns.length + 3,
  );
  const row = fc.tuple(keyed, rest).map(([key, entries]) => objectOf([...entries, ...key]));
  return fc.oneof({ weight: 20, arbitrary: row }, { weight: 1, arbitrary: values });
}

/** The properties of the shipped schemas. */
export const PLAIN: readonly PropertySchema[] = [
  { type: ['null', 'string'] },
  { type: ['null', 'integer'], minimum: -(2 ** 53) + 1, maximum: 2 ** 53 - 1 },
  { type: ['null', 'number'] },
  { type: ['null', 'boolean'] },
  { type: ['null', 'string'], format: 'date' },
  { type: ['null', 'string'], format: 'date-time' },
];

/** Properties that an edited catalog may have. */
export const EDITED: readonly PropertySchema[] = [
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

/** The columns of a stream: its keys, their parts, its objects' fields, and others. */
function columnsOf(stream: StreamDef): string[] {
  const inner = Object.values(stream.flatten).flatMap((prefix) =>
    ['id', 'city', 'start_date'].map((name) => prefix + name),
  );
  const others = ['name', 'active', 'total', 'created_at', 'crew_size', 'offices'];
  return [...new Set([...stream.keys, ...(stream.eventIdParts ?? []), ...others, ...inner])];
}

/** Catalogs of the streams with columns of these kinds and added columns, and rows for them. */
export function casesOf(
  streams: readonly StreamDef[],
  more: fc.Arbitrary<string>,
  kinds: readonly PropertySchema[],
): fc.Arbitrary<Case> {
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
