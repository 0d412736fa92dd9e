import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readStateFile as readFile } from '#src/singer/state-file.js';
import { withMessages } from '../support/warnings.js';
import { StateError } from '#src/singer/state-reader.js';
import { makeFolder } from '../support/folder.js';

const isRoot = process.getuid?.() === 0;

const readStateFile = (path: string) => withMessages(readFile(path));

describe('readStateFile', () => {
  let dir: string;
  before(() => (dir = makeFolder()));

  function file(text: string | Buffer): string {
    const name = join(dir, 'state.json');
    writeFileSync(name, text);
    return name;
  }

  /** The fault and message with which a file is refused. */
  function refusalOf(name: string): [string, string] {
    try {
      readStateFile(name);
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      expect(error.message).not.to.include('hush');
      return [error.fault, error.message.replaceAll(dir, '')];
    }
    return ['accepted', ''];
  }

  it('takes a file that is not there for a first run, and says so', () => {
    const name = join(dir, 'none.json');
    expect(readStateFile(name)).to.deep.equal({
      state: { bookmarks: {} },
      found: 'missing',
      notes: [`${name} does not exist yet: this is a first run`],
      warnings: [],
    });
    symlinkSync(name, join(dir, 'dangling.json'));
    expect(readStateFile(join(dir, 'dangling.json')).found).to.equal('missing');
  });

  it('takes no file that cannot be read for a first run', () => {
    expect(refusalOf(dir)).to.deep.equal([
      'unreadable',
      'The state file  cannot be read: it is a folder',
    ]);
    const [fault, message] = refusalOf(join(file('{}'), 'below.json'));
    expect([fault, message]).to.deep.equal([
      'unreadable',
      'The state file /state.json/below.json cannot be read: a part of its path is not a folder',
    ]);
    symlinkSync('loop.json', join(dir, 'loop.json'));
    expect(refusalOf(join(dir, 'loop.json'))[1]).to.include('cannot be read: ELOOP: ');
    expect(refusalOf(join(dir, 'x'.repeat(300)))[1]).to.include('cannot be read: ENAMETOOLONG: ');
    expect(refusalOf(file(Buffer.from('\u{feff}{}', 'utf16le')))[0]).to.equal('unreadable');
  });

  it('takes neither a file without read permission nor a folder without search permission for a first run', function () {
    // Root may read anything.
    if (isRoot) this.skip();
    const name = join(dir, 'closed.json');
    writeFileSync(name, '{}', { mode: 0o000 });
    expect(refusalOf(name)).to.deep.equal([
      'unreadable',
      'The state file /closed.json cannot be read: this user has no permission',
    ]);
    const folder = join(dir, 'closed');
    mkdirSync(folder);
    writeFileSync(join(folder, 'state.json'), '{}');
    chmodSync(folder, 0o600);
    try {
      expect(refusalOf(join(folder, 'state.json'))[0]).to.equal('unreadable');
      expect(refusalOf(join(folder, 'none.json'))[0]).to.equal('unreadable');
    } finally {
      chmodSync(folder, 0o700);
    }
  });

  it('reports an error of the disk', function () {
    // Reading this process's memory at address 0 is EIO.
    if (process.platform !== 'linux') this.skip();
    expect(refusalOf('/proc/self/mem')).to.deep.equal([
      'unreadable',
      'The state file /proc/self/mem cannot be read: EIO: i/o error, read',
    ]);
  });

  it('warns of an empty one', () => {
    for (const text of ['', ' \n', '\u{feff}']) {
      const { state, found, notes, warnings } = readStateFile(file(text));
      expect([state, found, notes]).to.deep.equal([{ bookmarks: {} }, 'empty', []]);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.include('is empty: it was probably cut off');
    }
  });

  it('reads a bookmark file, and tells what it took over', () => {
    const bookmarks = { jobs: { refresh_token: 'r' } };
    for (const text of [JSON.stringify({ bookmarks }), JSON.stringify({ bookmarks }, null, 2)]) {
      expect(readStateFile(file(`${text}\n\n`))).to.deep.equal({
        state: { bookmarks },
        found: 'state',
        notes: [],
        warnings: [],
      });
    }
    const older = readStateFile(file(JSON.stringify(bookmarks)));
    expect(older.state).to.deep.equal({ bookmarks });
    expect(older.notes).to.have.length(1);
  });

  it('refuses what is not JSON, and what is not a state', () => {
    expect(refusalOf(file('{"bookmarks":'))).to.deep.equal([
      'broken',
      'The state file /state.json is not valid JSON: it is incomplete',
    ]);
    expect(refusalOf(file('{\n  "bookmarks": hush\n}'))[0]).to.equal('broken');
    expect(refusalOf(file('\0\0\0'))[0]).to.equal('broken');
    for (const text of ['[]', 'null', '"hush"', '{"api_token":"hush"}']) {
      expect(refusalOf(file(text))[0], text).to.equal('foreign');
    }
  });

  describe('with a state per line', () => {
    const line = (token: string): string =>
      JSON.stringify({ bookmarks: { jobs: { refresh_token: token } } });
    const message = (token: string): string => `{"type":"STATE","value":${line(token)}}`;

    it('takes the last one, with a note', () => {
      for (const text of [
        [line('1'), line('2'), line('3')].join('\n'),
        `${message('1')}\r\n\r\n${line('2')}\r\n${message('3')}\r\n`,
      ]) {
        const name = file(text);
        expect(readStateFile(name)).to.deep.equal({
          state: { bookmarks: { jobs: { refresh_token: '3' } } },
          found: 'state',
          notes: [`${name} holds 3 states, one per line: the last one counts`],
          warnings: [],
        });
      }
    });

    it('takes the one before a last line that is cut off, with a warning', () => {
      for (let length = 1; length < line('3').length; length += 1) {
        const name = file(`${line('1')}\n${line('2')}\n${line('3').slice(0, length)}`);
        expect(readStateFile(name)).to.deep.equal({
          state: { bookmarks: { jobs: { refresh_token: '2' } } },
          found: 'state',
          notes: [`${name} holds 2 states, one per line: the last one counts`],
          warnings: [`${name}: its last line is cut off; the state in the line before it counts`],
        });
      }
      const { state, notes } = readStateFile(file(`${line('1')}\n{`));
      expect([state, notes]).to.deep.equal([{ bookmarks: { jobs: { refresh_token: '1' } } }, []]);
    });

    it('refuses one that is broken before its last line, and says where', () => {
      for (const broken of ['hush', line('hush').slice(0, -1), '7', '["hush"]']) {
        expect(refusalOf(file(`${line('1')}\n${broken}\n${line('3')}`))).to.deep.equal([
          'broken',
          '/state.json, line 2: not a JSON object, as a state is',
        ]);
      }
    });

    it('refuses the output of a tap, which no target has committed', () => {
      const record = '{"type":"RECORD","stream":"jobs","record":{"id":"hush"}}';
      expect(refusalOf(file(`${message('1')}\n${record}\n${message('2')}\n`))).to.deep.equal([
        'foreign',
        "/state.json, line 2: not a state of this tap; it seems to be a Singer RECORD message. Pass the file with this tap's bookmarks",
      ]);
    });

    it('refuses a last one that is not a state', () => {
      expect(refusalOf(file(`${line('1')}\n{"api_token":"hush"}`))[1]).to.match(
        /^\/state.json, line 2: not a state/,
      );
    });
  });
});
