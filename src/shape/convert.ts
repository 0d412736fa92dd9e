/** From a cell as it came to the form that its property declares. The table of what is taken is in the API's notes, "Rows". */
import { ConfigError } from '../errors.js';
import { isInexact, jsonFault } from './json-text.js';
import { isObject } from '../json.js';
import type { PropertySchema } from '../catalog/schema.js';
import { toDate, toDateTime } from './timestamp.js';

/** Why a cell cannot take its declared form: what a converter gives then. Made once, not for each cell. */
export class Refusal {
  /** In short plain words, for a person. */
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** A cell (neither null nor blank text) in its declared form, or a refusal. Never throws, never changes the cell. */
export type Convert = (cell: unknown) => unknown;

/** Makes a check of a property's keywords, all of them; the check says whether a converted value keeps to them. */
export type Validator = (schema: PropertySchema) => (value: unknown) => boolean;

const NOT_INTEGER = new Refusal('not an integer');
const INEXACT = new Refusal('larger than an exact integer (2^53-1)');
const NOT_NUMBER = new Refusal('not a number');
const HUGE = new Refusal('larger than any number of double precision');
const NOT_BOOLEAN = new Refusal('not true or false');
const NOT_DATE = new Refusal('not a date');
const NOT_DATE_TIME = new Refusal('not a date-time with an offset');
const NOT_TEXT = new Refusal('not well-formed text (half of a surrogate pair)');
const TOO_DEEP = new Refusal('nested too deeply');
const NOT_OBJECT = new Refusal('not an object');
const NOT_ARRAY = new Refusal('not an array');
const NOT_NULL = new Refusal('not null');
const JSON_FAULTS = { deep: TOO_DEEP, number: HUGE, text: NOT_TEXT, inexact: INEXACT };

const INTEGER = /^\s*-?\d+(?:\.0+)?\s*$/;
const NUMBER = /^\s*-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** Keywords that need no validator: the converters see to them, or they say nothing about a value. */
const PLAIN = new Set([
  'type',
  'title',
  'description',
  'default',
  'examples',
  '$comment',
  'minimum',
  'maximum',
]);

/**
 * Compiles the conversion to a property of the catalog. Several types, and the alternatives of `anyOf` and `oneOf`, are tried
 * as they are listed, and the first that takes a cell and breaks no other keyword counts; a property without a type takes cells as they are.
 * `validator` checks the keywords beyond type, date formats, `minimum` and `maximum`; without one they are not checked.
 * @param where the property, for messages: stream and column
 * @throws ConfigError on a type that JSON Schema does not have
 */
export function compileConvert(
  schema: PropertySchema,
  where: string,
  validator?: Validator,
): Convert {
  const converts = alternativesOf(schema).flatMap((alternative) =>
    alternative === schema
      ? typesOf(schema).map((type) => kind(type, schema, where))
      : [compileConvert(alternative, where, validator)],
  );
  const valid = validator !== undefined && hasMore(schema) ? validator(schema) : null;
  const [only] = converts;
  if (only === undefined) return () => NOT_NULL;
  if (converts.length === 1) return valid === null ? only : checked(only, valid, schema);
  return firstOf(converts, valid, new Refusal(`of none of its types: ${typesText(schema)}`));
}

function alternativesOf(schema: PropertySchema): readonly PropertySchema[] {
  const { anyOf, oneOf, ...common } = schema;
  const alternatives = [anyOf, oneOf].flat().filter(isObject);
  return alternatives.length === 0
    ? [schema]
    : alternatives.map((alternative) => Object.assign({}, common, alternative));
}

/** The types but for null; undefined stands for none given. */
function typesOf(schema: PropertySchema): readonly (string | undefined)[] {
  return [schema.type].flat().filter((type) => type !== 'null');
}

function typesText(schema: PropertySchema): string {
  const names = alternativesOf(schema).flatMap((alternative) =>
    typesOf(alternative).map((type) =>
      type === 'string' ? (alternative.format ?? type) : (type ?? 'any'),
    ),
  );
  return [...new Set(names)].join(', ');
}

function hasMore(schema: PropertySchema): boolean {
  const dates =
    schema.format === undefined || schema.format === 'date' || schema.format === 'date-time';
  return (
    !dates || Object.keys(schema).some((keyword) => keyword !== 'format' && !PLAIN.has(keyword))
  );
}

function checked(
  convert: Convert,
  valid: (value: unknown) => boolean,
  schema: PropertySchema,
): Convert {
  const keywords = Object.keys(schema).filter((keyword) => !PLAIN.has(keyword));
  const broken = new Refusal(`against the catalog's schema: ${keywords.join(', ')}`);
  return (cell) => {
    const value = convert(cell);
    return value instanceof Refusal || valid(value) ? value : broken;
  };
}

function firstOf(
  converts: readonly Convert[],
  valid: ((value: unknown) => boolean) | null,
  none: Refusal,
): Convert {
  return (cell) => {
    for (const convert of converts) {
      const value = convert(cell);
      if (!(value instanceof Refusal) && (valid === null || valid(value))) return value;
    }
    return none;
  };
}

function kind(type: string | undefined, schema: PropertySchema, where: string): Convert {
  switch (type) {
    case 'integer':
      return integer(range(schema));
    case 'number':
      return decimal(range(schema));
    case 'boolean':
      return boolean;
    case 'string':
      return textKind(schema.format);
    case 'object':
      return (cell) => json(cell, isObject, NOT_OBJECT);
    case 'array':
      return (cell) => json(cell, Array.isArray, NOT_ARRAY);
    case undefined:
      return asItIs(schema);
    default:
      throw new ConfigError(
        'CATALOG_WRONG',
        `catalog: ${where} has the type ${JSON.stringify(type)}; use string, integer, number, boolean, object, array or null`,
      );
  }
}

type Range = (value: number) => number | Refusal;

/** Holds a number to `minimum` and `maximum`, and takes the sign from a zero. */
function range(schema: PropertySchema): Range {
  const minimum = schema.minimum ?? Number.NEGATIVE_INFINITY;
  const maximum = schema.maximum ?? Number.POSITIVE_INFINITY;
  const below = new Refusal(`smaller than the catalog's minimum ${minimum}`);
  const above = new Refusal(`larger than the catalog's maximum ${maximum}`);
  return (value) => {
    if (value < minimum) return below;
    if (value > maximum) return above;
    return value + 0;
  };
}

function integer(within: Range): Convert {
  return (cell) => {
    const value = typeof cell === 'string' && INTEGER.test(cell) ? Number(cell) : cell;
    if (typeof value === 'bigint') return INEXACT;
    if (typeof value !== 'number') return NOT_INTEGER;
    if (Number.isSafeInteger(value)) return within(value);
    return Number.isInteger(value) || !Number.isFinite(value) ? INEXACT : NOT_INTEGER;
  };
}

function decimal(within: Range): Convert {
  return (cell) => {
    // What is declared as a number of double precision may be rounded to one.
    const isText = typeof cell === 'string' && NUMBER.test(cell);
    const value = isText || typeof cell === 'bigint' ? Number(cell) : cell;
    if (typeof value !== 'number') return NOT_NUMBER;
    return Number.isFinite(value) ? within(value) : HUGE;
  };
}

function boolean(cell: unknown): unknown {
  if (typeof cell === 'boolean') return cell;
  const word = typeof cell === 'string' ? cell.trim().toLowerCase() : '';
  if (word === 'true') return true;
  return word === 'false' ? false : NOT_BOOLEAN;
}

function textKind(format: string | undefined): Convert {
  if (format === 'date')
    return (cell) => (typeof cell === 'string' ? (toDate(cell) ?? NOT_DATE) : NOT_DATE);
  if (format === 'date-time') {
    return (cell) =>
      typeof cell === 'string' ? (toDateTime(cell) ?? NOT_DATE_TIME) : NOT_DATE_TIME;
  }
  return text;
}

function text(cell: unknown): unknown {
  if (typeof cell === 'string') return cell.isWellFormed() ? cell : NOT_TEXT;
  const fault = jsonFault(cell, true);
  return fault === null ? JSON.stringify(cell) : JSON_FAULTS[fault];
}

function json(cell: unknown, fits: (value: unknown) => boolean, unfit: Refusal): unknown {
  const value = typeof cell === 'string' ? parsed(cell) : cell;
  if (!fits(value)) return unfit;
  const fault = jsonFault(value, false);
  return fault === null ? value : JSON_FAULTS[fault];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where the catalog gives no type; its format and limits count all the same, for text and for numbers. */
function asItIs(schema: PropertySchema): Convert {
  const ofText = textKind(schema.format);
  const ofNumber = decimal(range(schema));
  return (cell) => {
    if (typeof cell === 'string') return ofText(cell);
    if (typeof cell === 'number' && !isInexact(cell)) return ofNumber(cell);
    const fault = jsonFault(cell, false);
    return fault === null ? cell : JSON_FAULTS[fault];
  };
}
