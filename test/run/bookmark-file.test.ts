import { expect } from 'chai';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BookmarkFile } from '../../src/run/bookmark-file.js';
import { createLog } from '../../src/log.js';

describe('the bookmark file of run', () => {
  let folder = '';
  let lines: string[] = [];
  const log = createLog({ level: 'info', format: 'text', write: (line) => lines.push(line) });
  const at = (walk: number): { bookmarks: { jobs: { at: number } } } => ({ bookmarks: { jobs: { at: walk } } });
  const file = (): string => join(folder, 's.json');
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const opened = (): BookmarkFile => new BookmarkFile(file(), log);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bookmark-'));
    lines = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('moves with each commit, and keeps the one before', () => {
    const bookmark = opened();
    expect(bookmark.begin()).to.equal(file());
    bookmark.move(at(1));
    expect(read('s.json')).to.deep.equal(at(1));
    expect(() => read('s.json.bak')).to.throw('ENOENT');
    bookmark.move(at(2));
    expect([read('s.json'), read('s.json.bak')]).to.deep.equal([at(2), at(1)]);
    bookmark.move(at(2));
    expect([read('s.json'), read('s.json.bak')]).to.deep.equal([at(2), at(1)]);
    expect(bookmark.commits).to.equal(3);
    expect(statSync(file()).mode & 0o777).to.equal(0o600);
    expect(statSync(`${file()}.bak`).mode & 0o777).to.equal(0o600);
    expect(lines).to.deep.equal([]);
  });

  it('keeps what it began with, also where others could read it', () => {
    writeFileSync(file(), JSON.stringify(at(1)), { mode: 0o644 });
    const bookmark = opened();
    bookmark.begin();
    bookmark.move(at(2));
    expect(read('s.json.bak')).to.deep.equal(at(1));
    expect(statSync(file()).mode & 0o777).to.equal(0o600);
  });

  for (const [what, text] of [
    ['empty', ''],
    ['cut off', '{"bookmarks":{"jo'],
  ] as const) {
    it(`begins with the .bak where the file is ${what}, and keeps that one`, () => {
      writeFileSync(file(), text);
      writeFileSync(`${file()}.bak`, JSON.stringify(at(1)));
      const bookmark = opened();
      expect(bookmark.begin()).to.equal(`${file()}.bak`);
      expect(lines.join('')).to.match(/^WARNING .*s\.json is empty or cut off: going on from .*s\.json\.bak/);
      bookmark.move(at(2));
      expect([read('s.json'), read('s.json.bak')]).to.deep.equal([at(2), at(1)]);
    });
  }

  it('leaves it to the tap to say what is wrong, where there is no better one', () => {
    writeFileSync(file(), '');
    expect(opened().begin()).to.equal(file());
    writeFileSync(`${file()}.bak`, '[]');
    expect(opened().begin()).to.equal(file());
    expect(lines).to.deep.equal([]);
  });

  it('does not begin with the .bak of a file that was taken away', () => {
    writeFileSync(`${file()}.bak`, JSON.stringify(at(1)));
    expect(opened().begin()).to.equal(file());
  });

  it('follows a link', () => {
    mkdirSync(join(folder, 'there'));
    writeFileSync(join(folder, 'there', 'real.json'), JSON.stringify(at(1)));
    symlinkSync(join(folder, 'there', 'real.json'), file());
    const bookmark = opened();
    bookmark.begin();
    bookmark.move(at(2));
    expect(lstatSync(file()).isSymbolicLink()).to.equal(true);
    expect([read('s.json'), read('there/real.json.bak')]).to.deep.equal([at(2), at(1)]);
  });

  it('says once that it cannot be written, and goes on trying', () => {
    const bookmark = new BookmarkFile(join(folder, 'away', 's.json'), log);
    bookmark.begin();
    bookmark.move(at(1));
    bookmark.move(at(2));
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/^ERROR .*s\.json could not be written, and stays as it was: ENOENT/);
    expect(bookmark.broken).to.equal(true);
    mkdirSync(join(folder, 'away'));
    chmodSync(join(folder, 'away'), 0o700);
    bookmark.move(at(2));
    expect(bookmark.broken).to.equal(false);
    expect(read('away/s.json')).to.deep.equal(at(2));
    rmSync(join(folder, 'away'), { recursive: true });
    bookmark.move(at(3));
    expect(bookmark.broken).to.equal(true);
    mkdirSync(join(folder, 'away'));
    // The state that was written last: the file has to be there again all the same.
    bookmark.move(at(2));
    expect(bookmark.broken).to.equal(false);
    expect(read('away/s.json')).to.deep.equal(at(2));
  });
});
