/** What a parsed JSON value is: of answers, configuration, catalogs, state. Messages never quote it, it may hold secrets. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object: no array, not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a JSON value is, in words: `an object`, `text`, `null` … */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return 'text';
  return `a ${typeof value}`;
}
