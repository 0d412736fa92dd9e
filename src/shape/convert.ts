/** Compiles a property of the catalog, with all its types and keywords, into a converter. */
import type { PropertySchema } from '../catalog/schema.js';
import { ConfigError, describe } from '../errors.js';
import { isObject } from '../json.js';
import { compileType, Misfit, type Convert } from './convert-type.js';

/** Compiles all keywords of a property into a check of values. Throws if the schema is invalid. */
export type Validator = (schema: PropertySchema) => (value: unknown) => boolean;

const NOT_NULL = new Misfit('not null');

/** Keywords that need no validator: the converters handle them, or they do not restrict values. */
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
 * Compiles a property of the catalog into a converter. Several types, and the alternatives of
 * `anyOf` and `oneOf`, are tried in order: the first that fits the cell and violates no other
 * keyword is used. Without a type, cells are emitted unchanged.
 *
 * @param place the stream and column, for messages
 * @param validator checks keywords other than type, date formats, `minimum` and `maximum`; without
 *   one, they are ignored
 * @throws ConfigError if the property has an unknown type or an invalid schema
 */
export function compileConvert(
  schema: PropertySchema,
  place: string,
  validator?: Validator,
): Convert {
  const converts = alternativesOf(schema).flatMap((alternative) =>
    alternative === schema
      ? typesOf(schema).map((type) => compileType(type, schema, place))
      : [compileConvert(alternative, place, validator)],
  );
  const valid = needsValidator(schema) ? compileCheck(schema, place, validator) : null;
  const [only] = converts;
  if (only === undefined) return () => NOT_NULL;
  if (converts.length === 1) return valid === null ? only : withCheck(only, valid, schema);
  return firstFit(converts, valid, new Misfit(`not of an allowed type (${listTypes(schema)})`));
}

function compileCheck(
  schema: PropertySchema,
  place: string,
  validator: Validator | undefined,
): ((value: unknown) => boolean) | null {
  try {
    return validator?.(schema) ?? null;
  } catch (error) {
    throw new ConfigError(
      'CATALOG_WRONG',
      `catalog: ${place} has an invalid schema (${describe(error)}); correct it`,
    );
  }
}

function alternativesOf(schema: PropertySchema): readonly PropertySchema[] {
  const { anyOf, oneOf, ...common } = schema;
  const alternatives = [anyOf, oneOf].flat().filter(isObject);
  return alternatives.length === 0
    ? [schema]
    : alternatives.map((alternative) => Object.assign({}, common, alternative));
}

/** The types except null; undefined if the schema has no type. */
function typesOf(schema: PropertySchema): readonly (string | undefined)[] {
  return [schema.type].flat().filter((type) => type !== 'null');
}

function listTypes(schema: PropertySchema): string {
  const names = alternativesOf(schema).flatMap((alternative) =>
    typesOf(alternative).map((type) =>
      type === 'string' ? (alternative.format ?? type) : (type ?? 'any'),
    ),
  );
  return [...new Set(names)].join(', ');
}

/** Whether a property has keywords that the converters do not handle. */
export function needsValidator(schema: PropertySchema): boolean {
  const dates =
    schema.format === undefined || schema.format === 'date' || schema.format === 'date-time';
  return (
    !dates || Object.keys(schema).some((keyword) => keyword !== 'format' && !PLAIN.has(keyword))
  );
}

function withCheck(
  convert: Convert,
  valid: (value: unknown) => boolean,
  schema: PropertySchema,
): Convert {
  const keywords = Object.keys(schema).filter((keyword) => !PLAIN.has(keyword));
  const invalid = new Misfit(`not valid for the catalog's schema (${keywords.join(', ')})`);
  return (cell) => {
    const value = convert(cell);
    return value instanceof Misfit || valid(value) ? value : invalid;
  };
}

function firstFit(
  converts: readonly Convert[],
  valid: ((value: unknown) => boolean) | null,
  misfit: Misfit,
): Convert {
  return (cell) => {
    for (const convert of converts) {
      const value = convert(cell);
      if (!(value instanceof Misfit) && (valid === null || valid(value))) return value;
    }
    return misfit;
  };
}
