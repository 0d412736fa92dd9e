/** The table of one stream: its columns, and the rows that come in. */
import type { Warning } from '../codes.js';
import { DataError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { CONVERT, type Cell, type Convert } from './cells.js';
import { columnsOf, descriptionOf, holds, type ColumnType } from './columns.js';
import type { Database } from './database.js';
import { addColumn, castColumn, columnToText, type Altered } from './alter.js';
import {
  checkColumns,
  commentColumn,
  createTable,
  deleteRows,
  existingColumns,
  type ExistingColumn,
} from './definition.js';
import { appendSql, lastRowsSql, mergeSql, uniqueSql } from './merge.js';
import type { RecordMessage } from './messages.js';
import { quote } from './sql.js';
import { Staging } from './staging.js';

/** The version of a row, for ACTIVATE_VERSION. It exists if the stream uses versions. */
export const VERSION_COLUMN = '_sdc_table_version';

/** When the tap read the row. dbt's freshness and people look at it; each table has it. */
export const EXTRACTED_COLUMN = '_sdc_extracted_at';

const VERSION = { name: VERSION_COLUMN, type: 'BIGINT' } as const;
const MANAGED: ReadonlySet<string> = new Set([VERSION_COLUMN, EXTRACTED_COLUMN]);
const EXTRACTED = {
  name: EXTRACTED_COLUMN,
  type: 'TIMESTAMPTZ',
  comment: 'When the tap read the row',
} as const;

/** A column, as records fill it. */
interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly convert: Convert;
  readonly isKey: boolean;
  /** Whether objects without this property seem to have it, such as `constructor`. */
  readonly isInherited: boolean;
}

/** What became of a record. */
export type Added =
  | 'added'
  /** The table has no column for versions yet: call `addVersions`, and add the record again. */
  | 'needs-versions'
  /** A value does not fit this column: call `widen`, and add the record again. */
  | { readonly misfit: number };

/** Counts of this run. */
export interface TableCounts {
  readonly rows: number;
  readonly deleted: number;
}

export class Table {
  readonly stream: string;
  readonly #database: Database;
  readonly #warn: (warning: Warning) => void;
  #definition = '';
  #columns: readonly TableColumn[] = [];
  #keys: readonly string[] = [];
  readonly #stagingName: string;
  #staging: Staging;
  #hasVersions = false;
  /** Whether this run brought a record without a version. */
  #hasUnversioned = false;
  #isEmpty = false;
  /** The transaction that has updated or deleted rows last. */
  #touchedIn = 0;
  #rows = 0;
  #deleted = 0;
  readonly #undeclared = new Set<string>();

  /** @param number differs from those of other tables */
  constructor(
    database: Database,
    stream: string,
    number: number,
    warn: (warning: Warning) => void,
  ) {
    this.stream = stream;
    this.#database = database;
    this.#warn = warn;
    this.#stagingName = `staging_${number}`;
    this.#staging = new Staging(database, this.#stagingName, []);
  }

