import { expect } from 'chai';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BookmarkFile } from '#src/run/bookmark-file.js';
import { createLog } from '#src/terminal/log.js';
import { StateError } from '#src/singer/state-reader.js';
import { makeFolder } from '../support/folder.js';

/** Whether JSON.stringify can write a value: before Node 25 it fails on deep nesting. */
function isWritable(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

describe('the bookmark file of run', () => {
  let folder = '';
  let lines: string[] = [];
  const log = createLog({
    level: 'info',
    format: 'text',
    isTerminal: true,
    write: (line) => lines.push(line),
  });
  const at = (walk: number): { bookmarks: { jobs: { refresh_token: string } } } => ({
    bookmarks: { jobs: { refresh_token: `t${walk}` } },
  });
  const file = (): string => join(folder, 's.json');
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const opened = (): BookmarkFile => new BookmarkFile(file(), log);

  beforeEach(() => {
    folder = makeFolder();
    lines = [];
  });

  it('is replaced with each commit, and keeps the previous state', () => {
    const bookmark = opened();
    expect(bookmark.chooseStart()).to.equal(file());
    bookmark.commit(at(1));
    expect(read('s.json')).to.deep.equal(at(1));
    expect(() => read('s.json.bak')).to.throw('ENOENT');
    bookmark.commit(at(2));
    expect([read('s.json'), read('s.json.bak')]).to.deep.equal([at(2), at(1)]);
    bookmark.commit(at(2));
    expect([read('s.json'), read('s.json.bak')]).to.deep.equal([at(2), at(1)]);
    expect(bookmark.commits).to.equal(3);
    expect(statSync(file()).mode & 0o777).to.equal(0o600);
    expect(statSync(`${file()}.bak`).mode & 0o777).to.equal(0o600);
    expect(lines).to.deep.equal([]);
  });

  it('keeps the state of the start, and restricts its permissions', () => {
    writeFileSync(file(), JSON.stringify(at(1)), { mode: 0o644 });
    const bookmark = opened();
    bookmark.chooseStart();
    bookmark.commit(at(2));
    expect(read('s.json.bak')).to.deep.equal(at(1));
    expect(statSync(file()).mode & 0o777).to.equal(0o600);
  });

  for (const [what, text] of [
    ['empty', ''],
    ['cut off', '{"bookmarks":{"jo'],
  ] as const) {
    it(`starts from the .bak if the file is ${what}, and keeps it`, () => {
      writeFileSync(file(), text);
      writeFileSync(`${file()}.bak`, JSON.stringify(at(1)));
      const bookmark = opened();
      expect(bookmark.chooseStart()).to.equal(`${file()}.bak`);
      expect(lines.join('')).to.match(
        /^WARNING .*s\.json is empty or cut off: starting from .*s\.json\.bak/,
      );
      bookmark.commit(at(2));
      expect([read('s.json'), read('s.json.bak')]).to.deep.equal([at(2), at(1)]);
    });

    it(`writes the state of the .bak to a file that is ${what}, if it is committed again`, () => {
      writeFileSync(file(), text);
      writeFileSync(`${file()}.bak`, `${JSON.stringify(at(1))}\n`);
      const bookmark = opened();
      bookmark.chooseStart();
      bookmark.commit(at(1));
      expect([read('s.json'), read('s.json.bak')]).to.deep.equal([at(1), at(1)]);
    });
  }

  it('starts from an empty file without a .bak: the tap warns', () => {
    writeFileSync(file(), '');
    expect(opened().chooseStart()).to.equal(file());
    writeFileSync(`${file()}.bak`, '{"bookmarks":{"jo');
    expect(opened().chooseStart()).to.equal(file());
    writeFileSync(`${file()}.bak`, '');
    expect(opened().chooseStart()).to.equal(file());
    expect(lines).to.deep.equal([]);
  });

  for (const [what, text, fault] of [
    ['a config', '{"api_token":"hidden"}', 'foreign'],
    ['another state', '{"bookmarks":{"orders":{"since":"2020"}}}', 'foreign'],
    ['cut off, without a .bak', '{"bookmarks":{"jo', 'broken'],
  ] as const) {
    it(`rejects ${what}, and does not change it`, () => {
      writeFileSync(file(), text);
      // A good .bak does not help if the file is something else.
      if (fault === 'foreign') writeFileSync(`${file()}.bak`, JSON.stringify(at(1)));
      expect(() => opened().chooseStart())
        .to.throw(StateError)
        .that.has.property('fault', fault);
      expect(readFileSync(file(), 'utf8')).to.equal(text);
    });
  }

  it('rejects a file that cannot be read, even if it has a .bak', () => {
    mkdirSync(file());
    writeFileSync(`${file()}.bak`, JSON.stringify(at(1)));
    expect(() => opened().chooseStart())
      .to.throw(StateError)
      .that.has.property('fault', 'unreadable');
    expect(read('s.json.bak')).to.deep.equal(at(1));
  });

  for (const text of ['{"api_token":"hidden"}', null]) {
    it(`rejects a .bak that ${text === null ? 'cannot be read' : 'is not a state'}, and keeps it`, () => {
      writeFileSync(file(), '');
      if (text === null) mkdirSync(`${file()}.bak`);
      else writeFileSync(`${file()}.bak`, text);
      expect(() => opened().chooseStart()).to.throw(StateError, 's.json.bak');
    });
  }

  it('starts from several states, one per line', () => {
    writeFileSync(file(), `${JSON.stringify(at(1))}\n${JSON.stringify(at(2))}\n`);
    writeFileSync(`${file()}.bak`, JSON.stringify(at(0)));
    expect(opened().chooseStart()).to.equal(file());
  });

  it('is not replaced if the previous state cannot be kept', () => {
    writeFileSync(file(), JSON.stringify(at(1)));
    const bookmark = opened();
    bookmark.chooseStart();
    mkdirSync(`${file()}.bak`);
    bookmark.commit(at(2));
    expect([read('s.json'), bookmark.broken]).to.deep.equal([at(1), true]);
  });

  it('does not throw if a state is nested too deeply', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    const bookmark = opened();
    bookmark.chooseStart();
    bookmark.commit({ bookmarks: { deep } });
    // Node 26 writes it.
    expect(bookmark.broken).to.equal(!isWritable(deep));
  });

  it('does not start from the .bak of a file that was removed', () => {
    writeFileSync(`${file()}.bak`, JSON.stringify(at(1)));
    expect(opened().chooseStart()).to.equal(file());
  });

  it('follows a link', () => {
    mkdirSync(join(folder, 'there'));
    writeFileSync(join(folder, 'there', 'real.json'), JSON.stringify(at(1)));
    symlinkSync(join(folder, 'there', 'real.json'), file());
    const bookmark = opened();
    bookmark.chooseStart();
    bookmark.commit(at(2));
    expect(lstatSync(file()).isSymbolicLink()).to.equal(true);
    expect([read('s.json'), read('there/real.json.bak')]).to.deep.equal([at(2), at(1)]);
  });

  for (const [what, end] of [
    ['relative', 'there/real.json'],
    ['absolute', null],
    ['a chain through folders', 'folder/second.json'],
  ] as const) {
    it(`follows a link whose target does not exist yet: ${what}`, () => {
      mkdirSync(join(folder, 'there'));
      symlinkSync('there', join(folder, 'folder'));
      symlinkSync('../there/real.json', join(folder, 'there', 'second.json'));
      const real = join(realpathSync(folder), 'there', 'real.json');
      symlinkSync(end ?? real, file());
      const bookmark = opened();
      expect(realpathSync(dirname(bookmark.path))).to.equal(dirname(real));
      expect(basename(bookmark.path)).to.equal('real.json');
      expect(bookmark.chooseStart()).to.equal(bookmark.path);
      bookmark.commit(at(1));
      bookmark.commit(at(2));
      expect(lstatSync(file()).isSymbolicLink()).to.equal(true);
      expect([read('there/real.json'), read('there/real.json.bak')]).to.deep.equal([at(2), at(1)]);
    });
  }

  it('rejects symbolic links that form a loop', () => {
    symlinkSync('other.json', file());
    symlinkSync('s.json', join(folder, 'other.json'));
    expect(opened).to.throw(
      StateError,
      /^--state: the links of .*s\.json cannot be resolved: ELOOP/,
    );
  });

  it('reports once that it cannot be written, and tries again', () => {
    const bookmark = new BookmarkFile(join(folder, 'away', 's.json'), log);
    bookmark.chooseStart();
    bookmark.commit(at(1));
    bookmark.commit(at(2));
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/^ERROR .*s\.json could not be written and is unchanged: ENOENT/);
    expect(bookmark.broken).to.equal(true);
    mkdirSync(join(folder, 'away'));
    chmodSync(join(folder, 'away'), 0o700);
    bookmark.commit(at(2));
    expect(bookmark.broken).to.equal(false);
    expect(read('away/s.json')).to.deep.equal(at(2));
    rmSync(join(folder, 'away'), { recursive: true });
    bookmark.commit(at(3));
    expect(bookmark.broken).to.equal(true);
    mkdirSync(join(folder, 'away'));
    // The state that was written last. The file has to exist again nevertheless.
    bookmark.commit(at(2));
    expect(bookmark.broken).to.equal(false);
    expect(read('away/s.json')).to.deep.equal(at(2));
  });
});
