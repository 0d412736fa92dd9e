/** Walks through a value, at any depth and through JSON text, and masks fields by their names. */
import { isObject, type JsonObject } from '../json.js';
import { isInexact, jsonText } from './json-text.js';

/** Masks the value of one field. */
export interface Mask {
  (value: unknown, depth: number): unknown;
  /** Set if only fields of objects in the value are masked. */
  looksInside?: true;
}

/** In place of a value that belongs to no column, or is nested too deeply to look into. */
export const HIDDEN = 'masked';
/** A value this deep is rejected anyway (`shape/json-text.ts`). */
export const DEEPEST = 600;
const MOST_IN_ORDER = 500;

/** The fields of the objects at one place of a row, and what becomes of each. */
export class Fields {
  readonly #masks = new Map<string, Mask>();
  readonly #find: (raw: string) => Mask;
  readonly #names: { left: number };
  /** The names of the last object, in order: most rows have the same names in the same order. */
  readonly #order: string[] = [];
  readonly #inOrder: Mask[] = [];

  constructor(names: { left: number }, find: (raw: string) => Mask) {
    this.#names = names;
    this.#find = find;
  }

  /** @param at how many fields of the object come before it */
  at(at: number, raw: string): Mask {
    const mask = this.#inOrder[at];
    if (mask !== undefined && this.#order[at] === raw) return mask;
    const found = this.#of(raw);
    if (at < MOST_IN_ORDER) {
      this.#order[at] = raw;
      this.#inOrder[at] = found;
    }
    return found;
  }

  #of(raw: string): Mask {
    const known = this.#masks.get(raw);
    if (known !== undefined) return known;
    const mask = this.#find(raw);
    if (this.#names.left > 0) {
      this.#names.left -= 1;
      this.#masks.set(raw, mask);
    }
    return mask;
  }
}

/** Masks the fields of an object. Returns the same object if nothing in it is masked. */
export function maskFields(object: JsonObject, fields: Fields, depth: number): JsonObject {
  let copy: Record<string, unknown> | null = null;
  let at = 0;
  for (const name in object) {
    const value = object[name];
    const mask = fields.at(at, name);
    at += 1;
    // Most values: nothing in them can be masked, so the call is saved.
    if (mask.looksInside === true && isPlain(value)) continue;
    const masked = mask(value, depth);
    if (masked === value) continue;
    copy ??= { ...object };
    copy[name] = masked;
  }
  return copy ?? object;
}

/**
 * Masks the fields of the objects in a value, and the items of arrays.
 *
 * @param mask what becomes of the items of an array
 */
export function maskNested(value: object, depth: number, fields: Fields, mask: Mask): unknown {
  if (depth > DEEPEST) return HIDDEN;
  if (!Array.isArray(value)) return isObject(value) ? maskFields(value, fields, depth + 1) : value;
  const items: readonly unknown[] = value;
  let copy: unknown[] | null = null;
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at];
    const masked = isPlain(item) ? item : mask(item, depth + 1);
    if (masked === item) continue;
    copy ??= [...items];
    copy[at] = masked;
  }
  return copy ?? items;
}

/** Whether a value cannot hold fields, also not as JSON text. */
export function isPlain(value: unknown): boolean {
  return typeof value === 'string'
    ? !mayBeJson(value)
    : typeof value !== 'object' || value === null;
}

/** Whether a text may be JSON of an object, an array or text. Most text is not, by a look. */
export function mayBeJson(text: string): boolean {
  let at = 0;
  let first = text.charCodeAt(0);
  // The blanks of JSON.
  while (first === 0x20 || first === 0x0a || first === 0x0d || first === 0x09)
    first = text.charCodeAt((at += 1));
  return first === 0x7b || first === 0x5b || first === 0x22;
}

/**
 * Looks into a text that is JSON. If nothing in it is masked, the same text is returned.
 *
 * @param other what becomes of text that is not JSON, or JSON of a number or a boolean
 */
export function maskJsonText(
  text: string,
  depth: number,
  mask: Mask,
  other: (text: string) => unknown = unchanged,
): unknown {
  const value = mayBeJson(text) ? parseJson(text) : undefined;
  if (value === null || (typeof value !== 'object' && typeof value !== 'string'))
    return other(text);
  const masked = mask(value, depth + 1);
  if (masked === value) return text;
  // Writing it again would round large integers.
  return holdsInexact(masked) ? HIDDEN : jsonText(masked);
}

function unchanged(text: string): string {
  return text;
}

/** Parses JSON; undefined if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function holdsInexact(root: unknown): boolean {
  const rest: unknown[] = [root];
  while (rest.length > 0) {
    const value = rest.pop();
    if (isInexact(value)) return true;
    if (typeof value === 'object' && value !== null)
      for (const one of Object.values(value)) rest.push(one);
  }
  return false;
}

/** The text of a value: that of a number or an object is its JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : jsonText(value);
}
