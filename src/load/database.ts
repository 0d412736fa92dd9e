/** One DuckDB file that this process writes. The package of DuckDB is imported only here. */
import type * as DuckDB from '@duckdb/node-api';
import { ConfigError, describe, systemCode, TapError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { quote } from './sql.js';

/** The version that this was tested with. package.json names it too. */
export const DUCKDB_PACKAGE = '@duckdb/node-api@1.5.6-r.1';

/**
 * A load of usual tables needs far less memory than this limit. One of 600 columns, or of texts of
 * 500 kB, needs much more than 512 MB when DuckDB writes its checkpoint, and fails with less. No
 * extension is needed, so none may be downloaded.
 */
const OPTIONS = {
  memory_limit: '2GB',
  threads: '1',
  preserve_insertion_order: 'false',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};
/** A process that was killed, or that ends now, may hold the file for a moment. */
const LOCK_TRIES = 30;
const LOCK_PAUSE_MS = 100;

const LOCKED = /could not set lock|conflicting lock|used by another process/i;
const IN_USE_HINT = 'only one process can write a DuckDB file: wait until it ends, or close it';

/** Another process has opened the file. */
export class DatabaseLocked extends TapError {
  override name = 'DatabaseLocked';
}

export class Database {
  readonly file: string;
  readonly #duckdb: typeof DuckDB;
  readonly #instance: DuckDB.DuckDBInstance;
  readonly #connection: DuckDB.DuckDBConnection;
  /** The name by which DuckDB knows the file. */
  #catalog = '';
  #inTransaction = false;
  #transactions = 0;

  private constructor(
    file: string,
    duckdb: typeof DuckDB,
    instance: DuckDB.DuckDBInstance,
    connection: DuckDB.DuckDBConnection,
  ) {
    this.file = file;
    this.#duckdb = duckdb;
    this.#instance = instance;
    this.#connection = connection;
  }

  /**
   * Opens a file, and creates it if it does not exist. What a killed process had committed is
   * recovered.
   *
   * @param wait waits for some ms while another process holds the file
   * @throws ConfigError if the package is missing, or the file cannot be used
   * @throws DatabaseLocked if another process holds the file
   */
  static async open(file: string, wait: (ms: number) => Promise<unknown>): Promise<Database> {
    const duckdb = await importDuckDb();
    for (let left = LOCK_TRIES; ; left -= 1) {
      try {
        const instance = await duckdb.DuckDBInstance.create(file, OPTIONS);
        const connection = await instance.connect();
        const database = new Database(file, duckdb, instance, connection);
        await database.#readCatalog();
        await database.run("SET TimeZone = 'UTC'");
        return database;
      } catch (error) {
        if (error instanceof ConfigError) throw error;
        const message = describe(error);
        if (!LOCKED.test(message))
          throw new ConfigError('DATABASE_UNUSABLE', `${file} cannot be opened: ${message}`);
        if (left === 0) throw new DatabaseLocked('RUN_LOCKED', describeLock(file, message));
      }
      await wait(LOCK_PAUSE_MS);
    }
  }

  /**
   * DuckDB opens names such as `rows.json` and `:memory:` too, and then holds what is loaded in
   * memory only.
   *
   * @throws ConfigError if the database is not a file
   */
  async #readCatalog(): Promise<void> {
    const [{ name, path } = {}] = await this.query(
      `SELECT database_name AS name, path FROM duckdb_databases()
       WHERE database_name = current_database()`,
    );
    this.#catalog = String(name);
    if (typeof path === 'string') return;
    this.close();
    throw new ConfigError(
      'DATABASE_UNUSABLE',
      `${this.file} is not a name for a DuckDB file: use one that ends with .duckdb`,
    );
  }

  /**
   * Runs a statement.
   *
   * @throws TapError with what DuckDB says, such as a full disk
   */
  async run(sql: string, values: DuckDB.DuckDBValue[] = []): Promise<void> {
    try {
      await this.#connection.run(sql, values);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Runs a query, and returns its rows. */
  async query(sql: string, values: DuckDB.DuckDBValue[] = []): Promise<readonly JsonObject[]> {
    try {
      const reader = await this.#connection.runAndReadAll(sql, values);
      return reader.getRowObjectsJS();
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Begins a transaction, if there is none. */
  async begin(): Promise<void> {
    if (this.#inTransaction) return;
    await this.run('BEGIN TRANSACTION');
    this.#inTransaction = true;
    this.#transactions += 1;
  }

  /** The number of the transaction. */
  get transaction(): number {
    return this.#transactions;
  }

  /** Commits the transaction, if there is one. */
  async commit(): Promise<void> {
    if (!this.#inTransaction) return;
    await this.run('COMMIT');
    this.#inTransaction = false;
  }

  /** Quotes the name of a table, which may also be that of a temporary one or of DuckDB's views. */
  table(name: string): string {
    return `${quote(this.#catalog)}.main.${quote(name)}`;
  }

  /** Opens an appender for a temporary table. */
  append(table: string): Promise<DuckDB.DuckDBAppender> {
    return this.#connection.createAppender(table, 'main', 'temp');
  }

  /** Calls a function that hands rows to DuckDB. */
  guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Creates a chunk, which holds rows for an appender. */
  chunk(types: readonly StageType[]): DuckDB.DuckDBDataChunk {
    return this.#duckdb.DuckDBDataChunk.create(types.map((type) => this.#duckdb[type]));
  }

  /** Describes an error of DuckDB, which may also come from a chunk. */
  #failure(error: unknown): TapError {
    const [first = ''] = describe(error).split(' LINE ');
    return new TapError('DATABASE_FAILED', `${this.file} could not be written: ${first}`);
  }

  /** Closes the file. What is not committed is lost. */
  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

/** The types of columns through which rows come in. */
export type StageType = 'BIGINT' | 'DOUBLE' | 'BOOLEAN' | 'INTEGER' | 'VARCHAR';

async function importDuckDb(): Promise<typeof DuckDB> {
  try {
    return await import('@duckdb/node-api');
  } catch (error) {
    if (systemCode(error) !== 'ERR_MODULE_NOT_FOUND' && systemCode(error) !== 'MODULE_NOT_FOUND')
      throw new ConfigError('DATABASE_UNUSABLE', 'the package of DuckDB cannot be loaded', error);
    throw new ConfigError(
      'DATABASE_UNUSABLE',
      `the package of DuckDB is not installed: npm install ${DUCKDB_PACKAGE} ` +
        '(with --global if bolt-eci-tap is installed globally), ' +
        'or bolt-eci-tap-add-duckdb if pip installed it',
    );
  }
}

function describeLock(file: string, message: string): string {
  const [, pid] = /\(PID (\d+)\)/.exec(message) ?? [];
  const holder = pid === undefined ? 'another process' : `process ${pid}`;
  return `${file} is in use by ${holder}: ${IN_USE_HINT}`;
}
