/** Bolt's side: rows of the API as keys and records in the tap's form. */
import type { PlannedStream } from '../../catalog/plan.js';
import type { PropertySchema } from '../../catalog/schema.js';
import { DataError } from '../../errors.js';
import type { MaskRow } from '../../shape/masking.js';
import { compileShape, type Rejection, type Shape } from '../../shape/shape.js';
import type { BoltRow } from './comparison.js';

const UPDATED = 'updated_at';
const UPDATED_SCHEMA: PropertySchema = { type: ['null', 'string'], format: 'date-time' };
/** A share means something from this many rows on. */
const ROWS_FOR_A_SHARE = 100;

/** Rows so far. An interrupted walk keeps the numbers. */
export interface ReadCounts {
  readonly rows: number;
  /** Rows without a usable key. */
  readonly unusable: number;
  /** Rows of which a compared cell, or the key, does not fit its type. */
  readonly unfit: number;
}

export class BoltRows {
  readonly #planned: PlannedStream;
  readonly #maxRejectedShare: number;
  readonly #shape: Shape;
  readonly #key: string;
  readonly #rejections: Rejection[] = [];
  #rows = 0;
  #unusable = 0;
  #unfit = 0;

  /**
   * @param columns the columns to compare
   * @param mask masks rows, as the destination's are; null or absent if nothing is masked
   * @throws ConfigError if the catalog's schema cannot be used
   */
  constructor(
    planned: PlannedStream,
    columns: readonly string[],
    maxRejectedShare: number,
    mask?: MaskRow | null,
  ) {
    const { stream, schema, keys } = planned;
    const properties = { [UPDATED]: UPDATED_SCHEMA, ...schema.properties };
    this.#planned = planned;
    this.#maxRejectedShare = maxRejectedShare;
    this.#key = keys[0] ?? '';
    this.#shape = compileShape({
      stream,
      schema: { ...schema, properties },
      selected: new Set([...columns, UPDATED]),
      undeclared: () => undefined,
      mask,
    });
  }

  /**
   * A row in the tap's form; null if it has no usable key.
   *
   * @throws DataError if more rows do not fit than `max_rejected_share` allows
   */
  read(row: unknown): BoltRow | null {
    this.#rejections.length = 0;
    const record = this.#shape(row, this.#rejections);
    this.#rows += 1;
    if (this.#rejections.length > 0) this.#unfit += 1;
    if (record === null) this.#unusable += 1;
    this.#checkShare();
    const key = record?.[this.#key];
    if (record === null || (typeof key !== 'number' && typeof key !== 'string')) return null;
    const updated = record[UPDATED];
    const updatedAt = typeof updated === 'string' ? Date.parse(updated) : Number.NaN;
    return { key, record, updatedAt: Number.isNaN(updatedAt) ? null : updatedAt };
  }

  get counts(): ReadCounts {
    return { rows: this.#rows, unusable: this.#unusable, unfit: this.#unfit };
  }

  /** Continues from the numbers of an interrupted walk, or starts again. */
  set counts({ rows, unusable, unfit }: ReadCounts) {
    this.#rows = rows;
    this.#unusable = unusable;
    this.#unfit = unfit;
  }

  #checkShare(): void {
    const most = this.#rows * this.#maxRejectedShare;
    if (this.#rows < ROWS_FOR_A_SHARE || this.#unfit <= most) return;
    const [first] = this.#rejections;
    const what =
      first === undefined ? '' : `; one of the last: ${first.field ?? ''} ${first.reason}`;
    throw new DataError(
      'TOO_MANY_REJECTED',
      `${this.#planned.name}: ${this.#unfit} of ${this.#rows} rows do not fit their declared type, ` +
        `more than max_rejected_share (${this.#maxRejectedShare}) allows${what}. ` +
        `The API's format has changed, and nothing can be verified: compare the catalog`,
    );
  }
}
