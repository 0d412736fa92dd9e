/** No line of prose is longer than 100 characters: in documents, and in the comments of code. */
import { expect } from 'chai';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { inProject } from '../support/paths.js';

/** What is checked. */
const ROOTS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'Dockerfile',
  'docs',
  'deploy',
  '.ci',
  '.github',
  'src',
  'test',
  'scripts',
  'bench',
  'bin',
];
const LONGEST = 100;
/** Installed packages, what builds leave behind, and data. */
const SKIPPED = new Set(['node_modules', '.venvs', '__pycache__', 'package', 'golden', 'results']);
const CODE = new Set(['.ts', '.js', '.mjs']);

interface Line {
  readonly number: number;
  readonly text: string;
}

function filesAt(path: string): string[] {
  if (statSync(inProject(path)).isFile()) return [path];
  return readdirSync(inProject(path))
    .filter((name) => !SKIPPED.has(name))
    .flatMap((name) => filesAt(join(path, name)));
}

/** The lines of Markdown outside of tables and code blocks, without the targets of links. */
function proseOf(lines: readonly Line[]): Line[] {
  let isCode = false;
  return lines.flatMap(({ number, text }) => {
    const isFence = /^ *```/.test(text);
    if (isFence) isCode = !isCode;
    if (isFence || isCode || /^ *\||^ {4}\S/.test(text)) return [];
    return [{ number, text: text.replaceAll(/\]\([^)]*\)/g, ']') }];
  });
}

/** The lines of code that are comments or end with one. */
function commentsOf(lines: readonly Line[]): Line[] {
  return lines.filter(({ text }) => /^\s*(?:\/\*|\*|\/\/)|\s\/\/ /.test(text));
}

/** The same for languages whose comments start with `#`; Python has docstrings too. */
function hashCommentsOf(lines: readonly Line[]): Line[] {
  let isDocstring = false;
  return lines.filter(({ text }) => {
    const quotes = text.split('"""').length - 1;
    const isIn = isDocstring || quotes > 0;
    if (quotes % 2 === 1) isDocstring = !isDocstring;
    return isIn || /(?:^|\s)#(?:\s|$)/.test(text);
  });
}

function proseIn(file: string): Line[] {
  const text = readFileSync(inProject(file), 'utf8');
  const lines = text.split('\n').map((line, index) => ({ number: index + 1, text: line }));
  const extension = extname(file);
  if (extension === '.md') return proseOf(lines);
  return CODE.has(extension) ? commentsOf(lines) : hashCommentsOf(lines);
}

describe('lines of prose', () => {
  for (const root of ROOTS) {
    it(`have at most ${LONGEST} characters in ${root}`, () => {
      const tooLong = filesAt(root).flatMap((file) =>
        proseIn(file)
          .filter(({ text }) => text.replaceAll(/https?:\/\/\S+/g, '').length > LONGEST)
          .map(({ number }) => `${file}:${number}`),
      );
      expect(tooLong).to.deep.equal([]);
    });
  }
});
