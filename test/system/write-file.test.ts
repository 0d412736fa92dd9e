import { expect } from 'chai';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { checkReplaceable, fileOutput, followLinks, replaceFile } from '#src/system/write-file.js';
import { makeFolder } from '../support/folder.js';
import { moduleUrl } from '../support/paths.js';

const WRITE_FILE = moduleUrl('system/write-file.js');
const MB = 1024 * 1024;
const isPosix = process.platform !== 'win32';

describe('writing files', () => {
  let dir: string;
  beforeEach(() => (dir = makeFolder()));

  /** Runs a module with at most 2 MB per file, as on a full disk. Its stdout is the file `out`. */
  function underLimit(code: string): string {
    const file = join(dir, 'out');
    const script = join(dir, 'child.mjs');
    writeFileSync(
      script,
      `import { fileOutput, replaceFile } from ${JSON.stringify(WRITE_FILE)};\n${code}`,
    );
    const { stderr } = spawnSync(
      'sh',
      [
        '-c',
        `trap '' XFSZ; ulimit -f ${(2 * MB) / 512}; exec "$0" "$1" > "$2"`,
        process.execPath,
        script,
        file,
      ],
      { encoding: 'utf8' },
    );
    return stderr;
  }

  describe('replaceFile', () => {
    it('creates or replaces a file, and leaves no other file', () => {
      const file = join(dir, 'summary.json');
      replaceFile(file, 'old');
      replaceFile(file, 'the new text, ü');
      expect(readFileSync(file, 'utf8')).to.equal('the new text, ü');
      expect(readdirSync(dir)).to.deep.equal(['summary.json']);
    });

    it('creates the file with the requested mode', function () {
      if (!isPosix) this.skip();
      const file = join(dir, 'state.json');
      writeFileSync(file, '{}', { mode: 0o644 });
      replaceFile(file, '{}', 0o600);
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      replaceFile(file, '{}');
      expect(statSync(file).mode & 0o077).to.equal(0o044 & ~process.umask());
    });

    it('removes the temporary file if it fails', () => {
      expect(() => replaceFile(join(dir, 'no', 'such', 'folder'), 'text')).to.throw('ENOENT');
      mkdirSync(join(dir, 'folder'));
      expect(() => replaceFile(join(dir, 'folder'), 'text')).to.throw('EISDIR');
      expect(readdirSync(dir)).to.deep.equal(['folder']);
    });

    it('follows a symbolic link', function () {
      if (!isPosix) this.skip();
      mkdirSync(join(dir, 'data'));
      writeFileSync(join(dir, 'data', 'real'), 'old');
      symlinkSync(join('data', 'real'), join(dir, 'link'));
      replaceFile(join(dir, 'link'), 'new');
      expect(readFileSync(join(dir, 'data', 'real'), 'utf8')).to.equal('new');
      expect(readdirSync(dir, { recursive: true })).to.have.members(['data', 'data/real', 'link']);
    });

    it('follows a link whose target does not exist yet', function () {
      if (!isPosix) this.skip();
      mkdirSync(join(dir, 'data'));
      mkdirSync(join(dir, 'links'));
      symlinkSync(join('..', 'data', 'real'), join(dir, 'links', 'second'));
      symlinkSync('links', join(dir, 'folder'));
      symlinkSync(join('folder', 'second'), join(dir, 'first'));
      expect(followLinks(join(dir, 'first'))).to.equal(join(realpathSync(dir), 'data', 'real'));
      checkReplaceable(join(dir, 'first'));
      expect(readdirSync(join(dir, 'data'))).to.deep.equal([]);
      for (const text of ['new', 'newer']) {
        replaceFile(join(dir, 'first'), text);
        expect(readFileSync(join(dir, 'data', 'real'), 'utf8')).to.equal(text);
        expect(lstatSync(join(dir, 'first')).isSymbolicLink()).to.equal(true);
        expect(lstatSync(join(dir, 'links', 'second')).isSymbolicLink()).to.equal(true);
      }
      symlinkSync(join('no', 'folder'), join(dir, 'nowhere'));
      expect(() => replaceFile(join(dir, 'nowhere'), 'text')).to.throw('ENOENT');
      symlinkSync('circle', join(dir, 'circle'));
      expect(() => replaceFile(join(dir, 'circle'), 'text')).to.throw('ELOOP');
    });

    it('does not touch other files and links in the folder', () => {
      const secret = join(dir, 'secret');
      writeFileSync(secret, 'secret');
      const file = join(dir, 'state.json');
      for (const name of [`${file}.${process.pid}.tmp`, `${file}.tmp`])
        if (isPosix) symlinkSync(secret, name);
      const seen = readdirSync(dir);
      replaceFile(file, 'new');
      expect(readFileSync(secret, 'utf8')).to.equal('secret');
      expect(readdirSync(dir)).to.have.members([...seen, 'state.json']);
    });

    it('opens only a new file with a random name', function () {
      if (!isPosix) this.skip();
      const script = join(dir, 'child.mjs');
      writeFileSync(
        script,
        `import fs from 'node:fs';
        import { syncBuiltinESMExports } from 'node:module';
        const { openSync } = fs;
        fs.openSync = (path, flags, mode) => { console.log(flags, path); return openSync(path, flags, mode); };
        syncBuiltinESMExports();
        const { replaceFile } = await import(${JSON.stringify(WRITE_FILE)});
        for (let n = 0; n < 2; n++) replaceFile(${JSON.stringify(join(dir, 'file'))}, 'x');`,
      );
      const { stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
      // Node 26 also opens the modules that it loads.
      const opened = stdout.split('\n').filter((line) => line.includes(` ${dir}`));
      expect(opened.length).to.equal(2);
      expect(new Set(opened).size).to.equal(2);
      for (const line of opened) expect(line).to.match(/^wx .*\/\.[0-9a-f-]{36}\.tmp$/);
    });

    it('can be checked in advance, without a change', () => {
      const file = join(dir, 'file');
      checkReplaceable(file);
      expect(readdirSync(dir)).to.deep.equal([]);
      writeFileSync(file, 'old');
      checkReplaceable(file);
      expect(readFileSync(file, 'utf8')).to.equal('old');
      expect(() => checkReplaceable(join(dir, 'no', 'file'))).to.throw('ENOENT');
      expect(() => checkReplaceable(dir)).to.throw('EISDIR');
      if (isPosix) checkReplaceable('/dev/null');
      expect(readdirSync(dir)).to.deep.equal(['file']);
    });

    it('writes to a pipe directly', function () {
      if (!isPosix) this.skip();
      const pipe = join(dir, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const reader = openSync(pipe, 'r+');
      replaceFile(pipe, 'text');
      closeSync(reader);
      expect(statSync(pipe).isFIFO()).to.equal(true);
      expect(readdirSync(dir)).to.deep.equal(['pipe']);
    });

    it('keeps the old text if the disk is full', function () {
      if (!isPosix) this.skip();
      const file = join(dir, 'kept');
      writeFileSync(file, 'old');
      const stderr = underLimit(`
        try {
          replaceFile(${JSON.stringify(file)}, 'x'.repeat(3 * ${MB}));
        } catch (error) {
          process.stderr.write(error.code);
        }`);
      expect(stderr).to.equal('EFBIG');
      expect(readFileSync(file, 'utf8')).to.equal('old');
      expect(readdirSync(dir)).to.have.members(['child.mjs', 'kept', 'out']);
    });
  });

  describe('fileOutput', () => {
    it('writes its chunks', async () => {
      const descriptor = openSync(join(dir, 'out'), 'w');
      const output = fileOutput(descriptor);
      output.write('first\n');
      await ended(output, 'ünd\n');
      closeSync(descriptor);
      expect(readFileSync(join(dir, 'out'), 'utf8')).to.equal('first\nünd\n');
    });

    it('fails with the error of the file system', async () => {
      writeFileSync(join(dir, 'out'), 'as it was\n');
      const descriptor = openSync(join(dir, 'out'), 'r');
      const fault = await ended(fileOutput(descriptor), 'line\n');
      closeSync(descriptor);
      expect(fault).to.be.an('error');
      expect(readFileSync(join(dir, 'out'), 'utf8')).to.equal('as it was\n');
    });

    it('keeps only whole chunks if the disk is full, and fails', function () {
      if (!isPosix) this.skip();
      const stderr = underLimit(`
        const output = fileOutput(1);
        output.on('error', ({ code }) => process.stderr.write(code));
        const line = 'x'.repeat(${MB / 2 - 2}) + '\\n';
        for (let n = 0; n < 8; n++) output.write(line);`);
      expect(stderr).to.equal('EFBIG');
      const lines = readFileSync(join(dir, 'out'), 'utf8').split('\n');
      expect(lines.pop()).to.equal('');
      expect(lines.map(({ length }) => length)).to.deep.equal(Array(4).fill(MB / 2 - 2));
    });
  });
});

/** Writes the last chunk; the error that the stream ended with, if any. */
function ended(output: Writable, text: string): Promise<Error | undefined> {
  return new Promise((resolve) => {
    output.on('error', resolve);
    output.end(text, (error?: Error) => resolve(error));
  });
}
