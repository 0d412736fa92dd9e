/** Rows on their way into a table: a chunk in memory, then a temporary table of DuckDB. */
import type { DuckDBAppender, DuckDBDataChunk } from '@duckdb/node-api';
import type { Cell } from './cells.js';
import type { ColumnType } from './columns.js';
import type { Database, StageType } from './database.js';
import { quote } from './sql.js';

/** DuckDB takes rows in chunks of this size. */
const CHUNK_ROWS = 2048;
/** Dates and times come in as numbers, which is faster than objects. */
const STAGE_TYPES: Readonly<Record<ColumnType, StageType>> = {
  BIGINT: 'BIGINT',
  DOUBLE: 'DOUBLE',
  BOOLEAN: 'BOOLEAN',
  DATE: 'INTEGER',
  TIMESTAMPTZ: 'BIGINT',
  VARCHAR: 'VARCHAR',
};

interface StagedColumn {
  readonly name: string;
  readonly type: ColumnType;
}

export class Staging {
  readonly #database: Database;
  /** The name of the temporary table, which needs no quotes. */
  readonly name: string;
  /** The columns, in the order in which `set` counts them. */
  readonly columns: readonly StagedColumn[];
  readonly #types: readonly StageType[];
  #cells: readonly Cell[][] = [];
  #rowsInChunk = 0;
  #appender: DuckDBAppender | null = null;
  /**
   * Used again for all rows, of later batches too: a chunk is freed only when JavaScript collects
   * its garbage, and JavaScript does not know how large it is.
   */
  #chunk: DuckDBDataChunk | null = null;

  /** @param name an SQL name for the temporary table, which no other has */
  constructor(database: Database, name: string, columns: readonly StagedColumn[]) {
    this.#database = database;
    this.name = name;
    this.columns = columns;
    this.#types = columns.map(({ type }) => STAGE_TYPES[type]);
  }

  /** Whether `open` must be called before the next row. */
  get isClosed(): boolean {
    return this.#appender === null;
  }

  /** Creates the temporary table. */
  async open(): Promise<void> {
    if (this.#cells.length === 0)
      this.#cells = this.columns.map(() => Array.from<Cell>({ length: CHUNK_ROWS }).fill(null));
    const columns = this.#types.map((type, at) => `${nameAt(at)} ${type}`);
    await this.#database.run(`CREATE TEMP TABLE ${this.name} (${columns.join(', ')})`);
    this.#appender = await this.#database.append(this.name);
  }

  /** Sets a cell of the next row, which counts after `endRow`. */
  set(column: number, cell: Cell): void {
    const cells = this.#cells[column];
    if (cells !== undefined) cells[this.#rowsInChunk] = cell;
  }

  /** Ends a row. A full chunk goes to DuckDB. */
  endRow(): void {
    this.#rowsInChunk += 1;
    if (this.#rowsInChunk === CHUNK_ROWS) this.#flushChunk();
  }

  /** SQL for the columns of the temporary table, in the types of the table. */
  get selectList(): string {
    return this.columns
      .map(({ name, type }, at) => `${fromStage(nameAt(at), type)} AS ${quote(name)}`)
      .join(', ');
  }

  /** The names that columns of the table have in the temporary table. */
  stagedNames(names: readonly string[]): string[] {
    return names.map((name) => nameAt(this.columns.findIndex((column) => column.name === name)));
  }

  /** Hands all rows to the temporary table. */
  flush(): void {
    this.#flushChunk();
    this.#database.guard(() => this.#appender?.closeSync());
    this.#appender = null;
  }

  /** Removes the temporary table. */
  async drop(): Promise<void> {
    await this.#database.run(`DROP TABLE ${this.name}`);
  }

  #flushChunk(): void {
    const rows = this.#rowsInChunk;
    if (rows === 0) return;
    this.#database.guard(() => {
      const chunk = (this.#chunk ??= this.#database.chunk(this.#types));
      chunk.reset();
      chunk.rowCount = rows;
      for (const [column, cells] of this.#cells.entries()) {
        const vector = chunk.getColumnVector(column);
        for (let row = 0; row < rows; row += 1) vector.setItem(row, cells[row] ?? null);
        vector.flush();
      }
      this.#appender?.appendDataChunk(chunk);
    });
    this.#rowsInChunk = 0;
  }
}

/** Not the names of the properties: `rowid`, for one, would hide DuckDB's own. */
function nameAt(column: number): string {
  return `c${column}`;
}

function fromStage(column: string, type: ColumnType): string {
  if (type === 'DATE') return `DATE '1970-01-01' + ${column}`;
  return type === 'TIMESTAMPTZ' ? `make_timestamptz(${column})` : column;
}
