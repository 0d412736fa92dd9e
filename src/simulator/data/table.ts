/**
 * The rows of a list. Unchanged rows are made from their index on demand, changed ones are stored.
 */

import type { Row } from './row.js';

/** A row that was added or changed; removed if there is no `row`. */
interface Change {
  readonly row?: Row;
  /** The number of the last change to the row. */
  readonly seq: number;
}

/** Some rows of a list, in the order of their ids. */
export interface Slice {
  readonly rows: unknown[];
  /** The id of the last row; without rows, the id after which the slice starts. */
  readonly last: number;
  /** Whether there are rows after the slice. */
  readonly more: boolean;
}

/** What a table makes its rows from. */
export interface TableSource {
  /** The initial number of rows. */
  readonly size: number;
  idAt(index: number): number;
  indexOf(id: number): number | undefined;
  /** Makes the row at an index, well formed. */
  make(index: number): Row;
  /** Makes the row at an index as it is sent: it may be malformed. */
  makeSent(index: number): unknown;
}

export class Table {
  readonly #source: TableSource;
  readonly #changes = new Map<number, Change>();
  #count: number;

  constructor(source: TableSource) {
    this.#source = source;
    this.#count = source.size;
  }

  /** The number of rows, removed ones included. Indexes are below it. */
  get count(): number {
    return this.#count;
  }

  /** Returns the id of the row at an index. */
  idAt(index: number): number {
    return this.#source.idAt(index);
  }

  /**
   * Returns a row, well formed unless `set` or `add` stored it otherwise; undefined without one.
   */
  row(id: number): Row | undefined {
    const change = this.#changes.get(id);
    if (change) return change.row;
    const index = this.#source.indexOf(id);
    return index === undefined || index >= this.#count ? undefined : this.#source.make(index);
  }

  /** Returns the row at an index as it is sent; undefined if it was removed. */
  #sentRow(index: number): { id: number; row: unknown } | undefined {
    const id = this.#source.idAt(index);
    const change = this.#changes.get(id);
    if (!change) return { id, row: this.#source.makeSent(index) };
    return change.row && { id, row: change.row };
  }

  /** Yields all rows as they are sent. */
  *all(): Generator {
    for (const { row } of this.#rowsAfter(-1)) yield row;
  }

  *#rowsAfter(id: number): Generator<{ id: number; row: unknown }> {
    for (let index = this.#firstIndexAfter(id); index < this.#count; index++) {
      const found = this.#sentRow(index);
      if (found) yield found;
    }
  }

  #firstIndexAfter(id: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#source.idAt(middle) > id) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /**
   * Returns a page of rows.
   *
   * @param after the rows have greater ids
   * @param since the rows changed after the change with this number; negative for all rows
   * @param limit the maximum number of rows
   */
  slice(after: number, since: number, limit: number): Slice {
    const found = since < 0 ? this.#rowsAfter(after) : this.#changedRows(after, since);
    const rows: unknown[] = [];
    let last = after;
    for (const { id, row } of found) {
      if (rows.length === limit) return { rows, last, more: true };
      rows.push(row);
      last = id;
    }
    return { rows, last, more: false };
  }

  *#changedRows(after: number, since: number): Generator<{ id: number; row: unknown }> {
    for (const id of this.changedSince(since, after)) {
      yield { id, row: this.#changes.get(id)?.row };
    }
  }

  /**
   * Returns the ids of the rows that changed and still exist, in order.
   *
   * @param since the rows changed after the change with this number
   * @param after the rows have greater ids
   */
  changedSince(since: number, after = 0): number[] {
    const ids: number[] = [];
    for (const [id, change] of this.#changes) {
      if (change.row && change.seq > since && id > after) ids.push(id);
    }
    return ids.toSorted((one, other) => one - other);
  }

  /** Makes the row that `add` is to store, with its id. */
  nextRow(): { id: number; row: Row } {
    return { id: this.#source.idAt(this.#count), row: this.#source.make(this.#count) };
  }

  /** Stores a row at the end, under the id that `nextRow` returned. */
  add(row: Row, seq: number): void {
    this.#changes.set(this.#source.idAt(this.#count), { row, seq });
    this.#count += 1;
  }

  /** Replaces a row. */
  set(id: number, row: Row, seq: number): void {
    this.#changes.set(id, { row, seq });
  }

  remove(id: number, seq: number): void {
    this.#changes.set(id, { seq });
  }
}
