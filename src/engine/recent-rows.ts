/** The rows that a run has emitted from a list: events that bring nothing newer are left out. */

/** How many rows are remembered. Events about others are emitted, although they may be known. */
const MOST_ROWS = 5000;
/** Deleted keys that are remembered. */
const MOST_DELETED = 100_000;

/** What is remembered of a row. */
interface Emitted {
  /** ms since 1970; NaN if the row has no `updated_at` that can be read. */
  readonly updatedAt: number;
  /** The record as JSON text. */
  readonly text: string;
}

type Row = Readonly<Record<string, unknown>>;

/** Remembers the records that a run emitted on a list's stream, within bounds. */
export class RecentRows {
  readonly #keys: readonly string[];
  readonly #rows = new Map<string, Emitted>();
  readonly #deleted = new Set<string>();

  /** @param keys the columns of the primary key */
  constructor(keys: readonly string[]) {
    this.#keys = keys;
  }

  /** Remembers a record of the list itself. */
  note(record: Row): void {
    if (this.#rows.size < MOST_ROWS) this.#rows.set(this.#keyOf(record), emitted(record));
  }

  /** Remembers that an event has deleted the row of a record. */
  noteDeleted(record: Row): void {
    if (this.#deleted.size < MOST_DELETED) this.#deleted.add(this.#keyOf(record));
  }

  /**
   * Whether the run has emitted this copy of a row, or a newer one. A row that was deleted in this
   * run is not known, since it may have come back.
   *
   * @param record from an event that wrote the row
   */
  isKnown(record: Row): boolean {
    const key = this.#keyOf(record);
    const known = this.#rows.get(key);
    if (known === undefined || this.#deleted.size >= MOST_DELETED || this.#deleted.has(key))
      return false;
    const { updatedAt, text } = emitted(record);
    return updatedAt < known.updatedAt || text === known.text;
  }

  #keyOf(record: Row): string {
    return this.#keys.map((key) => String(record[key])).join('\n');
  }
}

function emitted(record: Row): Emitted {
  const { updated_at } = record;
  const updatedAt = typeof updated_at === 'string' ? Date.parse(updated_at) : NaN;
  return { updatedAt, text: JSON.stringify(record) };
}
