/**
 * Masks the values of rows, before anything else sees them. `catalog/mask-rules.ts` says which
 * names are masked; here they are found in a row, at any depth. Rows are never changed: a row with
 * a masked value is copied.
 */
import { prefixOf } from '../catalog/mask-columns.js';
import type { MaskAction } from '../catalog/mask-rule.js';
import type { MaskRules } from '../catalog/mask-rules.js';
import { isObject } from '../json.js';
import { ALL_STREAMS, type StreamDef } from '../streams.js';
import { isBlank } from './cells.js';
import { normalSpelling } from './fields.js';
import { maskChanges } from './mask-changes.js';
import { createHasher, type Hash } from './mask-hash.js';
import {
  Fields,
  HIDDEN,
  maskFields,
  maskJsonText,
  maskNested,
  textOf,
  type Mask,
} from './mask-walk.js';

/** Masks a row. Returns the same row if nothing in it is masked. */
export interface MaskRow {
  (row: unknown): unknown;
  /** What masks the values of a column; absent if the rows have objects to flatten. */
  ofColumn?: (column: string) => Mask;
}

/** Names that are remembered per stream. Rows may contain any number of them. */
const MOST_NAMES = 5000;
const FINGERPRINT = 'bolt-eci-tap mask_columns';
const CHANGES = 'changes';

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
    return new StreamMask(stream, def, this.rules, this.#hash).toMaskRow();
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

  toMaskRow(): MaskRow {
    const mask: MaskRow = (row) => {
      if (isObject(row)) return maskFields(row, this.#top, 0);
      // It has no names, so it may hold anything.
      return isBlank(row) || typeof row === 'boolean' ? row : this.#hide(row);
    };
    const isFlat = Object.keys(this.#def?.flatten ?? {}).length === 0;
    if (isFlat) mask.ofColumn = (column) => this.#ofTop(column);
    return mask;
  }

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

  #changes(): Mask {
    const named = (name: string): string => `${this.#prefix}${name}`;
    const actionOf = (name: string): MaskAction | null =>
      this.#rules.ofColumn(this.#stream, named(name)) ??
      (this.#declared.has(name) ? this.#rules.ofColumn(this.#stream, name) : null);
    const isColumn = (name: string): boolean =>
      this.#declared.has(named(name)) || this.#declared.has(name);
    const columns = [...this.#declared].flatMap((column) =>
      column.startsWith(named('')) ? [column, column.slice(named('').length)] : [column],
    );
    const masked = [...columns, ...this.#rules.openNames].filter((name) => actionOf(name) !== null);
    const cells = { null: this.#cell('null'), hmac: this.#cell('hmac') };
    return maskChanges({ actionOf, isColumn, masked }, cells, (value) => this.#hide(value));
  }

  /** Masks the whole value of a column. Blank text counts as null, and stays. */
  #cell(action: MaskAction): (value: unknown) => unknown {
    const hash = this.#hash;
    if (action === 'null' || hash === null) return () => null;
    return (value) => (isBlank(value) ? value : hash(textOf(value)));
  }

  #hide(value: unknown): string {
    return this.#hash === null ? HIDDEN : this.#hash(textOf(value));
  }
}
