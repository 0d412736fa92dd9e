/** Widening: a property of a catalog, made to take null as well. */
import { isObject } from '../json.js';
import type { PropertySchema } from '../catalog/schema.js';

/** Keywords that can turn null away and cannot be widened one by one. */
const OPAQUE = ['allOf', 'not', 'if', '$ref'];

/**
 * The property, taking null besides what it takes: by its type where that suffices, the form that targets know best. Gives back
 * the same object where it takes null already.
 */
export function nullable(schema: PropertySchema): PropertySchema {
  if (takesNull(schema)) return schema;
  const { oneOf } = schema;
  const manyNulls = Array.isArray(oneOf) && oneOf.filter(isObject).filter(takesNull).length > 1;
  if (manyNulls || OPAQUE.some((keyword) => keyword in schema))
    return { anyOf: [{ type: 'null' }, schema] };
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => widened(keyword, value)),
  );
}

function takesNull(schema: PropertySchema): boolean {
  const { type, enum: values, const: constant, anyOf, oneOf } = schema;
  if (OPAQUE.some((keyword) => keyword in schema)) return false;
  if (type !== undefined && ![type].flat().includes('null')) return false;
  if (Array.isArray(values) && !values.includes(null)) return false;
  if (constant !== undefined && constant !== null) return false;
  if (Array.isArray(anyOf) && !anyOf.filter(isObject).some(takesNull)) return false;
  return !Array.isArray(oneOf) || oneOf.filter(isObject).filter(takesNull).length === 1;
}

function widened(keyword: string, value: unknown): [string, unknown] {
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
      return list.filter(isObject).some(takesNull)
        ? [keyword, value]
        : [keyword, [...list, { type: 'null' }]];
    default:
      return [keyword, value];
  }
}
