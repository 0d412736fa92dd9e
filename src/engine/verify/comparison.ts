/**
 * The comparison itself: what the destination holds, what the walk brings, and what follows from
 * both. Pure; it knows nothing of pages and requests.
 */
import { TextHash } from './hash.js';
import { FLAG, VERDICTS, type Key, type RowTable } from './table.js';
import type { ComparedColumn } from './canonical.js';

/** A row of Bolt in the tap's form. */
export interface BoltRow {
  readonly key: Key;
  readonly record: Readonly<Record<string, unknown>>;
  /** ms since 1970; null if the row does not say. */
  readonly updatedAt: number | null;
}

/** What a look at a row of Bolt says about the destination. */
export type Verdict = 'same' | 'missing' | 'stale' | 'unknown';

/** Keys by what is wrong with them. */
export interface Differences {
  readonly missing: readonly Key[];
  readonly stale: readonly Key[];
  readonly surplus: readonly Key[];
  readonly unknown: readonly Key[];
}

/** Numbers of rows. */
export interface RowCounts {
  /** In the destination, those marked as deleted included. */
  readonly destination: number;
  readonly deletedThere: number;
  /** That the walk brought, each counted once. */
  readonly bolt: number;
}

const FLAG_OF = {
  missing: FLAG.missing,
  stale: FLAG.stale,
  unknown: FLAG.unknown,
  same: 0,
} as const;

export class Comparison {
  readonly #table: RowTable;
  readonly #forms: readonly (readonly ComparedColumn[])[];
  readonly #exact: boolean;
  /** Number of rows of the destination: those behind them are of Bolt only. */
  readonly #held: number;
  readonly #hash = new TextHash();
  /** Rows of the later look that may have changed during the walk, or may not. */
  #doubtful: number[] = [];
  #unchanged = 0;

  /**
   * @param forms the columns to compare, by the form of a row
   * @param exact whether fractions of seconds count
   */
  constructor(table: RowTable, forms: readonly (readonly ComparedColumn[])[], exact: boolean) {
    this.#table = table;
    this.#forms = forms;
    this.#exact = exact;
    this.#held = table.size;
  }

  /**
   * Compares a row of the walk. The last look at a row counts, unless it could have changed.
   *
   * @param since rows that changed from then on are unknown, ms since 1970
   */
  look(row: BoltRow, since: number): Verdict {
    const at = this.#place(row.key);
    const flags = this.#table.flagsAt(at);
    const recent = row.updatedAt !== null && row.updatedAt >= since;
    let verdict = this.#verdict(at, row, recent);
    const before = flags & VERDICTS;
    const isSecond = (flags & FLAG.seen) !== 0;
    if (isSecond && row.updatedAt === null && before !== FLAG_OF[verdict]) verdict = 'unknown';
    this.#set(at, verdict, FLAG.seen);
    return verdict;
  }

  /** Takes a row that the API calls changed since the walk began. */
  lookAgain(row: BoltRow, since: number): void {
    const at = this.#place(row.key);
    const flags = this.#table.flagsAt(at);
    const isSeen = (flags & FLAG.seen) !== 0;
    if (!isSeen || (row.updatedAt !== null && row.updatedAt >= since)) {
      this.#set(at, 'unknown', flags & FLAG.seen);
    } else if (row.updatedAt === null) {
      const isSame = (flags & VERDICTS) === 0 && this.#verdict(at, row, false) === 'same';
      if (isSame) this.#unchanged += 1;
      else this.#doubtful.push(at);
    }
  }

