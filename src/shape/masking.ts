/**
 * Masks the values of rows, before anything else sees them. `catalog/mask-rules.ts` says which
 * names are masked; here they are found in a row, at any depth. Rows are never changed: a row with
 * a masked value is copied.
 */
import { prefixOf, type MaskAction, type MaskRules } from '../catalog/mask-rules.js';
import { isObject, type JsonObject } from '../json.js';
import { ALL_STREAMS, type StreamDef } from '../streams.js';
import { isBlank } from './cells.js';
import { normalSpelling } from './fields.js';
import { isInexact, jsonText } from './json-text.js';
import { createHasher, type Hash } from './mask-hash.js';

/** Masks a row. Returns the same row if nothing in it is masked. */
export type MaskRow = (row: unknown) => unknown;

/** Masks the value of one field. */
interface Mask {
  (value: unknown, depth: number): unknown;
  /** Set if only fields of objects in the value are masked. */
  looksInside?: true;
}

/** In place of a value that belongs to no column, or is nested too deeply to look into. */
const HIDDEN = 'masked';
/** A value this deep is rejected anyway (`shape/json-text.ts`). */
const DEEPEST = 600;
/** Names that are remembered per stream. Rows may contain any number of them. */
const MOST_NAMES = 5000;
const MOST_IN_ORDER = 500;
const FINGERPRINT = 'bolt-eci-tap mask_columns';
const CHANGES = 'changes';
/** The names of old and new values in `changes`, if they are not an array. */
const PAIR = /^(?:old|new|from|to|before|after|was|is|previous|current)(?:_value)?$/i;

/** Masks rows by the settings `mask_columns` and `mask_key`. */
export class Masking {
  readonly rules: MaskRules;
  readonly #hash: Hash | null;
  /** Tells whether rules and key are those of another run. It does not reveal the key. */
  readonly fingerprint: string;

  /** @param key `mask_key`; undefined if no column is hashed */
  constructor(rules: MaskRules, key: string | undefined) {
    this.rules = rules;
    this.#hash = key === undefined || !rules.hashes ? null : createHasher(key);
    this.fingerprint = createHasher(this.#hash === null ? FINGERPRINT : (key ?? ''))(
      `${FINGERPRINT} ${rules.text}`,
    ).slice(0, 16);
  }

  /** Returns what masks the rows of a stream; null if nothing in them can be masked. */
  rowsOf(stream: string): MaskRow | null {
    if (!this.rules.concerns(stream)) return null;
    const def = ALL_STREAMS.find(({ name }) => name === stream);
    return new StreamMask(stream, def, this.rules, this.#hash).row;
  }
}

/** The fields of the objects at one place of a row, and what becomes of each. */
class Fields {
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

class StreamMask {
  readonly #stream: string;
  readonly #def: StreamDef | undefined;
  readonly #rules: MaskRules;
  readonly #hash: Hash | null;
  readonly #names = { left: MOST_NAMES };
  readonly #prefix: string | null;
  readonly #declared: ReadonlySet<string>;
  readonly #top: Fields;

  constructor(stream: string, def: StreamDef | undefined, rules: MaskRules, hash: Hash | null) {
    this.#stream = stream;
    this.#def = def;
    this.#rules = rules;
    this.#hash = hash;
    this.#prefix = prefixOf(stream);
    this.#declared = new Set(rules.columnsOf(stream));
    this.#top = this.#fields((raw) => this.#ofTop(this.#spelled(raw)));
  }

  readonly row: MaskRow = (row) => {
    if (isObject(row)) return maskFields(row, this.#top, 0);
    // It has no names, so it may hold anything.
    return isBlank(row) || typeof row === 'boolean' ? row : this.#hide(row);
  };

  #fields(find: (raw: string) => Mask): Fields {
    return new Fields(this.#names, find);
  }

  /** A name as the columns have it. */
  #spelled(raw: string): string {
    return this.#declared.has(raw) ? raw : normalSpelling(raw);
  }

  #ofTop(column: string): Mask {
    const action = this.#rules.ofColumn(this.#stream, column);
    const flattened = this.#def?.flatten[column];
    // The object itself is a column only if a catalog declares it.
    if (flattened !== undefined)
      return this.#flattened(flattened, this.#declared.has(column) ? action : null);
    if (action !== null) return this.#cell(action);
    if (column === CHANGES && this.#prefix !== null) return this.#changes();
    return this.#inside(column);
  }

