import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError } from '../src/errors.js';
import { readStateFile } from '../src/state-file.js';

describe('readStateFile', () => {
  let dir: string;
  before(() => (dir = mkdtempSync(join(tmpdir(), 'state-file-'))));
  after(() => rmSync(dir, { recursive: true }));

  function file(text: string): string {
    const name = join(dir, 'state.json');
    writeFileSync(name, text);
    return name;
  }

  it('takes a file that is not there for a first run, and says so', () => {
    const name = join(dir, 'none.json');
    expect(readStateFile(name)).to.deep.equal({
      state: { bookmarks: {} },
      notes: [`${name} does not exist yet: this is a first run`],
      warnings: [],
    });
  });

  it('warns of an empty one', () => {
    for (const text of ['', ' \n']) {
      const { state, notes, warnings } = readStateFile(file(text));
      expect([state, notes]).to.deep.equal([{ bookmarks: {} }, []]);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.include('is empty: it was probably cut off');
    }
  });

  it('reads a bookmark file, and tells what it took over', () => {
    const bookmarks = { jobs: { refresh_token: 'r' } };
    expect(readStateFile(file(JSON.stringify({ bookmarks })))).to.deep.equal({
      state: { bookmarks },
      notes: [],
      warnings: [],
    });
    const older = readStateFile(file(JSON.stringify(bookmarks)));
    expect(older.state).to.deep.equal({ bookmarks });
    expect(older.notes).to.have.length(1);
  });

  it('refuses what is no state', () => {
    for (const text of ['{"bookmarks":', '[]', 'null', '"hush"', '{"bookmarks":{"jobs":{"refresh_token":"hush"}}']) {
      const read = (): unknown => readStateFile(file(text));
      expect(read, text)
        .to.throw(ConfigError, /state\.json/)
        .and.have.property('message')
        .that.does.not.include('hush');
    }
    expect(() => readStateFile(dir)).to.throw(ConfigError);
  });
});
