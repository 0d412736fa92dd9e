/** The version of a list's table, with which ACTIVATE_VERSION says which rows are gone. */
import type { Page } from './walk.js';
import type { Bookmark } from '../singer/state.js';

/** What a complete full walk leads to. */
export type Activation =
  | { readonly activate: true; readonly version: number }
  | { readonly activate: false; readonly rows: number; readonly before: number };

export interface TableVersionOptions {
  /** The bookmark that the list starts with. */
  readonly bookmark: Bookmark;
  /** The least share of the previous full walk's rows to activate. */
  readonly minShare: number;
  /** ms since 1970 */
  readonly now: () => number;
}

/**
 * Follows the walks of a list. Each full walk has a new version, which its records and those of the
 * incremental walks after it carry. A full walk that is interrupted keeps its version.
 */
export class TableVersion {
  readonly #options: TableVersionOptions;
  #version: number | undefined;
  /** Rows of the full walk so far; undefined outside of one. */
  #rows: number | undefined;
  #before: number | undefined;

  constructor(options: TableVersionOptions) {
    this.#options = options;
    const { version, walk_rows, full_rows } = options.bookmark;
    this.#version = version;
    this.#rows = walk_rows;
    this.#before = full_rows;
  }

  /** Takes a page before its records are made. Returns the version that they carry. */
  begin({ starts }: Page): number | undefined {
    if (starts === 'full') {
      // Seconds, since some targets store versions as 32-bit integers.
      const seconds = Math.floor(this.#options.now() / 1000);
      this.#version = Math.max(seconds, (this.#version ?? 0) + 1);
      this.#rows = 0;
    } else if (starts === 'incremental') this.#rows = undefined;
    return this.#version;
  }

  /**
   * Counts the records of a page.
   *
   * @returns what follows from the last page of a full walk, and null after any other page
   */
  end({ isLast }: Page, records: number): Activation | null {
    if (this.#rows === undefined || this.#version === undefined) return null;
    this.#rows += records;
    if (isLast !== true) return null;
    const rows = this.#rows;
    const before = this.#before;
    this.#rows = undefined;
    this.#before = rows;
    return before !== undefined && rows < before * this.#options.minShare
      ? { activate: false, rows, before }
      : { activate: true, version: this.#version };
  }

  /** Returns a bookmark of the list with the version and the counts. */
  addTo(bookmark: Bookmark): Bookmark {
    const { version, walk_rows, full_rows, ...list } = bookmark;
    return {
      ...list,
      ...(this.#version !== undefined && { version: this.#version }),
      ...(this.#rows !== undefined && { walk_rows: this.#rows }),
      ...(this.#before !== undefined && { full_rows: this.#before }),
    };
  }
}