  get counts(): TableCounts {
    return { rows: this.#rows, deleted: this.#deleted };
  }

  /**
   * Creates the table, or adds what a SCHEMA message adds to it. A column of another type becomes
   * VARCHAR. Columns that the schema does not have any more stay.
   *
   * @throws DataError if the schema cannot be a table
   */
  async define(schema: JsonObject, keys: readonly string[]): Promise<void> {
    const definition = JSON.stringify([schema, keys]);
    if (definition === this.#definition) return;
    const columns = columnsOf(schema).filter(({ name }) => !MANAGED.has(name.toLowerCase()));
    checkColumns(columns, keys);
    await this.merge();
    await this.#database.begin();
    const existing = await existingColumns(this.#database, this.stream);
    if (existing.size === 0)
      await createTable(
        this.#database,
        this.stream,
        [...columns, EXTRACTED],
        descriptionOf(schema),
      );
    await this.#defineManaged(existing);
    const defined: TableColumn[] = [];
    for (const column of columns) {
      const { name, comment } = column;
      const found = existing.get(name.toLowerCase());
      if (existing.size > 0 && found === undefined)
        await addColumn(this.#database, this.#altered, column);
      if (comment !== null && comment !== found?.comment)
        await commentColumn(this.#database, this.stream, name, comment);
      if (found !== undefined && !holds(found.type, column.type))
        await this.#toText(name, found.type, `the schema now says ${column.type}`);
      const type = found === undefined ? column.type : widest(found.type, column.type);
      defined.push({
        name,
        type,
        convert: CONVERT[type],
        isKey: keys.includes(name),
        isInherited: name in {},
      });
    }
    this.#keys = keys;
    this.#hasVersions = existing.has(VERSION_COLUMN);
    this.#columns = defined;
    const rows = await this.#database.query(`SELECT 1 FROM ${this.#name} LIMIT 1`);
    this.#isEmpty = rows.length === 0;
    this.#definition = definition;
    this.#restage();
  }

  /** Gives the columns that are not properties their types, in a table of another program too. */
  async #defineManaged(existing: ReadonlyMap<string, ExistingColumn>): Promise<void> {
    const extracted = existing.get(EXTRACTED.name);
    if (existing.size > 0 && extracted === undefined)
      await addColumn(this.#database, this.#altered, EXTRACTED);
    if (extracted?.comment !== EXTRACTED.comment)
      await commentColumn(this.#database, this.stream, EXTRACTED.name, EXTRACTED.comment);
    for (const column of [EXTRACTED, VERSION]) {
      const found = existing.get(column.name);
      if (found !== undefined && found.type !== column.type)
        await castColumn(this.#database, this.#altered, column);
    }
  }

  /** Whether `open` must be called before the next record. */
  get isClosed(): boolean {
    return this.#staging.isClosed;
  }

  /** Prepares for records, in the transaction. */
  async open(): Promise<void> {
    await this.#database.begin();
    await this.#staging.open();
  }

  /**
   * Takes a record.
   *
   * @throws DataError if a key is missing
   */
  add({ record, version, extractedAt }: RecordMessage): Added {
    if (version === undefined) this.#hasUnversioned = true;
    else if (!this.#hasVersions) return 'needs-versions';
    const staging = this.#staging;
    const columns = this.#columns;
    let present = 0;
    for (let at = 0; at < columns.length; at += 1) {
      const column = columns[at];
      if (column === undefined) break;
      const { name } = column;
      const value = column.isInherited && !Object.hasOwn(record, name) ? undefined : record[name];
      if (value !== undefined) present += 1;
      if (value === undefined || value === null) {
        if (column.isKey)
          throw new DataError('INPUT_WRONG', `the record has no ${name}, which is a key`);
        staging.set(at, null);
      } else {
        const cell = column.convert(value);
        if (cell === undefined) return { misfit: at };
        staging.set(at, cell);
      }
    }
    staging.set(columns.length, extractedCell(extractedAt));
    if (this.#hasVersions)
      staging.set(columns.length + 1, version === undefined ? null : BigInt(version));
    if (present < Object.keys(record).length) this.#warnUndeclared(record);
    staging.endRow();
    this.#rows += 1;
    return 'added';
  }

  /** Makes a column VARCHAR, because a value does not fit its type. */
  async widen(index: number): Promise<void> {
    const column = this.#columns[index];
    if (column === undefined) return;
    await this.merge();
    await this.#database.begin();
    await this.#toText(column.name, column.type, 'a value does not fit');
    const text = { ...column, type: 'VARCHAR', convert: CONVERT.VARCHAR } as const;
    this.#columns = this.#columns.with(index, text);
    this.#restage();
  }

  /** Adds the column for versions, if there is none. */
  async addVersions(): Promise<void> {
    if (this.#hasVersions) return;
    await this.merge();
    await this.#database.begin();
    await addColumn(this.#database, this.#altered, VERSION);
    this.#hasVersions = true;
    this.#restage();
  }

  /**
   * Writes the rows that came in to the table, in the transaction. Of several rows with the same
   * key the last one counts.
   */
  async merge(): Promise<void> {
    const staging = this.#staging;
    if (staging.isClosed) return;
    staging.flush();
    const names = staging.columns.map(({ name }) => name);
    const appends = this.#keys.length === 0 || this.#isEmpty;
    if (!appends) this.#touchedIn = this.#database.transaction;
    const source = `SELECT ${staging.selectList} FROM ${staging.name} ${await this.#lastRows()}`;
    await this.#database.run(
      appends
        ? appendSql(this.#name, names, source)
        : mergeSql(this.#name, names, this.#keys, source),
    );
    this.#isEmpty = false;
    await staging.drop();
  }

  /**
   * Deletes the rows of older versions. Rows without a version were loaded before the stream had
   * versions: they are deleted too, unless this run brought some.
   */
  async activate(version: number): Promise<void> {
    await this.addVersions();
    await this.merge();
    await this.#database.begin();
    const column = quote(VERSION_COLUMN);
    const unversioned = this.#hasUnversioned ? '' : ` OR ${column} IS NULL`;
    const older = `${column} < ${BigInt(version)}${unversioned}`;
    const deleted = await deleteRows(this.#database, this.stream, older);
    if (deleted > 0) this.#touchedIn = this.#database.transaction;
    this.#deleted += deleted;
  }

  /** SQL for the staged rows that count: without keys, every row does. */
  async #lastRows(): Promise<string> {
    if (this.#keys.length === 0) return '';
    const { name } = this.#staging;
    const keys = this.#staging.stagedNames(this.#keys);
    const [{ is_unique: isUnique } = {}] = await this.#database.query(uniqueSql(name, keys));
    return isUnique === true ? '' : lastRowsSql(name, keys);
  }

  get #name(): string {
    return this.#database.table(this.stream);
  }

  get #altered(): Altered {
    return { table: this.stream, isTouched: this.#touchedIn === this.#database.transaction };
  }

  #restage(): void {
    const version = this.#hasVersions ? [VERSION] : [];
    const columns = [...this.#columns, EXTRACTED, ...version];
    this.#staging = new Staging(this.#database, this.#stagingName, columns);
  }

  async #toText(column: string, type: string, why: string): Promise<void> {
    await columnToText(this.#database, this.#altered, column, type);
    this.#warn({
      code: 'COLUMN_WIDENED',
      message: `${this.stream}.${column} was ${type} and is now VARCHAR: ${why}`,
    });
  }

  #warnUndeclared(record: JsonObject): void {
    const declared = new Set(this.#columns.map(({ name }) => name));
    for (const name of Object.keys(record)) {
      if (declared.has(name) || MANAGED.has(name) || this.#undeclared.has(name)) continue;
      this.#undeclared.add(name);
      this.#warn({
        code: 'INPUT_IGNORED',
        message: `${this.stream}: the schema has no property ${name}; its values are ignored`,
      });
    }
  }
}

/** The type of a column that exists, if a schema says `type`. */
function widest(existing: string, type: ColumnType): ColumnType {
  if (existing === type) return type;
  return existing === 'DOUBLE' && type === 'BIGINT' ? 'DOUBLE' : 'VARCHAR';
}

/** A time of a message is only information about the row, so a wrong one becomes null. */
function extractedCell(text: string | undefined): Cell {
  return text === undefined ? null : (CONVERT.TIMESTAMPTZ(text) ?? null);
}
