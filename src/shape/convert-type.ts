/** Converters of one type each. docs/api.md, "Rows", lists the accepted forms. */
import type { PropertySchema } from '../catalog/schema.js';
import { ConfigError } from '../errors.js';
import { isObject } from '../json.js';
import { isInexact, jsonProblem } from './json-text.js';
import { toDate, toDateTime } from './timestamp.js';

/** Result of a converter for a cell that does not fit its type. Created once, not per cell. */
export class Misfit {
  /** The reason in plain words. Follows "is" in messages. */
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * Converts a cell that is neither null nor blank to its type, or returns a Misfit. Never throws,
 * and never changes the cell.
 */
export type Convert = (cell: unknown) => unknown;

const NOT_INTEGER = new Misfit('not an integer');
const INEXACT = new Misfit('an integer beyond 2^53-1, which may be inexact');
const NOT_NUMBER = new Misfit('not a number');
const HUGE = new Misfit('beyond the range of a double-precision number');
const NOT_BOOLEAN = new Misfit('not true or false');
const NOT_DATE = new Misfit('not a date');
const NOT_DATE_TIME = new Misfit('not a date-time with an offset');
const NOT_TEXT = new Misfit('not valid Unicode text (lone surrogate)');
const TOO_DEEP = new Misfit('nested too deeply');
const NOT_OBJECT = new Misfit('not an object');
const NOT_ARRAY = new Misfit('not an array');
const JSON_MISFITS = { deep: TOO_DEEP, number: HUGE, text: NOT_TEXT, inexact: INEXACT };

const INTEGER = /^\s*-?\d+(?:\.0+)?\s*$/;
const NUMBER = /^\s*-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/**
 * Compiles the converter to one type of a property. Its limits and its date format apply.
 *
 * @param type undefined if the property has none
 * @param place the stream and column, for messages
 * @throws ConfigError if the type is unknown
 */
export function compileType(
  type: string | undefined,
  schema: PropertySchema,
  place: string,
): Convert {
  switch (type) {
    case 'integer':
      return compileInteger(compileRange(schema));
    case 'number':
      return compileNumber(compileRange(schema));
    case 'boolean':
      return toBoolean;
    case 'string':
      return compileString(schema.format);
    case 'object':
      return (cell) => toJson(cell, isObject, NOT_OBJECT);
    case 'array':
      return (cell) => toJson(cell, Array.isArray, NOT_ARRAY);
    case undefined:
      return compileUntyped(schema);
    default:
      throw new ConfigError(
        'CATALOG_WRONG',
        `catalog: ${place} has the unknown type ${JSON.stringify(type)}; ` +
          'use string, integer, number, boolean, object, array or null',
      );
  }
}

type Range = (value: number) => number | Misfit;

/** Checks a number against `minimum` and `maximum`, and turns -0 into 0. */
function compileRange(schema: PropertySchema): Range {
  const minimum = schema.minimum ?? Number.NEGATIVE_INFINITY;
  const maximum = schema.maximum ?? Number.POSITIVE_INFINITY;
  const below = new Misfit(`smaller than the catalog's minimum ${minimum}`);
  const above = new Misfit(`larger than the catalog's maximum ${maximum}`);
  return (value) => {
    if (value < minimum) return below;
    if (value > maximum) return above;
    return value + 0;
  };
}

function compileInteger(within: Range): Convert {
  return (cell) => {
    const value = typeof cell === 'string' && INTEGER.test(cell) ? Number(cell) : cell;
    if (typeof value === 'bigint') return INEXACT;
    if (typeof value !== 'number') return NOT_INTEGER;
    if (Number.isSafeInteger(value)) return within(value);
    return Number.isInteger(value) || !Number.isFinite(value) ? INEXACT : NOT_INTEGER;
  };
}

function compileNumber(within: Range): Convert {
  return (cell) => {
    // The type number means double precision, so rounding to it is allowed.
    const isText = typeof cell === 'string' && NUMBER.test(cell);
    const value = isText || typeof cell === 'bigint' ? Number(cell) : cell;
    if (typeof value !== 'number') return NOT_NUMBER;
    return Number.isFinite(value) ? within(value) : HUGE;
  };
}

function toBoolean(cell: unknown): unknown {
  if (typeof cell === 'boolean') return cell;
  const word = typeof cell === 'string' ? cell.trim().toLowerCase() : '';
  if (word === 'true') return true;
  return word === 'false' ? false : NOT_BOOLEAN;
}

function compileString(format: string | undefined): Convert {
  if (format === 'date')
    return (cell) => (typeof cell === 'string' ? (toDate(cell) ?? NOT_DATE) : NOT_DATE);
  if (format === 'date-time') {
    return (cell) =>
      typeof cell === 'string' ? (toDateTime(cell) ?? NOT_DATE_TIME) : NOT_DATE_TIME;
  }
  return toText;
}

function toText(cell: unknown): unknown {
  if (typeof cell === 'string') return cell.isWellFormed() ? cell : NOT_TEXT;
  const problem = jsonProblem(cell, true);
  return problem === null ? JSON.stringify(cell) : JSON_MISFITS[problem];
}

function toJson(cell: unknown, fits: (value: unknown) => boolean, misfit: Misfit): unknown {
  const value = typeof cell === 'string' ? parse(cell) : cell;
  if (!fits(value)) return misfit;
  const problem = jsonProblem(value, false);
  return problem === null ? value : JSON_MISFITS[problem];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** For a property without a type. Its format applies to text, and its limits to numbers. */
function compileUntyped(schema: PropertySchema): Convert {
  const ofText = compileString(schema.format);
  const ofNumber = compileNumber(compileRange(schema));
  return (cell) => {
    if (typeof cell === 'string') return ofText(cell);
    if (typeof cell === 'number' && !isInexact(cell)) return ofNumber(cell);
    const problem = jsonProblem(cell, false);
    return problem === null ? cell : JSON_MISFITS[problem];
  };
}
