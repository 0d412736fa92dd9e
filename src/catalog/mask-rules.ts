/** `mask_columns`: which columns and fields are masked, and how. Knows names only, no values. */
import { ConfigError } from '../errors.js';
import {
  columnNames,
  listsOf,
  protectedColumns,
  reasonOf,
  type ColumnsByStream,
} from './mask-columns.js';
import {
  compilePattern,
  keyOf,
  parseRule,
  weight,
  type MaskAction,
  type Rule,
} from './mask-rule.js';
import { REJECTED, RESCUED } from '../streams.js';
import { didYouMean } from '../system/did-you-mean.js';

const NO_NAMES: readonly string[] = [];

/** Masked columns: resolves names to actions, and checks that each name of the setting exists. */
export class MaskRules {
  readonly #rules: readonly Rule[];
  readonly #exact = new Map<string, MaskAction>();
  /** The most precise first. */
  readonly #patterns: readonly Rule[];
  readonly #columns: ColumnsByStream;

  /**
   * @param setting `mask_columns`, as it was configured
   * @param columns the columns that exist
   * @throws ConfigError if a name matches no column, or a column that cannot be masked
   */
  constructor(setting: Readonly<Record<string, unknown>>, columns: ColumnsByStream) {
    this.#columns = columns;
    this.#rules = Object.entries(setting).flatMap(([name, value]) => parseRule(name, value));
    for (const { stream, column, action, pattern } of this.#rules)
      if (pattern === null) this.#exact.set(keyOf(stream, column), action);
    this.#patterns = this.#rules
      .filter(({ pattern }) => pattern !== null)
      .toSorted((a, b) => weight(b) - weight(a));
    for (const rule of this.#rules) this.#check(rule);
  }

  /** Whether any column is hashed, so that a key is needed. */
  get hashes(): boolean {
    return this.#rules.some(({ action }) => action === 'hmac');
  }

  /** The rules as text: the same text for rules that mask alike. */
  get text(): string {
    const rules = this.#rules.map(({ stream, column, action }) => [stream, column, action]);
    return JSON.stringify(
      rules.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    );
  }

  /** The names of fields that no schema need declare. */
  get openNames(): readonly string[] {
    return this.#rules.flatMap(({ isOpen, pattern, column }) =>
      isOpen && pattern === null ? [column] : [],
    );
  }

  /** The declared columns of a stream. */
  columnsOf(stream: string): readonly string[] {
    return this.#columns.get(stream) ?? NO_NAMES;
  }

  /** Whether a value of the stream could be masked. */
  concerns(stream: string): boolean {
    const names = [stream, ...listsOf(stream).map(({ name }) => name)];
    return this.#rules.some(({ stream: only, pattern }) => {
      if (only === null) return stream !== REJECTED;
      return pattern === null
        ? names.includes(only)
        : names.some((name) => compilePattern(only).test(name));
    });
  }

  /** Whether a column cannot be masked. */
  isProtected(stream: string, column: string): boolean {
    return protectedColumns(stream).has(column);
  }

  /** What becomes of a column; null if it is not masked. */
  ofColumn(stream: string, column: string): MaskAction | null {
    return this.isProtected(stream, column)
      ? null
      : this.ofField(stream, columnNames(stream, column));
  }

  /**
   * What becomes of a field; null if it is not masked. The field of an event goes by the rules of
   * the lists whose rows the events hold, too.
   *
   * @param names what the field can be called, the most precise first
   */
  ofField(stream: string, names: readonly string[]): MaskAction | null {
    const lists = listsOf(stream).map(({ name }) => name);
    const bare = stream === REJECTED ? NO_NAMES : names;
    for (const name of names) {
      const action = this.#exact.get(`${stream}.${name}`);
      if (action !== undefined) return action;
    }
    const ofLists = lists.flatMap((list) =>
      names.flatMap((name) => this.#exact.get(`${list}.${name}`) ?? []),
    );
    if (ofLists.length > 0) return ofLists.includes('null') ? 'null' : 'hmac';
    for (const name of bare) {
      const action = this.#exact.get(name);
      if (action !== undefined) return action;
    }
    const scoped = [stream, ...lists].flatMap((one) => names.map((name) => `${one}.${name}`));
    const found = this.#patterns.find(({ stream: only, pattern }) =>
      (only === null ? bare : scoped).some((name) => pattern?.test(name) === true),
    );
    return found?.action ?? null;
  }

  #check(rule: Rule): void {
    const { name, stream, column, pattern, isOpen } = rule;
    if (isOpen) return;
    const places = this.#placesOf(rule);
    if (places.length === 0) throw wrong(name, this.#describeUnknown(stream, column));
    const kept = places.filter(([of, one]) => protectedColumns(of).has(one));
    const [first] = kept;
    if (first === undefined || (pattern !== null && kept.length < places.length)) return;
    const [of, one] = first;
    const instead =
      stream === null && kept.length < places.length ? `; name the stream: STREAM.${column}` : '';
    throw wrong(name, `${of}.${one} cannot be masked: ${reasonOf(of, one)}${instead}`);
  }

  /** The declared columns that a rule names. */
  #placesOf({ stream, column, pattern }: Rule): [stream: string, column: string][] {
    const places: [string, string][] = [];
    for (const [of, columns] of this.#columns) {
      if (stream === null && of === REJECTED) continue;
      for (const one of columns) {
        const name = stream === null ? one : `${of}.${one}`;
        if (pattern === null ? name === keyOf(stream, column) : pattern.test(name))
          places.push([of, one]);
      }
    }
    return places;
  }

  #describeUnknown(stream: string | null, column: string): string {
    if (stream !== null && !stream.includes('*') && !this.#columns.has(stream)) {
      const hint = didYouMean(stream, [...this.#columns.keys()]) || '; --about lists the streams';
      return `there is no stream ${JSON.stringify(stream)}${hint}`;
    }
    const of = stream === null ? undefined : this.#columns.get(stream);
    const names = of ?? [...new Set([...this.#columns.values()].flat())];
    const what = column.includes('*') ? 'it matches no column' : 'there is no such column';
    const hint = didYouMean(column, names) || '; docs/streams.md has the columns';
    return `${what}${hint}. For a field that no schema declares, write ${RESCUED}.${column}`;
  }
}

function wrong(name: string, what: string): ConfigError {
  return new ConfigError('MASK_WRONG', `mask_columns: ${JSON.stringify(name)}: ${what}`);
}