  /**
   * Ends the later look. An API that returns again most rows, and most of them as they were, has
   * not returned changes, and says nothing about the others.
   *
   * @param isCut whether there were too many rows to be changes
   */
  endLookAgain(isCut: boolean): void {
    const isAll =
      isCut ||
      (this.#unchanged > this.#doubtful.length && this.#unchanged * 2 > this.counts().bolt);
    if (!isAll) for (const at of this.#doubtful) this.#set(at, 'unknown', FLAG.seen);
    this.#doubtful = [];
    this.#unchanged = 0;
  }

  /** Forgets what the walk brought: it starts again. */
  reset(): void {
    for (let at = 0; at < this.#table.size; at += 1) {
      const flags = this.#table.flagsAt(at);
      this.#table.setFlags(at, flags & (FLAG.inDestination | FLAG.deletedThere));
    }
  }

  /** Sorted keys by what is wrong with them; surplus is known only after a complete walk. */
  differences(isComplete: boolean): Differences {
    const missing: Key[] = [];
    const stale: Key[] = [];
    const surplus: Key[] = [];
    const unknown: Key[] = [];
    for (let at = 0; at < this.#table.size; at += 1) {
      const flags = this.#table.flagsAt(at);
      if ((flags & FLAG.missing) !== 0) missing.push(this.#table.keyAt(at));
      else if ((flags & FLAG.stale) !== 0) stale.push(this.#table.keyAt(at));
      else if ((flags & FLAG.unknown) !== 0) unknown.push(this.#table.keyAt(at));
      else if (isComplete && isSurplus(flags)) surplus.push(this.#table.keyAt(at));
    }
    for (const keys of [missing, stale, surplus, unknown]) keys.sort(byKey);
    return { missing, stale, surplus, unknown };
  }

  counts(): RowCounts {
    let deletedThere = 0;
    let bolt = 0;
    for (const flags of this.#table.flags) {
      if ((flags & FLAG.deletedThere) !== 0) deletedThere += 1;
      if ((flags & FLAG.seen) !== 0) bolt += 1;
    }
    return { destination: this.#held, deletedThere, bolt };
  }

  /** What an interrupted walk leaves for the next call: flags, and the keys that only Bolt has. */
  save(): { readonly flags: string; readonly added: readonly Key[] } {
    const added: Key[] = [];
    for (let at = this.#held; at < this.#table.size; at += 1) added.push(this.#table.keyAt(at));
    return { flags: Buffer.from(this.#table.flags).toString('base64'), added };
  }

  /**
   * Takes up what `save` left, for the same rows of the destination.
   *
   * @returns whether it fits; nothing is changed if not
   */
  restore(flags: string, added: readonly Key[]): boolean {
    const bytes = Buffer.from(flags, 'base64');
    if (bytes.length !== this.#held + added.length) return false;
    for (const key of added) this.#table.add(key);
    for (const [at, byte] of bytes.entries()) this.#table.setFlags(at, byte);
    return true;
  }

  #place(key: Key): number {
    const at = this.#table.find(key);
    return at < 0 ? this.#table.add(key) : at;
  }

  #set(at: number, verdict: Verdict, seen: number): void {
    const flags = this.#table.flagsAt(at) & ~VERDICTS;
    this.#table.setFlags(at, flags | seen | FLAG_OF[verdict]);
  }

  #verdict(at: number, { record }: BoltRow, recent: boolean): Verdict {
    const flags = this.#table.flagsAt(at);
    const isHeld = (flags & (FLAG.inDestination | FLAG.deletedThere)) === FLAG.inDestination;
    if (!isHeld) return recent ? 'unknown' : 'missing';
    const columns = this.#forms[this.#table.formAt(at)] ?? [];
    const text = columnsText(columns, (name) => record[name] ?? null, this.#exact);
    if (this.#table.hasHash(at, this.#hash.of(text), this.#exact)) return 'same';
    return recent ? 'unknown' : 'stale';
  }
}

/** One text for the compared columns of a row, whose values are in the tap's form. */
export function columnsText(
  columns: readonly ComparedColumn[],
  valueOf: (name: string) => unknown,
  exact: boolean,
): string {
  let text = '';
  for (const { name, text: textOf } of columns) {
    const value = valueOf(name);
    if (value === null) {
      text += '-';
      continue;
    }
    const part = textOf(value, exact);
    text += `${part.length}:${part}`;
  }
  return text;
}

/** Numbers in their order, then texts in theirs. */
function byKey(one: Key, other: Key): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one !== typeof other) return typeof one === 'number' ? -1 : 1;
  return one < other ? -1 : 1;
}

function isSurplus(flags: number): boolean {
  const held = flags & (FLAG.inDestination | FLAG.deletedThere | FLAG.seen);
  return held === FLAG.inDestination;
}
