/**
 * The real targets, as data: how to configure each one, how to read what it wrote, and the types
 * that it gives to our kinds of columns.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Row } from '../../support/messages.js';
import type { Postgres } from './postgres.js';
import type { Source } from './source.js';
import { done, tool } from './tools.js';
import { inProject } from '../../support/paths.js';

/** By kind of column, the type that a target makes of it. */
type Types = Readonly<Record<string, string>>;

/** A target that is set up. */
export interface Warehouse {
  readonly command: string;
  readonly args: readonly string[];
  /** The rows of a stream, in the order of their arrival if a row may be there more than once. */
  readonly rows: (stream: string) => Promise<readonly Row[]>;
  /** The types of a stream's columns, by name. */
  readonly types: (stream: string) => Promise<ReadonlyMap<string, unknown>>;
}

export interface Target {
  /** Its package, and the folder it is installed in. */
  readonly name: string;
  readonly needsPostgres: boolean;
  /** null where it has no types. */
  readonly types: Types | null;
  /** What it makes of a text, where that is not the text itself. */
  readonly textOf?: (text: string) => string;
  /** @param settings settings of the target to add */
  readonly open: (source: Source, postgres: Postgres | null, settings?: Row) => Promise<Warehouse>;
}

export const SCHEMA = 'bolt_eci';
export const DUCKDB_ROWS = inProject('test/interop/python/duckdb_rows.py');

function typesQuery(stream: string): string {
  return `select column_name, data_type from information_schema.columns where table_schema = '${SCHEMA}' and table_name = '${stream}'`;
}

function typesIn(rows: readonly Row[]): ReadonlyMap<string, unknown> {
  return new Map(rows.map((row) => [String(row['column_name']), row['data_type']]));
}

function jsonLines(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Row => JSON.parse(line));
}

/** A schema of a PostgreSQL, as one of the two loaders fills it. */
export function ofPostgres(
  name: string,
  postgres: Postgres,
  database: string,
  config: string,
): Warehouse {
  return {
    command: tool(name, 'target-postgres'),
    args: ['--config', config],
    rows: (stream) => postgres.rows(database, `select * from ${SCHEMA}.${stream}`),
    types: async (stream) => typesIn(await postgres.rows(database, typesQuery(stream))),
  };
}

function session(postgres: Postgres): Row {
  const { host, port, user } = postgres;
  return { host, port, user, password: 'any', default_target_schema: SCHEMA };
}

export const TARGETS: readonly Target[] = [
  {
    name: 'target-jsonl',
    needsPostgres: false,
    types: null,
    async open(source, _postgres, settings) {
      const folder = join(source.folder, 'rows');
      mkdirSync(folder);
      const config = source.write('target.json', {
        destination_path: folder,
        do_timestamp_file: false,
        ...settings,
      });
      return {
        command: tool('target-jsonl', 'target-jsonl'),
        args: ['--config', config],
        // It appends: a row that came again stands there again.
        rows: async (stream) => jsonLines(readFileSync(join(folder, `${stream}.jsonl`), 'utf8')),
        types: async () => new Map(),
      };
    },
  },
  {
    name: 'meltanolabs-target-postgres',
    needsPostgres: true,
    types: {
      integer: 'bigint',
      number: 'numeric',
      boolean: 'boolean',
      string: 'text',
      json: 'text',
      date: 'date',
      // This target makes every date-time a column without time zone. The tap emits UTC.
      'date-time': 'timestamp without time zone',
    },
    async open(source, postgres, settings) {
      const database = 'meltanolabs';
      await postgres?.createDatabase(database);
      const config = source.write('target.json', { ...session(postgres!), database, ...settings });
      return ofPostgres(this.name, postgres!, database, config);
    },
  },
  {
    name: 'pipelinewise-target-postgres',
    needsPostgres: true,
    types: {
      integer: 'bigint',
      number: 'double precision',
      boolean: 'boolean',
      string: 'character varying',
      json: 'character varying',
      // Its way: it knows the formats date-time and time, and takes a date for any other text.
      date: 'character varying',
      // Its way, as with meltanolabs': UTC in a column without time zone.
      'date-time': 'timestamp without time zone',
    },
    // This target loads the JSON form of a text. PostgreSQL decodes only quotes and backslashes in
    // it; line breaks and tabs arrive as a backslash and a letter.
    textOf: (text) => text.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t'),
    async open(source, postgres, settings) {
      const database = 'pipelinewise';
      await postgres?.createDatabase(database);
      const config = source.write('target.json', {
        ...session(postgres!),
        dbname: database,
        ...settings,
      });
      return ofPostgres(this.name, postgres!, database, config);
    },
  },
  {
    name: 'target-duckdb',
    needsPostgres: false,
    types: {
      integer: 'BIGINT',
      number: 'DOUBLE',
      boolean: 'BOOLEAN',
      string: 'VARCHAR',
      json: 'VARCHAR',
      // It comes from pipelinewise's target, and has its ways.
      date: 'VARCHAR',
      'date-time': 'TIMESTAMP',
    },
    async open(source, _postgres, settings) {
      const file = join(source.folder, 'bolt.duckdb');
      const config = source.write('target.json', {
        filepath: file,
        default_target_schema: SCHEMA,
        ...settings,
      });
      const query = async (text: string): Promise<Row[]> => {
        const { code, out, log } = await done(tool(this.name, 'python'), [DUCKDB_ROWS, file, text]);
        expect(code, log).to.equal(0);
        return jsonLines(out);
      };
      return {
        command: tool(this.name, 'target-duckdb'),
        args: ['--config', config],
        rows: (stream) => query(`select * from ${SCHEMA}.${stream}`),
        types: async (stream) => typesIn(await query(typesQuery(stream))),
      };
    },
  },
];
