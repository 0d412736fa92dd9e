/**
 * The rows of a list. Unchanged rows are made from their index on demand, changed ones are stored.
 */

import type { Row } from './row.js';
import { Versions } from './versions.js';

/** A number that no change reaches: a request for it returns rows as they are now. */
const NOW = Infinity;

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
  /** Whether rows can be read as they were before later changes. */
  readonly keepsOld: boolean;
  idAt(index: number): number;
  indexOf(id: number): number | undefined;
  /** Makes the row at an index, well formed. */
  make(index: number): Row;
  /** Makes the row at an index as it is sent: it may be malformed. */
  makeSent(index: number): unknown;
}

export class Table {
  readonly #source: TableSource;
  readonly #versions: Versions;
  #count: number;

  constructor(source: TableSource) {
    this.#source = source;
    this.#versions = new Versions(source.keepsOld);
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
   *
   * @param at the row is as it was after the change with this number; requires `keepsOld`
   */
  row(id: number, at = NOW): Row | undefined {
    const version = this.#versions.get(id, at);
    if (version) return version.row;
    const index = this.#source.indexOf(id);
    return index === undefined || index >= this.#source.size ? undefined : this.#source.make(index);
  }

  /** Returns a removed row as it last was; undefined if it was not removed. */
  removedRow(id: number): Row | undefined {
    return this.#versions.get(id, NOW)?.removed;
  }

  /** Returns the row at an index as it is sent; undefined without one. */
  #sentRow(index: number, at: number): { id: number; row: unknown } | undefined {
    const id = this.#source.idAt(index);
    const version = this.#versions.get(id, at);
    if (version) return version.row && { id, row: version.row };
    return index < this.#source.size ? { id, row: this.#source.makeSent(index) } : undefined;
  }

  /** Yields all rows as they are sent. */
  *all(): Generator {
    for (const { row } of this.#rowsAfter(-1, NOW)) yield row;
  }

  *#rowsAfter(id: number, at: number): Generator<{ id: number; row: unknown }> {
    for (let index = this.#firstIndexAfter(id); index < this.#count; index++) {
      const found = this.#sentRow(index, at);
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
   * @param at the rows are as they were after the change with this number; requires `keepsOld`
   */
  slice(after: number, since: number, limit: number, at = NOW): Slice {
    const found = since < 0 ? this.#rowsAfter(after, at) : this.#changedRows(after, since, at);
    const rows: unknown[] = [];
    let last = after;
    for (const { id, row } of found) {
      if (rows.length === limit) return { rows, last, more: true };
      rows.push(row);
      last = id;
    }
    return { rows, last, more: false };
  }

  *#changedRows(after: number, since: number, at: number): Generator<{ id: number; row: unknown }> {
    for (const id of this.changedSince(since, after, at)) yield { id, row: this.row(id, at) };
  }

  /**
   * Returns the ids of the rows that changed and still exist, in order.
   *
   * @param since the rows changed after the change with this number
   * @param after the rows have greater ids
   * @param at later changes do not count; requires `keepsOld`
   */
  changedSince(since: number, after = 0, at = NOW): number[] {
    const ids: number[] = [];
    for (const id of this.#versions.ids) {
      const version = this.#versions.get(id, at);
      if (version?.row && version.seq > since && id > after) ids.push(id);
    }
    return ids.toSorted((one, other) => one - other);
  }

  /** Makes the row that `add` is to store, with its id. */
  nextRow(): { id: number; row: Row } {
    return { id: this.#source.idAt(this.#count), row: this.#source.make(this.#count) };
  }

  /** Stores a row at the end, under the id that `nextRow` returned. */
  add(row: Row, seq: number): void {
    this.#versions.set(this.#source.idAt(this.#count), row, seq);
    this.#count += 1;
  }

  /** Leaves out the index and the id of the next row. */
  skip(): void {
    this.#count += 1;
  }

  /** Replaces a row. */
  set(id: number, row: Row, seq: number): void {
    this.#versions.set(id, row, seq);
  }

  /**
   * Removes a row.
   *
   * @param row the row as it last was
   */
  remove(id: number, row: Row, seq: number): void {
    this.#versions.remove(id, row, seq);
  }
}