  /**
   * An object whose fields are columns.
   *
   * @param ofAll what becomes of its fields that no rule names
   */
  #flattened(prefix: string, ofAll: MaskAction | null): Mask {
    const fields = this.#fields((raw) => {
      const column = prefix + normalSpelling(raw);
      const own = this.#rules.ofColumn(this.#stream, column);
      const action = own ?? (this.#rules.isProtected(this.#stream, column) ? null : ofAll);
      return action === null ? this.#inside(column) : this.#cell(action);
    });
    const hidesAll =
      ofAll !== null ||
      [...this.#declared].some(
        (column) =>
          column.startsWith(prefix) && this.#rules.ofColumn(this.#stream, column) !== null,
      );
    const other = this.#inside(prefix.slice(0, -1));
    return (value, depth) => {
      if (isObject(value)) return maskFields(value, fields, depth + 1);
      return hidesAll && !isBlank(value) ? this.#hide(value) : other(value, depth);
    };
  }

  /** A value that is not masked, but may have masked fields at any depth, also as JSON text. */
  #inside(path: string): Mask {
    let fields: Fields | null = null;
    const find = (raw: string): Mask => {
      const name = normalSpelling(raw);
      const whole = `${path}_${name}`;
      const prefix = this.#prefix;
      const inList =
        prefix !== null && whole.startsWith(prefix) ? [whole.slice(prefix.length)] : [];
      const action = this.#rules.ofField(this.#stream, [whole, ...inList, name]);
      return action === null ? this.#inside(whole) : this.#cell(action);
    };
    const mask: Mask = (value, depth) => {
      if (typeof value === 'string') return maskJsonText(value, depth, mask);
      if (typeof value !== 'object' || value === null) return value;
      fields ??= this.#fields(find);
      return maskNested(value, depth, fields, mask);
    };
    mask.looksInside = true;
    return mask;
  }

  /** What an event changed: names of the list's columns, each with its old and its new value. */
  #changes(): Mask {
    const nested: Mask = (value, depth) => {
      if (typeof value === 'string') return maskJsonText(value, depth, nested);
      return typeof value === 'object' && value !== null
        ? maskNested(value, depth, fields, nested)
        : value;
    };
    const fields: Fields = this.#fields((raw) => {
      const name = normalSpelling(raw);
      const action =
        this.#rules.ofColumn(this.#stream, `${this.#prefix}${name}`) ??
        (this.#declared.has(name) ? this.#rules.ofColumn(this.#stream, name) : null);
      return action === null ? nested : this.#pair(action);
    });
    return (value, depth) => {
      const isText = typeof value === 'string' && !isBlank(value);
      // Text of another form, such as YAML, cannot be looked into.
      return isText && parseJson(value) === undefined ? this.#hide(value) : nested(value, depth);
    };
  }

  /** Masks an old and a new value, each as its column is masked. */
  #pair(action: MaskAction): Mask {
    const cell = this.#cell(action);
    return (value, depth) => {
      if (Array.isArray(value)) return value.map((one: unknown) => cell(one, depth));
      if (!isObject(value)) return cell(value, depth);
      const entries = Object.entries(value);
      return entries.every(([name]) => PAIR.test(name))
        ? Object.fromEntries(entries.map(([name, one]) => [name, cell(one, depth)]))
        : cell(value, depth);
    };
  }

  /** Masks the whole value of a column. Blank text counts as null, and stays. */
  #cell(action: MaskAction): Mask {
    const hash = this.#hash;
    if (action === 'null' || hash === null) return () => null;
    return (value) => (isBlank(value) ? value : hash(textOf(value)));
  }

  #hide(value: unknown): string {
    return this.#hash === null ? HIDDEN : this.#hash(textOf(value));
  }
}

function maskFields(object: JsonObject, fields: Fields, depth: number): JsonObject {
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

/** @param mask what becomes of the items of an array */
function maskNested(value: object, depth: number, fields: Fields, mask: Mask): unknown {
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
function isPlain(value: unknown): boolean {
  return typeof value === 'string'
    ? !mayBeJson(value)
    : typeof value !== 'object' || value === null;
}

/** Most text begins with a letter or a digit: `{`, `[`, `"` or a blank is rare. */
function mayBeJson(text: string): boolean {
  const first = text.charCodeAt(0);
  return first === 0x7b || first === 0x5b || first === 0x22 || first <= 0x20 || first >= 0x7f;
}

/** Looks into a text that is JSON. If nothing in it is masked, the same text is returned. */
function maskJsonText(text: string, depth: number, mask: Mask): unknown {
  if (!mayBeJson(text)) return text;
  const value = parseJson(text);
  if (typeof value === 'number' || typeof value === 'boolean') return text;
  if (value === undefined || value === null) return text;
  const masked = mask(value, depth + 1);
  if (masked === value) return text;
  // Writing it again would round large integers.
  return holdsInexact(masked) ? HIDDEN : jsonText(masked);
}

function parseJson(text: string): unknown {
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
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : jsonText(value);
}
