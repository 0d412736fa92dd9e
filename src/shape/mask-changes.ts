/**
 * Masks `changes`, what an event changed. The API does not document its form, so values are found
 * in every form that names their column: as a field, as a value beside them, or in the same text.
 */
import type { MaskAction } from '../catalog/mask-rule.js';
import { isObject } from '../json.js';
import { isBlank } from './cells.js';
import { Mentions, type NamedColumns } from './mask-mentions.js';
import { DEEPEST, HIDDEN, maskJsonText, mayBeJson, parseJson, type Mask } from './mask-walk.js';

/** The names of old and new values, if they are not in an array. */
const PAIR = /^(?:old|new|from|to|before|after|was|is|previous|current)(?:_value)?$/i;

/** Masks a whole value. */
type Cell = (value: unknown) => unknown;
/** The fields of an object, or the items of an array, which have no names. */
type Entries = readonly (readonly [name: string | null, value: unknown])[];

/**
 * Compiles what masks `changes`.
 *
 * @param cells masks the value of a column, by what becomes of it
 * @param hide masks a value that belongs to no column
 */
export function maskChanges(
  columns: NamedColumns,
  cells: Readonly<Record<MaskAction, Cell>>,
  hide: Cell,
): Mask {
  const mask = new ChangesMask(columns, cells, hide).mask;
  return (value, depth) => {
    const isText = typeof value === 'string' && !isBlank(value);
    // Text of another form, such as YAML, cannot be looked into.
    return isText && parseJson(value) === undefined ? hide(value) : mask(value, depth);
  };
}

class ChangesMask {
  readonly #columns: NamedColumns;
  readonly #mentions: Mentions;
  readonly #cells: Readonly<Record<MaskAction, Cell>>;
  readonly #hide: Cell;

  constructor(columns: NamedColumns, cells: Readonly<Record<MaskAction, Cell>>, hide: Cell) {
    this.#columns = columns;
    this.#mentions = new Mentions(columns);
    this.#cells = cells;
    this.#hide = hide;
  }

  readonly mask: Mask = (value, depth) => {
    if (typeof value === 'string') return maskJsonText(value, depth, this.mask, this.#text);
    if (typeof value !== 'object' || value === null) return value;
    if (depth > DEEPEST) return HIDDEN;
    return Array.isArray(value) ? this.#array(value, depth) : this.#object(value, depth);
  };

  /** Text that is not JSON. */
  readonly #text = (text: string): unknown =>
    this.#mentions.ofText(text) === null ? text : this.#hide(text);

  #array(items: readonly unknown[], depth: number): unknown {
    const beside = this.#namedIn(items.map((item) => [null, item]));
    const masked = items.map((item) =>
      beside === null ? this.mask(item, depth + 1) : this.#maskBeside(item, beside),
    );
    return masked.some((item, at) => item !== items[at]) ? masked : items;
  }

  #object(object: object, depth: number): unknown {
    const entries: [string, unknown][] = Object.entries(object);
    const beside = this.#namedIn(entries);
    let isMasked = false;
    const masked = entries.map(([name, value]): [string, unknown] => {
      const own = this.#mentions.ofName(name);
      let one: unknown;
      if (own !== null) one = this.#pair(value, own);
      else one = beside === null ? this.mask(value, depth + 1) : this.#maskBeside(value, beside);
      isMasked ||= one !== value;
      return [name, one];
    });
    return isMasked ? Object.fromEntries(masked) : object;
  }

  /**
   * Finds the masked column that a text in an object or array names, whose values are then beside
   * that text. If it is in doubt, they are.
   */
  #namedIn(entries: Entries): Beside | null {
    let action: MaskAction | null = null;
    const labels: string[] = [];
    const add = (found: MaskAction | null): void => {
      if (found !== null) action = found === 'null' ? found : (action ?? found);
    };
    for (const [name, value] of entries) {
      // The value of a column is text of people, which may have any words.
      const isData = name !== null && this.#columns.isColumn(name);
      if (typeof value === 'string') {
        const label = this.#mentions.ofLabel(value);
        if (label !== null) labels.push(value);
        const isOpaque = !isData && !isNested(value);
        add(label ?? (isOpaque ? this.#mentions.ofText(value) : null));
      } else if (name !== null && !isData && Array.isArray(value)) {
        const items: readonly unknown[] = value;
        if (items.every((item) => typeof item === 'string'))
          for (const item of items) add(this.#mentions.ofLabel(item));
      }
    }
    // Of two texts that could be the name, one may be a value, and a pattern may match a value.
    const [label, second] = labels;
    const isClear = label !== undefined && second === undefined && this.#mentions.isColumn(label);
    return action === null ? null : { action, label: isClear ? label : null };
  }

  #maskBeside(value: unknown, { action, label }: Beside): unknown {
    return label !== null && value === label ? value : this.#pair(value, action);
  }

  /** Masks an old and a new value, each as its column is masked. */
  #pair(value: unknown, action: MaskAction): unknown {
    const cell = this.#cells[action];
    if (Array.isArray(value)) return value.map((one: unknown) => cell(one));
    if (!isObject(value)) return cell(value);
    const entries = Object.entries(value);
    return entries.every(([name]) => PAIR.test(name))
      ? Object.fromEntries(entries.map(([name, one]) => [name, cell(one)]))
      : cell(value);
  }
}

/** Whether a text is JSON that is looked into. */
function isNested(text: string): boolean {
  const value = mayBeJson(text) ? parseJson(text) : null;
  return typeof value === 'object' && value !== null;
}

interface Beside {
  readonly action: MaskAction;
  /** The text that names the column, which stays; null if it is not clear which text that is. */
  readonly label: string | null;
}
