/** The stored rows of a list: those that were added, changed or removed. */

import type { Row } from './row.js';

/** A row after a change. */
export interface Version {
  /** The row; undefined if the change removed it. */
  readonly row: Row | undefined;
  /** The row as it was before it was removed. */
  readonly removed: Row | undefined;
  /** The number of the change. */
  readonly seq: number;
  /** The version before it, if older versions are kept. */
  readonly before: Version | undefined;
}

export class Versions {
  readonly #latest = new Map<number, Version>();
  readonly #keepsOld: boolean;

  /** @param keepsOld whether older versions of a row are kept, which takes memory per change */
  constructor(keepsOld: boolean) {
    this.#keepsOld = keepsOld;
  }

  /** The ids of all rows with a version, in no particular order. */
  get ids(): Iterable<number> {
    return this.#latest.keys();
  }

  /**
   * Returns a version of a row, or undefined if there is none yet.
   *
   * @param at the version is the last one up to the change with this number
   */
  get(id: number, at: number): Version | undefined {
    let version = this.#latest.get(id);
    while (version && version.seq > at) version = version.before;
    return version;
  }

  /** Stores the row after a change. */
  set(id: number, row: Row, seq: number): void {
    this.#store(id, { row, removed: undefined, seq });
  }

  /** Stores that a change removed a row. */
  remove(id: number, removed: Row, seq: number): void {
    this.#store(id, { row: undefined, removed, seq });
  }

  #store(id: number, version: Omit<Version, 'before'>): void {
    const before = this.#keepsOld ? this.#latest.get(id) : undefined;
    this.#latest.set(id, { ...version, before });
  }
}
