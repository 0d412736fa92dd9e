/** Writes and compares parsed JSON if Node's functions would lose digits or overflow the stack. */
import { isObject } from '../json.js';

/**
 * The deepest nesting of an emitted value. `JSON.stringify` overflows the stack at some thousands
 * of levels. The JSON parser of Python, in which most targets are written, stops at a thousand.
 */
const DEEPEST = 500;

/**
 * Writes a value as compact JSON. Unlike `JSON.stringify`, it handles any depth, writes a bigint as
 * a number, and an infinite number as `1e999` instead of `null`. Slow: use it for rejections and
 * comparisons, not for each row.
 */
export function jsonText(root: unknown): string {
  let text = '';
  const rest: ({ readonly text: string } | { readonly value: unknown })[] = [{ value: root }];
  for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
    if ('text' in part) {
      text += part.text;
    } else if (Array.isArray(part.value)) {
      const items: readonly unknown[] = part.value;
      text += '[';
      rest.push({ text: ']' });
      for (let at = items.length - 1; at >= 0; at -= 1) {
        rest.push({ value: items[at] }, { text: at > 0 ? ',' : '' });
      }
    } else if (isObject(part.value)) {
      const fields = Object.entries(part.value);
      text += '{';
      rest.push({ text: '}' });
      for (const [at, [name, value]] of [...fields.entries()].toReversed()) {
        rest.push({ value }, { text: `${at > 0 ? ',' : ''}${JSON.stringify(name)}:` });
      }
    } else {
      text += scalarText(part.value);
    }
  }
  return text;
}

function scalarText(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (value === Number.POSITIVE_INFINITY) return '1e999';
  if (value === Number.NEGATIVE_INFINITY) return '-1e999';
  return JSON.stringify(value) ?? 'null';
}

/** Whether two parsed JSON values are equal, at any depth. The order of names is ignored. */
export function sameJson(a: unknown, b: unknown): boolean {
  const rest: (readonly [unknown, unknown])[] = [[a, b]];
  for (let pair = rest.pop(); pair !== undefined; pair = rest.pop()) {
    const [one, other] = pair;
    if (one === other) continue;
    if (Array.isArray(one) && Array.isArray(other)) {
      if (one.length !== other.length) return false;
      for (const [at, item] of one.entries()) rest.push([item, other[at]]);
    } else if (isObject(one) && isObject(other)) {
      const names = Object.keys(one);
      if (names.length !== Object.keys(other).length) return false;
      for (const name of names) {
        if (!Object.hasOwn(other, name)) return false;
        if (one[name] !== other[name]) rest.push([one[name], other[name]]);
      }
    } else return false;
  }
  return true;
}

/**
 * Finds what keeps a JSON value from being emitted unchanged.
 *
 * @param asText whether it is emitted as JSON text, which may contain lone surrogates, since
 *   `JSON.stringify` escapes them
 * @returns `deep`: nested too deeply; `number`: beyond the range of a double; `inexact`: an integer
 *   beyond 2^53-1; `text`: a lone surrogate in text or a name; null if nothing is wrong
 */
export function jsonProblem(
  value: unknown,
  asText: boolean,
  depth = 0,
): 'deep' | 'number' | 'text' | 'inexact' | null {
  if (typeof value === 'string') return asText || value.isWellFormed() ? null : 'text';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'number';
  if (isInexact(value)) return 'inexact';
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= DEEPEST) return 'deep';
  if (Array.isArray(value)) {
    for (const item of value) {
      const problem = jsonProblem(item, asText, depth + 1);
      if (problem !== null) return problem;
    }
    return null;
  }
  for (const [name, item] of Object.entries(value)) {
    const problem = asText || name.isWellFormed() ? jsonProblem(item, asText, depth + 1) : 'text';
    if (problem !== null) return problem;
  }
  return null;
}

/** Whether a value is an integer that a double may not represent exactly: beyond 2^53-1. */
export function isInexact(value: unknown): boolean {
  return typeof value === 'bigint' || (Number.isInteger(value) && !Number.isSafeInteger(value));
}
