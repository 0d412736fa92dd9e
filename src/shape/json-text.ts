/** Text and comparison of values that came as JSON, where Node's own would lose something or overflow the stack. */
import { isObject } from '../json.js';

/**
 * How deep a value may be nested. `JSON.stringify` overflows the stack at some thousands of levels, and the JSON readers of
 * Python, in which most targets are written, at a thousand.
 */
const DEEPEST = 500;

/**
 * Compact JSON text, as `JSON.stringify` writes it, but of any depth, and with a number beyond the range of a double as `1e999`
 * where `JSON.stringify` writes `null`. Slow: for rejections and for the few cells that identify events.
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

/** Whether two values that came as JSON are the same, at any depth. The order of names does not count. */
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
 * Why an object or array cannot be put out as it is, or null: nested too deeply, or holding a number beyond the range of a
 * double, or an integer that a double may not hold exactly. Where it is to stay JSON (`asText` false), a half of a surrogate pair in a text or name is a reason too: as text, it stands there escaped.
 */
export function jsonFault(
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
      const fault = jsonFault(item, asText, depth + 1);
      if (fault !== null) return fault;
    }
    return null;
  }
  for (const [name, item] of Object.entries(value)) {
    const fault = asText || name.isWellFormed() ? jsonFault(item, asText, depth + 1) : 'text';
    if (fault !== null) return fault;
  }
  return null;
}

/** Whether a value is an integer that was not, or may not have been, a double: a bigint, or a number beyond 2^53-1. */
export function isInexact(value: unknown): boolean {
  return typeof value === 'bigint' || (Number.isInteger(value) && !Number.isSafeInteger(value));
}
