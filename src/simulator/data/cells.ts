/**
 * Cells generated from the schema of their column. Every cell converts to its type and respects the
 * keywords type, format, enum, const, minimum, maximum, minLength and maxLength. Other keywords
 * (`pattern`, `multipleOf`) are ignored: a stream that declares them needs a row maker.
 */

import type { PropertySchema } from '../../catalog/schema.js';
import type { Random } from './random.js';
import type { RowMeta } from './row.js';
import type { Tenant } from './tenant.js';
import { DAY, formatDate, formatTimestamp } from './times.js';
import * as words from './words.js';

/** What a cell can refer to. */
export interface CellContext {
  readonly tenant: Tenant;
  /** The lists whose ids a column such as `job_id` contains. */
  readonly lists: readonly string[];
  readonly meta: RowMeta;
}

interface Column {
  readonly name: string;
  readonly schema: PropertySchema;
}

type MakeText = (random: Random, meta: RowMeta) => string;

const date: MakeText = (random, meta) => formatDate(meta.created + random.below(60) * DAY);
const time: MakeText = (random, meta) => formatTimestamp(meta.created + random.below(60) * DAY);
const email: MakeText = (random) => `contact${random.digits(4)}@example.com`;
const url: MakeText = (random) => `https://example.com/${random.digits(6)}`;

const FORMATS: Readonly<Record<string, MakeText>> = {
  date,
  'date-time': time,
  time: (random) => `${String(8 + random.below(10)).padStart(2, '0')}:30:00Z`,
  email,
  uri: url,
  url,
  hostname: (random) => `host${random.digits(3)}.example.com`,
  ipv4: (random) => `192.0.2.${random.below(256)}`,
  uuid: (random) => `${random.digits(8)}-${random.digits(4)}-4000-8000-${random.digits(9)}000`,
};

/** Texts by the name of their column. The first pattern that matches counts. */
const TEXTS: readonly (readonly [name: RegExp, text: MakeText])[] = [
  [/^etag$/, (_, meta) => meta.etag],
  [/^created_at$/, (_, meta) => formatTimestamp(meta.created)],
  [/^updated_at$/, (_, meta) => formatTimestamp(meta.updated)],
  [/_(?:at|time)$/, time],
  [/(?:^|_)date$/, date],
  [/email/, email],
  [/phone|(?:^|_)fax$/, (random) => `512-555-0${random.digits(3)}`],
  [/(?:^|_)(?:url|link|website)$/, url],
  [/(?:^|_)city$/, (random) => random.pick(words.TOWNS)],
  [/(?:^|_)state$/, () => 'TX'],
  [/(?:^|_)zip$/, (random) => `78${random.digits(3)}`],
  [/address|street/, makeStreetAddress],
  [/(?:^|_)(?:id|number|code|sku)$/, (random) => `N-${random.digits(6)}`],
  [/name|leader|supervisor|owner|_by$/, makeName],
  [/note|comment/, (random) => random.pick(words.NOTES)],
];

function makeStreetAddress(random: Random): string {
  return `${1 + random.below(9_999)} ${random.pick(words.STREETS)} ${random.pick(words.STREET_KINDS)}`;
}

function makeName(random: Random): string {
  return `${random.pick(words.FIRST_NAMES)} ${random.pick(words.LAST_NAMES)}`;
}

/** Returns the schema that cells are made for: the first alternative that is not null. */
function firstAlternative(schema: PropertySchema): PropertySchema {
  const { anyOf, oneOf, ...common } = schema;
  const alternative = [anyOf, oneOf].flat().find((one) => isSchema(one) && one.type !== 'null');
  return isSchema(alternative) ? firstAlternative({ ...common, ...alternative }) : schema;
}

function isSchema(value: unknown): value is PropertySchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the first type of a column that is not null; a column without a type holds text. */
export function primaryType(schema: PropertySchema): string {
  const types = [firstAlternative(schema).type ?? 'string'].flat();
  return types.find((type) => type !== 'null') ?? 'null';
}

