/** `verify` with the queries of docs/verify.md, as they are there, on what real targets wrote. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { discover } from '#src/catalog/discover.js';
import type { Simulator } from '#src/simulator/simulator.js';
import { idAt } from '../simulator/client.js';
import { COMMAND, inProject } from '../support/paths.js';
import { runPipe } from './support/pipe.js';
import { Postgres } from './support/postgres.js';
import { Source } from './support/source.js';
import { done, needsTool, tool, type Done } from './support/tools.js';
import { TARGETS, type Warehouse } from './support/warehouses.js';

/** For each target: the query's command, the folder that it runs in, the database. */
const QUERIES: Readonly<Record<string, readonly [command: string, folder: string, db?: string]>> = {
  'target-jsonl': ['jq', 'rows'],
  'meltanolabs-target-postgres': ['psql', '.', 'meltanolabs'],
  'pipelinewise-target-postgres': ['psql', '.', 'pipelinewise'],
  'target-duckdb': ['duckdb', '.'],
};
const LONG_AGO = '2025-01-01T00:00:00Z';
const HAS_DELETED_AT = discover().streams.some(
  ({ stream, schema }) => stream === 'jobs' && 'deleted_at' in schema.properties,
);

/** The shell command of docs/verify.md that begins with this program. */
function documented(program: string): string {
  const text = readFileSync(inProject('docs/verify.md'), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n([^]*?)\n```$/gm)].map(([, block = '']) => block);
  const block = blocks.find((one) => one.startsWith(program) && !one.includes('…'));
  if (block === undefined) throw new Error(`docs/verify.md has no command of ${program}`);
  return block;
}

/** The command-line program of DuckDB, by means of the Python package that target-duckdb needs. */
const DUCKDB = `#!${tool('target-duckdb', 'python')}
import sys
import duckdb
_, file, _, query = sys.argv[1:]
duckdb.connect(file, read_only=True).execute(query)
`;

describe('verify with the documented queries', () => {
  let postgres: Postgres | null = null;
  before(async () => (postgres = await Postgres.start()));
  after(() => postgres?.stop());

  for (const target of TARGETS) {
    const [program, folder, database = ''] = QUERIES[target.name]!;
    describe(target.name, () => {
      let source: Source;
      let simulator: Simulator;
      let warehouse: Warehouse;
      let removed = 0;
      before(async function () {
        needsTool(this, target.name);
        if (target.needsPostgres && postgres === null) this.skip();
        if (spawnSync(program, ['--version']).error && program !== 'duckdb') this.skip();
        source = await Source.start();
        ({ simulator } = source);
        warehouse = await target.open(source, postgres);
        const bin = join(source.folder, 'bin');
        mkdirSync(bin);
        symlinkSync(COMMAND, join(bin, 'bolt-eci-tap'));
        writeFileSync(join(bin, 'duckdb'), DUCKDB);
        chmodSync(join(bin, 'duckdb'), 0o755);
        const settings = { ...source.settings, streams: ['jobs'] };
        source.write(join(folder, 'config.json'), settings);
        await runPipe({
          config: join(source.folder, folder, 'config.json'),
          command: warehouse.command,
          args: warehouse.args,
          state: join(source.folder, 'state.json'),
          cwd: source.folder,
        });
      });
      after(() => source?.stop());

      /** Runs the documented command with more behind it. */
      function run(more: string, hasDeletedAt = true): Promise<Done> {
        const command = documented(program);
        const text = hasDeletedAt ? command : command.replace(', deleted_at', '');
        return done('bash', ['-o', 'pipefail', '-c', `${text} ${more}`], {
          cwd: join(source.folder, folder),
          env: {
            ...process.env,
            PATH: [join(source.folder, 'bin'), process.env['PATH']].join(delimiter),
            PGHOST: postgres?.host ?? '',
            PGPORT: String(postgres?.port ?? ''),
            PGUSER: postgres?.user ?? '',
            PGDATABASE: database,
          },
        });
      }

      /** Gives the target messages that do not come from Bolt. */
      async function feed(rows: readonly object[]): Promise<void> {
        const { schema, key_properties } = discover().streams.find((one) => one.stream === 'jobs')!;
        const messages = [
          { type: 'SCHEMA', stream: 'jobs', schema, key_properties },
          ...rows.map((record) => ({ type: 'RECORD', stream: 'jobs', record })),
        ];
        const input = messages.map((message) => `${JSON.stringify(message)}\n`).join('');
        const { code, log } = await done(warehouse.command, warehouse.args, {
          cwd: source.folder,
          input,
        });
        expect(code, log).to.equal(0);
      }

      it('finds no difference after a sync', async () => {
        const { code, log } = await run('', HAS_DELETED_AT);
        expect(code, log).to.equal(0);
        expect(log).to.match(/ equal: jobs, \d+ rows compared\n$/);
      });

      it('finds what was removed, changed and added on both sides, and nothing else', async () => {
        const at = (place: number): number => idAt(simulator, 'jobs', place);
        const [changed, edited] = [at(20), at(40)];
        removed = at(60);
        simulator.change('jobs', changed, { notes: 'x', updated_at: LONG_AGO });
        simulator.remove('jobs', removed);
        const added = simulator.add('jobs', { updated_at: LONG_AGO, created_at: LONG_AGO });
        await feed([
          { id: 5, etag: 'x' },
          { id: edited, etag: 'another "one"' },
        ]);
        const { code, log } = await run('--report report.json', HAS_DELETED_AT);
        expect(code, log).to.equal(7);
        const report: unknown = JSON.parse(
          readFileSync(join(source.folder, folder, 'report.json'), 'utf8'),
        );
        expect(report).to.deep.include({
          missing: [added],
          stale: [changed, edited],
          surplus: [5, removed],
          unknown: [],
        });
      });

      it('repairs them, and then finds none', async () => {
        const before = await etagOf(removed);
        const args = warehouse.args.map((arg) => `'${arg}'`).join(' ');
        const repaired = await run(`--emit | '${warehouse.command}' ${args}`, HAS_DELETED_AT);
        // The exit code is that of verify.
        expect(repaired.code, repaired.log).to.equal(7);
        const { code, log } = await run('');
        expect(code, log).to.equal(0);
        expect(log).to.match(/ equal: jobs, \d+ rows compared\n$/);
        expect(log).to.include('2 of them marked as deleted');
        if (program !== 'jq')
          expect(await etagOf(removed))
            .to.equal(before)
            .and.be.a('string');
      });

      async function etagOf(id: number): Promise<unknown> {
        const rows = await warehouse.rows('jobs');
        return rows.find((row) => row['id'] === id)?.['etag'];
      }
    });
  }
});
