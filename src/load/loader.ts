/**
 * Loads Singer messages into a database. Rows and the state that covers them are committed in one
 * transaction, so a load that was killed continues where its state says.
 */
import type { Warning } from '../codes.js';
import { DataError } from '../errors.js';
import { jsonText } from '../shape/json-text.js';
import type { Database } from './database.js';
import { checkName } from './definition.js';
import type { Message, RecordMessage } from './messages.js';
import { STATE_TABLE, writeState } from './state-table.js';
import { Table, type Added, type TableCounts } from './table.js';

/** When a commit is due. */
export interface Limits {
  /** Rows. */
  readonly rows: number;
  /** Bytes of input. */
  readonly bytes: number;
  /** Time since the last commit, ms. */
  readonly ms: number;
}

/**
 * Larger batches are faster, but need more memory. They hold about this many rows of 1 kB. A
 * commit writes to the disk and waits for it, so there is not one for each state.
 */
export const LIMITS: Limits = { rows: 10_000, bytes: 16 * 1024 * 1024, ms: 10_000 };

export interface LoaderOptions {
  readonly database: Database;
  /** The name of the pipeline, for its state. */
  readonly stateId: string;
  /** Called with each state that is committed, as JSON. */
  readonly onCommit: (state: string) => void;
  readonly warn: (warning: Warning) => void;
  /** ms since 1970 */
  readonly now: () => number;
  readonly limits?: Limits;
}

export class Loader {
  readonly #options: LoaderOptions;
  readonly #limits: Limits;
  readonly #tables = new Map<string, Table>();
  /** The last state that is not committed yet. */
  #state: string | null = null;
  /** What came since the last merge. */
  #rows = 0;
  #bytes = 0;
  /** Whether rows were merged since the last commit, because no state came for a long time. */
  #isOverdue = false;
  #committedAt: number;
  readonly #skipped = new Set<string>();

  constructor(options: LoaderOptions) {
    this.#options = options;
    this.#limits = options.limits ?? LIMITS;
    this.#committedAt = options.now();
  }

  /** Counts by stream, in the order of the streams. */
  get counts(): ReadonlyMap<string, TableCounts> {
    return new Map([...this.#tables.values()].map(({ stream, counts }) => [stream, counts]));
  }

  /**
   * Takes a message.
   *
   * @param bytes the length of its line
   * @returns a promise if it must be awaited before the next message
   * @throws DataError if the message does not fit what came before
   */
  take(message: Message, bytes: number): Promise<void> | null {
    this.#bytes += bytes;
    switch (message.type) {
      case 'RECORD':
        return this.#record(message);
      case 'SCHEMA':
        return this.#table(message.stream).define(message.schema, message.keys);
      case 'STATE':
        this.#state = jsonText(message.value ?? null);
        return this.#isDue() ? this.commit() : null;
      case 'ACTIVATE_VERSION':
        return this.#known(message.stream).activate(message.version);
      case 'other':
        break;
    }
    this.#skip(message.name);
    return null;
  }

  /** Commits everything that came, with the last state. */
  async commit(): Promise<void> {
    const { database, stateId, onCommit, now } = this.#options;
    const state = this.#state;
    await this.#merge();
    if (state !== null) {
      await database.begin();
      await writeState(database, stateId, state, now());
    }
    await database.commit();
    this.#isOverdue = false;
    this.#committedAt = now();
    this.#state = null;
    if (state !== null) onCommit(state);
  }

  #isDue(): boolean {
    const { now } = this.#options;
    return this.#isOverdue || this.#isFull() || now() - this.#committedAt >= this.#limits.ms;
  }

  #isFull(): boolean {
    return this.#rows >= this.#limits.rows || this.#bytes >= this.#limits.bytes;
  }

  #record(message: RecordMessage): Promise<void> | null {
    const table = this.#known(message.stream);
    if (table.isClosed) return this.#addSlowly(table, message, 'closed');
    const added = table.add(message);
    if (added !== 'added') return this.#addSlowly(table, message, added);
    this.#rows += 1;
    // Without a state nothing is committed, but the rows leave the memory.
    if (this.#rows < 2 * this.#limits.rows && this.#bytes < 2 * this.#limits.bytes) return null;
    this.#isOverdue = true;
    return this.#merge();
  }

  /** Adds a record for which the table has to change first. */
  async #addSlowly(table: Table, message: RecordMessage, first: Added | 'closed'): Promise<void> {
    for (let added = first; added !== 'added'; added = table.add(message)) {
      if (added === 'needs-versions') await table.addVersions();
      else if (added !== 'closed') await table.widen(added.misfit);
      if (table.isClosed) await table.open();
    }
    this.#rows += 1;
  }

  async #merge(): Promise<void> {
    for (const table of this.#tables.values()) await table.merge();
    this.#rows = 0;
    this.#bytes = 0;
  }

  /** The table of a stream, which is made if there is none. */
  #table(stream: string): Table {
    const name = stream.toLowerCase();
    const table = this.#tables.get(name);
    if (table?.stream === stream) return table;
    if (table !== undefined)
      throw new DataError(
        'INPUT_WRONG',
        `DuckDB cannot tell the streams ${table.stream} and ${stream} apart: deselect one of them`,
      );
    if (name === STATE_TABLE)
      throw new DataError('INPUT_WRONG', `a stream cannot have the name ${STATE_TABLE}`);
    checkName('stream', stream);
    const { database, warn } = this.#options;
    const made = new Table(database, stream, this.#tables.size, warn);
    this.#tables.set(name, made);
    return made;
  }

  #known(stream: string): Table {
    const table = this.#tables.get(stream.toLowerCase());
    if (table?.stream === stream) return table;
    throw new DataError('INPUT_WRONG', `there was no SCHEMA of the stream ${stream}`);
  }

  #skip(name: string): void {
    if (this.#skipped.has(name)) return;
    this.#skipped.add(name);
    this.#options.warn({
      code: 'INPUT_IGNORED',
      message: `messages of the type ${name} are ignored`,
    });
  }
}