/**
 * Makes a cell.
 *
 * @param column its name decides what a text or an id looks like
 * @returns a value that converts to the declared type; null only if the column holds nothing else
 */
export function generateCell(column: Column, random: Random, context: CellContext): unknown {
  const schema = firstAlternative(column.schema);
  if ('const' in schema) return schema['const'];
  const [first, ...rest] = [schema['enum'] ?? []].flat().filter((value) => value !== null);
  if (first !== undefined) return random.pick([first, ...rest]);
  switch (primaryType(schema)) {
    case 'integer':
      return limit(makeInteger(column.name, random, context), schema, 1);
    case 'number':
      return limit(random.below(1_000_000) / 100, schema, 0.01);
    case 'boolean':
      return random.oneIn(2);
    case 'object':
      return makeObject(schema, random, context);
    case 'array':
      return makeArray(schema, random, context);
    case 'null':
      return null;
    default:
      return makeText({ name: column.name, schema }, random, context);
  }
}

/** Brings a number into the declared range: the nearest multiple of `step` within it. */
function limit(value: number, { minimum, maximum }: PropertySchema, step: number): number {
  if (minimum !== undefined && value < minimum) return Math.ceil(minimum / step) * step;
  if (maximum !== undefined && value > maximum) return Math.floor(maximum / step) * step;
  return value;
}

/** A column such as `parent_job_id` holds ids of the list `jobs`, if there is one. */
function makeInteger(name: string, random: Random, { tenant, lists }: CellContext): number {
  const list = name.endsWith('_id') ? findList(name.slice(0, -'_id'.length), lists) : undefined;
  const size = list === undefined ? 0 : tenant.size(list);
  return list !== undefined && size > 0 ? tenant.id(list, random.below(size)) : random.below(1_000);
}

/** Returns the list that has the plural of a name, or of the end of a name such as `parent_job`. */
export function findList(name: string, lists: readonly string[]): string | undefined {
  const plurals = [`${name}s`, `${name}es`, name.replace(/y$/, 'ies')];
  const list = plurals.find((plural) => lists.includes(plural));
  const rest = name.indexOf('_') + 1;
  return list ?? (rest > 0 ? findList(name.slice(rest), lists) : undefined);
}

function makeText({ name, schema }: Column, random: Random, context: CellContext): unknown {
  // The API sends objects and arrays where the tap declares JSON text.
  if (schema.description?.includes('JSON') === true) return makeArray({}, random, context);
  const byName = TEXTS.find(([pattern]) => pattern.test(name))?.[1];
  const isOwnTime = schema.format === 'date-time' && /^(?:created|updated)_at$/.test(name);
  const byFormat = isOwnTime ? undefined : FORMATS[schema.format ?? ''];
  const text = (byFormat ?? byName)?.(random, context.meta) ?? random.pick(words.ITEMS);
  const [shortest, longest] = [Number(schema['minLength'] ?? 0), schema['maxLength']];
  return text.padEnd(shortest, '.').slice(0, typeof longest === 'number' ? longest : undefined);
}

function makeObject(schema: PropertySchema, random: Random, context: CellContext): unknown {
  const properties = isSchema(schema['properties']) ? Object.entries(schema['properties']) : [];
  if (properties.length === 0) return { label: random.pick(words.ITEMS), value: random.below(100) };
  return Object.fromEntries(
    properties.map(([name, property]) => [
      name,
      generateCell({ name, schema: isSchema(property) ? property : {} }, random, context),
    ]),
  );
}

function makeArray(schema: PropertySchema, random: Random, context: CellContext): unknown[] {
  const items = isSchema(schema['items']) ? schema['items'] : { type: 'object' };
  return Array.from({ length: 1 + random.below(3) }, () =>
    generateCell({ name: '', schema: items }, random, context),
  );
}
