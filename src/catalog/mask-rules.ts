/** `mask_columns`: which columns and fields are masked, and how. Knows names only, no values. */
import { discover } from './discover.js';
import { ConfigError } from '../errors.js';
import { isObject } from '../json.js';
import { ALL_STREAMS, DELETED_COLUMNS, REJECTED, RESCUED, type StreamDef } from '../streams.js';
import { didYouMean } from '../system/did-you-mean.js';

/** What becomes of a value: nothing is left of it, or its hash. */
export type MaskAction = 'null' | 'hmac';

/** The columns of each stream, by its id. */
export type ColumnsByStream = ReadonlyMap<string, readonly string[]>;

interface Rule {
  /** As the setting has it, for messages. */
  readonly name: string;
  /** The stream that it is limited to, or a pattern of it; null for all streams. */
  readonly stream: string | null;
  readonly column: string;
  readonly action: MaskAction;
  /** Matches `stream.column`, or the column if `stream` is null; null for an exact name. */
  readonly pattern: RegExp | null;
  /** Whether it may name a field that no schema declares. */
  readonly isOpen: boolean;
}

/** The columns that the tap itself compares or makes. None of them is about a person. */
const OWN_COLUMNS: readonly string[] = ['updated_at', 'etag', ...DELETED_COLUMNS, RESCUED];
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

/**
 * The columns of all streams: those that the package declares, and those of a catalog.
 *
 * @param catalog parsed JSON, if a catalog is given
 */
export function declaredColumns(catalog?: unknown): ColumnsByStream {
  const columns = new Map<string, readonly string[]>();
  const add = (id: string, properties: object): void => {
    const names = [...(columns.get(id) ?? []), ...Object.keys(properties)];
    columns.set(id, [...new Set(names)]);
  };
  for (const { tap_stream_id, schema } of discover().streams) add(tap_stream_id, schema.properties);
  const given = isObject(catalog) && Array.isArray(catalog['streams']) ? catalog['streams'] : [];
  for (const entry of given) {
    if (!isObject(entry) || !isObject(entry['schema'])) continue;
    const { properties } = entry['schema'];
    const id = entry['tap_stream_id'] ?? entry['stream'];
    if (typeof id === 'string' && columns.has(id) && isObject(properties)) add(id, properties);
  }
  return columns;
}

/** The lists whose rows the events of a feed hold. */
function listsOf(stream: string): readonly StreamDef[] {
  return ALL_STREAMS.filter(({ feed }) => feed?.name === stream);
}

/** The prefix of a feed's columns that hold the rows of its lists; null for other streams. */
export function prefixOf(stream: string): string | null {
  const [list] = listsOf(stream);
  return list?.feed === undefined ? null : `${list.feed.snapshot}_`;
}

/** What a column can be called: an event's column also by the column of the list. */
function columnNames(stream: string, column: string): readonly string[] {
  const prefix = prefixOf(stream);
  return prefix !== null && column.startsWith(prefix)
    ? [column, column.slice(prefix.length)]
    : [column];
}

const protectedByStream = new Map<string, ReadonlySet<string>>();

/** The columns of a stream that cannot be masked: keys, the parts of keys, the tap's own. */
function protectedColumns(stream: string): ReadonlySet<string> {
  const known = protectedByStream.get(stream);
  if (known !== undefined) return known;
  const def = ALL_STREAMS.find(({ name }) => name === stream);
  const prefix = prefixOf(stream);
  const ofRows = prefix === null ? [] : [...OWN_COLUMNS, ...listsOf(stream).flatMap((l) => l.keys)];
  const columns = new Set([
    ...(def?.keys ?? ['rejected_id']),
    ...(def?.eventIdParts ?? []),
    ...OWN_COLUMNS,
    ...ofRows.map((name) => `${prefix}${name}`),
  ]);
  protectedByStream.set(stream, columns);
  return columns;
}

function reasonOf(stream: string, column: string): string {
  const def = ALL_STREAMS.find(({ name }) => name === stream);
  if (def?.keys.includes(column) ?? column === 'rejected_id') return 'it is the key';
  if (def?.eventIdParts?.includes(column)) return `it is a part of the key ${def.keys.join()}`;
  if (column === RESCUED) return 'deselect it in the catalog instead; its fields are masked';
  return 'the tap itself needs it';
}

/** Reads an entry of the setting. An object in it has the columns of one stream. */
function parseRule(name: string, value: unknown): Rule[] {
  if (isObject(value))
    return Object.entries(value).flatMap(([column, one]) => parseRule(`${name}.${column}`, one));
  const dot = name.indexOf('.');
  const first = dot < 0 ? null : spelled(name.slice(0, dot));
  const isOpen = first === RESCUED;
  const stream = isOpen ? null : first;
  const column = spelled(name.slice(dot + 1));
  const key = keyOf(stream, column);
  return [
    {
      name,
      stream,
      column,
      action: value === 'hmac' ? 'hmac' : 'null',
      pattern: key.includes('*') ? compilePattern(key) : null,
      isOpen,
    },
  ];
}

/** A name as columns are spelled, as in shape/fields.ts. */
function spelled(name: string): string {
  return name.trim().toLowerCase().replaceAll(/[ -]/g, '_');
}

function keyOf(stream: string | null, column: string): string {
  return stream === null ? column : `${stream}.${column}`;
}

function compilePattern(text: string): RegExp {
  const parts = text
    .split('*')
    .map((part) => part.replaceAll(/[^\w]/g, (one) => `\\u{${hex(one)}}`));
  return new RegExp(`^${parts.join('.*')}$`, 'su');
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16);
}

/** How precise a pattern is: one with a stream more than one without, then by its letters. */
function weight({ stream, column }: Rule): number {
  const letters = keyOf(stream, column).replaceAll('*', '').length;
  return letters + (stream === null ? 0 : 1000);
}

function wrong(name: string, what: string): ConfigError {
  return new ConfigError('MASK_WRONG', `mask_columns: ${JSON.stringify(name)}: ${what}`);
}
