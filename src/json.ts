/**
 * Kinds of parsed JSON values: responses, configuration, catalogs, state. Error messages give the
 * kind only, since a value may be a secret.
 */

export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object, which arrays and null are not. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The kind of a JSON value, for messages: `an object`, `text`, `null` … */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return 'text';
  return `a ${typeof value}`;
}
