/** Types of the rows and of the functions that make them. */

import type { Tenant } from './tenant.js';

/** A row as the API sends it, or an object in a row. */
export type Row = Record<string, unknown>;

/** The values that the simulator assigns to a row. */
export interface RowMeta {
  readonly id: number;
  /** When the row was created, in ms since the epoch. */
  readonly created: number;
  /** When the row was last changed, in ms since the epoch. */
  readonly updated: number;
  readonly etag: string;
}

/**
 * Makes the row at an index of a list. Numbers and booleans are native, empty cells are null:
 * `addQuirks` changes that afterwards.
 */
export type RowMaker = (tenant: Tenant, index: number, meta: RowMeta) => Row;
