import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { about } from '#src/cli/about.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROJECT = join(ROOT, 'deploy', 'meltano', 'meltano.yml');

function script(...args: string[]): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [join(ROOT, 'scripts', 'meltano.js'), ...args], {
    encoding: 'utf8',
  });
}

describe('the Meltano project', () => {
  let folder = '';
  before(() => (folder = mkdtempSync(join(tmpdir(), 'bolt-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('has the settings and streams of the code', () => {
    const { status, stderr } = script('--check');
    expect(status, stderr).to.equal(0);
  });

  it('has the capabilities of the code', () => {
    const { capabilities }: { capabilities: string[] } = JSON.parse(about('json'));
    expect(readFileSync(PROJECT, 'utf8')).to.contain(`capabilities: [${capabilities.join(', ')}]`);
  });

  it('loads with the versions that were tried', () => {
    const pins = [...readFileSync(PROJECT, 'utf8').matchAll(/pip_url: ((.+)==.+)/g)];
    expect(pins).to.have.lengthOf(2);
    for (const [, pin, name] of pins) {
      const tried = readFileSync(
        join(ROOT, 'test', 'interop', 'requirements', `${name}.txt`),
        'utf8',
      );
      expect(tried.split('\n')).to.include(pin);
    }
  });

  it('would be found out and set right if it had not', () => {
    const project = readFileSync(PROJECT, 'utf8');
    const behind = join(folder, 'meltano.yml');
    for (const [from, to] of [
      ['          sensitive: true\n', ''],
      ['        - job_events.*\n', ''],
      ['          value: 900\n', '          value: 1000\n'],
    ] as const) {
      expect(project).to.contain(from);
      writeFileSync(behind, project.replace(from, to));
      const found = script('--check', behind);
      expect(found.status, from).to.equal(1);
      expect(found.stderr).to.match(/meltano\.yml is behind .*: npm run meltano/);
      expect(script(behind).status).to.equal(0);
      expect(readFileSync(behind, 'utf8')).to.equal(project);
    }
  });

  it('says so where a mark is gone', () => {
    const file = join(folder, 'meltano.yml');
    writeFileSync(file, 'plugins: {}\n');
    const { status, stderr } = script('--check', file);
    expect(status).to.equal(1);
    expect(stderr).to.contain('There are no marks "# settings: begin"');
  });
});
