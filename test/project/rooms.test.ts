// Each room of src/ has a rule for its imports in .oxlintrc.json, and each rule is seen to fire.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { makeFolder } from '../support/folder.js';
import { inProject } from '../support/paths.js';

const CONFIG = inProject('.oxlintrc.json');
/** It may import every other room. */
const TOP = 'cli';

interface Override {
  readonly files: readonly string[];
  readonly rules: Readonly<Record<string, unknown>>;
}

const { overrides }: { overrides: readonly Override[] } = JSON.parse(readFileSync(CONFIG, 'utf8'));
const ROOMS = readdirSync(inProject('src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** The rules for the files of a room, as text. */
function rulesOf(room: string): string[] {
  return overrides
    .filter(({ files }) => files.some((glob) => glob.startsWith(`src/${room}/`)))
    .map(({ rules }) => JSON.stringify(rules));
}

describe('the rooms of src', () => {
  let folder = '';
  before(() => (folder = makeFolder()));

  /** Lints a file with one import, and gives what the linter prints. */
  function lint(file: string, specifier: string): string {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `export * from '${specifier}';\n`);
    copyFileSync(CONFIG, join(folder, '.oxlintrc.json'));
    const package_ = createRequire(import.meta.url).resolve('oxlint/package.json');
    const oxlint = join(dirname(package_), 'bin', 'oxlint');
    const { stdout } = spawnSync(process.execPath, [oxlint, file], {
      cwd: folder,
      encoding: 'utf8',
    });
    rmSync(path);
    return stdout;
  }

  it('each have a rule that names every other room, as allowed or forbidden', () => {
    expect(ROOMS).to.have.length.above(8);
    for (const room of ROOMS.filter((name) => name !== TOP)) {
      const rules = rulesOf(room);
      expect(rules, room).to.not.be.empty;
      for (const other of ROOMS.filter((name) => name !== room))
        for (const rule of rules) expect(rule, room).to.match(new RegExp(`\\b${other}\\b`));
    }
  });

  for (const room of ROOMS.filter((name) => name !== TOP)) {
    it(`do not let ${room} import ${TOP}`, () => {
      expect(lint(`src/${room}/probe.ts`, `../${TOP}/probe.js`)).to.include('Imports go downward');
      const deep = lint(`src/${room}/deep/probe.ts`, `../../${TOP}/probe.js`);
      expect(deep).to.include('Imports go downward');
    });
  }

  it('are above the ground floor, which imports none of them', () => {
    expect(lint('src/probe.ts', './system/probe.js')).to.include('ground floor');
    expect(lint('src/probe.ts', './json.js')).to.not.include('ground floor');
    expect(lint('src/cli.ts', './system/probe.js')).to.not.include('ground floor');
  });
});
