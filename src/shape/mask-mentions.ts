/** Finds the names of masked columns in names and texts of `changes`, whose form is not known. */
import type { MaskAction } from '../catalog/mask-rule.js';
import { normalSpelling } from './fields.js';

/** What is known of the columns that `changes` can name. */
export interface NamedColumns {
  /** What becomes of a column or field; null if it is not masked. */
  readonly actionOf: (name: string) => MaskAction | null;
  /** Whether a name is that of a column. */
  readonly isColumn: (name: string) => boolean;
  /** The names of masked columns and fields. Names that only a pattern matches are missing. */
  readonly masked: readonly string[];
}

/** Names that are remembered. Texts may contain any number of words. */
const MOST_NAMES = 5000;
/** No name of a field is longer. */
const LONGEST_NAME = 200;
/** Words as names of fields have them, in text that is not JSON. */
const WORDS = /[\p{L}\p{N}_-]+/gu;
const JOINED = /[_-]/;
const NOT_IN_NAMES = /[^\p{L}\p{N}]+/gu;
const CAMEL_CASE = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})/gu;

export class Mentions {
  readonly #columns: NamedColumns;
  readonly #known = new Map<string, MaskAction | null>();
  /** A masked name, as words of a text and as parts of a longer name; null without such names. */
  readonly #names: RegExp | null;

  constructor(columns: NamedColumns) {
    this.#columns = columns;
    const longestFirst = columns.masked.toSorted((a, b) => b.length - a.length);
    const names = longestFirst.flatMap((name) => {
      const words = name.split(NOT_IN_NAMES).filter((word) => word !== '');
      return words.length > 0 ? [words.join('[ _-]+')] : [];
    });
    this.#names =
      names.length > 0
        ? new RegExp(`(?<![\\p{L}\\p{N}])(?:${names.join('|')})(?![\\p{L}\\p{N}])`, 'iu')
        : null;
  }

  /**
   * What becomes of the value of a field: of a masked column, or of a field whose name contains
   * that of a masked column, such as `home_owner_was`; null if neither.
   */
  ofName(raw: string): MaskAction | null {
    const known = this.#known.get(raw);
    if (known !== undefined) return known;
    const action = this.#find(raw);
    if (this.#known.size < MOST_NAMES) this.#known.set(raw, action);
    return action;
  }

  /** What becomes of the field that a text names, and names only; null if it is not masked. */
  ofLabel(text: string): MaskAction | null {
    if (text.length > LONGEST_NAME) return null;
    const name = spelled(text);
    return name === '' ? null : this.#columns.actionOf(name);
  }

  /** Whether a text is the name of a column. */
  isColumn(text: string): boolean {
    return text.length <= LONGEST_NAME && this.#columns.isColumn(spelled(text));
  }

  /** What becomes of a field that is mentioned anywhere in a text; null without such a field. */
  ofText(text: string): MaskAction | null {
    const { actionOf, isColumn } = this.#columns;
    const whole = text.length > LONGEST_NAME ? '' : spelled(text);
    let found = actionOf(whole);
    if (found === null && isColumn(whole)) return null;
    for (const [word] of text.matchAll(WORDS)) {
      const action = this.ofName(word);
      if (action === 'null') return action;
      found ??= action;
    }
    // A name can be several words: `Home Owner`. The names of other columns may contain it.
    const others = text.replaceAll(WORDS, (word) =>
      isColumn(spelled(word)) && JOINED.test(word) ? ';' : word,
    );
    return found ?? this.#contained(others);
  }

  #find(raw: string): MaskAction | null {
    const { actionOf, isColumn } = this.#columns;
    const [name, words] = [normalSpelling(raw.trim()), spelled(raw)];
    const action = actionOf(name) ?? actionOf(words);
    if (action !== null) return action;
    return isColumn(name) || isColumn(words) ? null : this.#contained(words);
  }

  #contained(text: string): MaskAction | null {
    const [name] = this.#names?.exec(text) ?? [];
    return name === undefined ? null : this.#columns.actionOf(spelled(name));
  }
}

/** A text as the name of a column: `Home Owner:`, `home-owner` and `homeOwner` are `home_owner`. */
function spelled(text: string): string {
  const words = text.replaceAll(CAMEL_CASE, '_').toLowerCase().split(NOT_IN_NAMES);
  return words.filter((word) => word !== '').join('_');
}
