// `load` as a process: its output, exit codes and signals, and the package that may be missing.
import { cpSync, openSync, readdirSync, symlinkSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { ended, Place, type Ended } from '../support/command.js';
import { inProject } from '../support/paths.js';
import { query } from '../load/database.js';

const SCHEMA =
  '{"type":"SCHEMA","stream":"a","schema":{"properties":{"id":{"type":"integer"}}},"key_properties":["id"]}';
const RECORD = '{"type":"RECORD","stream":"a","record":{"id":1}}';
const STATE = '{"type":"STATE","value":{"bookmarks":{"a":1}}}';
const INPUT = `${SCHEMA}\n${RECORD}\n${STATE}\n`;
const TO = ['load', '--to', 'rows.duckdb'];

describe('load, the process', () => {
  let place: Place;
  beforeEach(() => (place = new Place()));
  afterEach(() => place.close());

  const load = (input: string): Promise<Ended> =>
    place.run(TO, { stdin: openSync(place.file('input.ndjson', input), 'r') });

  it('loads stdin, prints the state, and says what it loaded', async () => {
    expect(await load(INPUT)).to.deep.equal({
      code: 0,
      stdout: '{"bookmarks":{"a":1}}\n',
      stderr: 'INFO loaded 1 rows into rows.duckdb: a 1\n',
    });
    expect(await query(place.path('rows.duckdb'), 'SELECT id FROM a')).to.deep.equal([{ id: 1n }]);
  });

  it('fails for a wrong line, after it has committed what came before', async () => {
    expect(await load(`${INPUT}{"secret"`)).to.deep.equal({
      code: 1,
      stdout: '{"bookmarks":{"a":1}}\n',
      stderr: 'ERROR line 4 of the input: it is not JSON in UTF-8 (9 bytes)\n',
    });
  });

  it('loads all, though the reader of stdout has gone', async () => {
    const child = place.start(TO, { stdin: openSync(place.file('input.ndjson', INPUT), 'r') });
    child.stdout?.destroy();
    const { code, stderr } = await ended(child);
    expect(code, stderr).to.equal(4);
    expect(await query(place.path('rows.duckdb'), 'SELECT id FROM a')).to.have.lengthOf(1);
  });

  it('waits for a file that another process holds, and then says which', async () => {
    const holder = place.startScript(
      place.file(
        'holder.mjs',
        `import { open } from ${JSON.stringify(inProject('dist-test/load/database.js'))};
        await open(${JSON.stringify(place.path('rows.duckdb'))});
        console.log('open');
        setInterval(() => undefined, 1000);`,
      ),
      [],
    );
    await once(holder.stdout!, 'data');
    const { code, stderr } = await load(INPUT);
    expect([code, stderr]).to.deep.equal([
      5,
      `ERROR rows.duckdb is in use by process ${holder.pid}: only one process can write a DuckDB ` +
        'file: wait until it ends, or close it\n',
    ]);
  });

  it('names the command that installs the package of DuckDB, if it is missing', async () => {
    for (const part of ['dist', 'bin', 'schemas', 'package.json'])
      cpSync(inProject(part), place.path(part), { recursive: true });
    const modules = place.path('node_modules');
    cpSync(inProject('package.json'), join(modules, 'package.json'));
    for (const name of readdirSync(inProject('node_modules')))
      if (name !== '@duckdb' && !name.startsWith('.'))
        symlinkSync(inProject(`node_modules/${name}`), join(modules, name));
    const child = place.startScript(place.path('bin/bolt-eci-tap.js'), TO);
    const { code, stdout, stderr } = await ended(child);
    expect([code, stdout]).to.deep.equal([2, '']);
    expect(stderr).to.include(
      'ERROR the package of DuckDB is not installed: npm install @duckdb/node-api@',
    );
  });
});
