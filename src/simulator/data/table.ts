/** The rows of one list: made from their index when they are asked for; those that changed since are kept. */

import type { Row } from './tenant.js';

/** A row that is not as it was made at first; without `row` it is gone. */
interface Change {
  readonly row?: Row;
  /** The world's count of changes at the time. */
  readonly seq: number;
}

/** Rows in the order of their ids. */
export interface Slice {
  readonly rows: unknown[];
  /** The id of the last of them; of the row before where there are none. */
  readonly last: number;
  readonly more: boolean;
}

/** Where a table's rows come from. */
export interface TableSource {
  /** How many rows there are at the beginning. */
  readonly size: number;
  id(index: number): number;
  index(id: number): number | undefined;
  /** The row at an index, well formed. */
  make(index: number): Row;
  /** The row at an index as it is sent while nobody has changed it. */
  sent(index: number): unknown;
}

export class Table {
  readonly #source: TableSource;
  readonly #changes = new Map<number, Change>();
  #count: number;

  constructor(source: TableSource) {
    this.#source = source;
    this.#count = source.size;
  }

  /** How many rows there have ever been; each has an index below. */
  get count(): number {
    return this.#count;
  }

  idAt(index: number): number {
    return this.#source.id(index);
  }

  /** The index of a row that is or was in the table. */
  #indexOf(id: number): number | undefined {
    const index = this.#source.index(id);
    return index !== undefined && index < this.#count ? index : undefined;
  }

  /** The row of an id, well formed unless a change made it otherwise; undefined if there is none. */
  row(id: number): Row | undefined {
    const change = this.#changes.get(id);
    if (change) return change.row;
    const index = this.#indexOf(id);
    return index === undefined ? undefined : this.#source.make(index);
  }

  /** The row at an index as it is sent now; undefined if it is gone. */
  #sent(index: number): { id: number; row: unknown } | undefined {
    const id = this.#source.id(index);
    const change = this.#changes.get(id);
    if (!change) return { id, row: this.#source.sent(index) };
    return change.row && { id, row: change.row };
  }

  /** All rows as they are sent. */
  *all(): Generator {
    for (const { row } of this.#after(-1)) yield row;
  }

  *#after(id: number): Generator<{ id: number; row: unknown }> {
    for (let index = this.#firstAfter(id); index < this.#count; index++) {
      const found = this.#sent(index);
      if (found) yield found;
    }
  }

  #firstAfter(id: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#source.id(middle) > id) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** At most `limit` rows after an id that changed after the change of number `since`; a negative one takes in all. */
  slice(after: number, since: number, limit: number): Slice {
    const found = since < 0 ? this.#after(after) : this.#changed(after, since);
    const rows: unknown[] = [];
    let last = after;
    for (const { id, row } of found) {
      if (rows.length === limit) return { rows, last, more: true };
      rows.push(row);
      last = id;
    }
    return { rows, last, more: false };
  }

  *#changed(after: number, since: number): Generator<{ id: number; row: unknown }> {
    for (const id of this.changedSince(since, after)) yield { id, row: this.#changes.get(id)?.row };
  }

  /** The ids of the rows that changed after the change of number `since` and are still there, in order. */
  changedSince(since: number, after = 0): number[] {
    const ids: number[] = [];
    for (const [id, change] of this.#changes) if (change.row && change.seq > since && id > after) ids.push(id);
    return ids.toSorted((one, other) => one - other);
  }

  /** The id and the row that `add` would begin with. */
  next(): { id: number; row: Row } {
    return { id: this.#source.id(this.#count), row: this.#source.make(this.#count) };
  }

  /** Puts a row at the end, under the id that `next` gave. */
  add(row: Row, seq: number): void {
    this.#changes.set(this.#source.id(this.#count), { row, seq });
    this.#count += 1;
  }

  /** Puts another row in the place of one that is there. */
  set(id: number, row: Row, seq: number): void {
    this.#changes.set(id, { row, seq });
  }

  remove(id: number, seq: number): void {
    this.#changes.set(id, { seq });
  }
}
