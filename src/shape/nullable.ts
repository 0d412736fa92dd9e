/** Widens a property of a catalog so that it accepts null. */
import { isObject } from '../json.js';
import type { PropertySchema } from '../catalog/schema.js';

/** Keywords that may exclude null and cannot be widened separately. */
const OPAQUE = ['allOf', 'not', 'if', '$ref'];

/**
 * Adds null to the values that a property accepts. Adds it to the type if that suffices, since all
 * targets understand that form.
 *
 * @returns the same object if it accepts null already
 */
export function nullable(schema: PropertySchema): PropertySchema {
  if (acceptsNull(schema)) return schema;
  const { oneOf } = schema;
  const manyNulls = Array.isArray(oneOf) && oneOf.filter(isObject).filter(acceptsNull).length > 1;
  if (manyNulls || OPAQUE.some((keyword) => keyword in schema))
    return { anyOf: [{ type: 'null' }, schema] };
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => widenKeyword(keyword, value)),
  );
}

function acceptsNull(schema: PropertySchema): boolean {
  const { type, enum: values, const: constant, anyOf, oneOf } = schema;
  if (OPAQUE.some((keyword) => keyword in schema)) return false;
  if (type !== undefined && ![type].flat().includes('null')) return false;
  if (Array.isArray(values) && !values.includes(null)) return false;
  if (constant !== undefined && constant !== null) return false;
  if (Array.isArray(anyOf) && !anyOf.filter(isObject).some(acceptsNull)) return false;
  return !Array.isArray(oneOf) || oneOf.filter(isObject).filter(acceptsNull).length === 1;
}

function widenKeyword(keyword: string, value: unknown): [string, unknown] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  switch (keyword) {
    case 'type':
      return list.includes('null') ? [keyword, value] : [keyword, ['null', ...list]];
    case 'enum':
      return list.includes(null) ? [keyword, value] : [keyword, [...list, null]];
    case 'const':
      return ['enum', [value, null]];
    case 'anyOf':
    case 'oneOf':
      return list.filter(isObject).some(acceptsNull)
        ? [keyword, value]
        : [keyword, [...list, { type: 'null' }]];
    default:
      return [keyword, value];
  }
}
