// A new stream is one entry in src/streams.ts and one file in schemas/: done here in a copy of the
// project, everything else has to follow.
import { execFileSync, spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeFolder } from '../support/folder.js';
import { ROOT, inProject } from '../support/paths.js';

const NAME = 'weather_reports';
const SCHEMA = {
  type: 'object',
  description: 'What the weather was at a job site',
  properties: {
    id: { type: 'integer', description: 'The key' },
    job_id: { type: ['null', 'integer'], description: 'The job' },
    temperature: { type: ['null', 'number'], description: 'In degrees' },
    reported_on: { type: ['null', 'string'], format: 'date', description: 'The day' },
    updated_at: { type: ['null', 'string'], format: 'date-time', description: 'Last change' },
  },
};

describe('a new stream', () => {
  let copy = '';

  before(function () {
    this.timeout(120_000);
    copy = makeFolder();
    const listed = execFileSync(
      'git',
      ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
      {
        cwd: ROOT,
        encoding: 'utf8',
      },
    );
    for (const file of listed.split('\0')) {
      if (file !== '') cpSync(inProject(file), join(copy, file), { force: true });
    }
    symlinkSync(inProject('node_modules'), join(copy, 'node_modules'), 'junction');
    const streams = read('src/streams.ts');
    const entry = `  list('${NAME}'),\n`;
    write(
      'src/streams.ts',
      streams.replace("  list('work_order_types'),\n", (line) => entry + line),
    );
    write(`schemas/${NAME}.json`, JSON.stringify(SCHEMA));
    expect(node('scripts/build.js').status).to.equal(0);
  });

  function read(file: string): string {
    return readFileSync(join(copy, file), 'utf8');
  }

  function write(file: string, text: string): void {
    writeFileSync(join(copy, file), text);
  }

  function node(...args: string[]): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
  }

  it('makes generated files stale, which the check names', () => {
    const { status, stderr } = node('scripts/update.js', '--check');
    expect(status).to.equal(1);
    expect(stderr).to.match(/^Stale: .*npm run update/);
    for (const file of ['catalog.example.json', 'docs/streams.md', 'deploy/meltano/meltano.yml'])
      expect(stderr).to.include(file);
  });

  it('is in documents, recipes and the example after npm run update', function () {
    this.timeout(120_000);
    const { status, stderr } = node('scripts/update.js');
    expect(status, stderr).to.equal(0);
    expect(node('scripts/update.js', '--check').status).to.equal(0);
    expect(read('docs/streams.md')).to.include(`| \`${NAME}\` | \`/${NAME}\` | \`id\` |`);
    expect(read('deploy/meltano/meltano.yml')).to.include(`- ${NAME}.*\n`);
    expect(read('deploy/airflow/bolt_eci_tap.py')).to.include(`${NAME},`);
    expect(read('deploy/dbt/models/sources.yml')).to.include(`- name: ${NAME}\n`);
    expect(read(`deploy/dbt/models/staging/stg_bolt_eci__${NAME}.sql`)).to.include(
      "'reported_on', 'date') }} as reported_on",
    );
    expect(read('catalog.example.json')).to.include(`"tap_stream_id": "${NAME}"`);
    expect(read('test/golden/full.ndjson')).to.include(`"stream":"${NAME}"`);
  });

  it('is discovered, simulated and synced', async function () {
    this.timeout(60_000);
    const { streams }: { streams: { stream: string }[] } = JSON.parse(
      node('bin/bolt-eci-tap.js', '--discover').stdout,
    );
    expect(streams.map(({ stream }) => stream)).to.include(NAME);
    const api = spawn(process.execPath, ['bin/bolt-eci-tap.js', 'simulate', '--port', '0'], {
      cwd: copy,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [url]: unknown[] = await once(api.stdout.setEncoding('utf8'), 'data');
      const config = {
        base_url: String(url).trim(),
        api_token: 'simulated-token',
        cache_dir: copy,
      };
      write('config.json', JSON.stringify({ ...config, api_token_name: 'simulator' }));
      const { status, stdout } = node(
        'bin/bolt-eci-tap.js',
        '-c',
        'config.json',
        '--streams',
        NAME,
      );
      expect(status).to.equal(0);
      const rows = stdout.split('\n').filter((line) => line.startsWith('{"type":"RECORD"'));
      expect(rows).to.have.length.above(10);
      expect(JSON.parse(rows[0]!).record).to.have.keys(Object.keys(SCHEMA.properties));
    } finally {
      api.kill();
    }
  });
});
