import { expect } from 'chai';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { prepareRuns } from '../support/runs.js';

describe('run: what counts as committed, and who may write the bookmark file', function () {
  this.timeout(60_000);
  const { folder, state, ran, start, rows } = prepareRuns();

  it('fails with a target that prints no states, and does not change the bookmark file', async () => {
    writeFileSync(state(), '{"bookmarks":{}}');
    const { code, log } = await ran('silent', '--streams', 'cities');
    expect(code).to.equal(6);
    expect(log).to.match(
      /ERROR run failed \(code 6\): the target .* printed no state, .*state\.json is unchanged\n$/,
    );
    expect(readFileSync(state(), 'utf8')).to.equal('{"bookmarks":{}}');
  });

  for (const mode of ['asleep', 'slack']) {
    it(`fails with a target that ends with code 0 and has not committed all: ${mode}`, async () => {
      const { code, log } = await ran(mode);
      expect(code, log).to.equal(6);
      expect(log).to.match(
        /ERROR run failed \(code 6\): the target .* ended with code 0, but [^\n]*\n$/,
      );
    });
  }

  it('succeeds with a target that prints nothing if nothing has changed', async () => {
    expect((await ran('each', '--streams', 'cities')).code).to.equal(0);
    const { code, log } = await ran('silent', '--streams', 'cities');
    expect(code, log).to.equal(0);
    expect(log).to.match(/INFO run succeeded: 0 records; .*state\.json is unchanged\n$/);
  });

  it('succeeds with --max-records, which does not change the bookmarks', async () => {
    const { code, log } = await ran('each', '--max-records', '3', '--streams', 'cities');
    expect(code, log).to.equal(0);
    expect(log).to.match(/INFO run succeeded: 3 records; /);
  });

  it('hides the token from the target', async () => {
    expect((await ran('environment', '--streams', 'cities')).code).to.equal(0);
    const seen: object = JSON.parse(rows()[0] ?? '');
    expect(Object.keys(seen)).to.include('PATH');
    expect(Object.keys(seen).filter((name) => name.startsWith('TAP_BOLT_ECI_'))).to.deep.equal([]);
  });

  for (const [what, text] of [
    ['a config', '{"api_token":"hidden-token-1"}'],
    ['cut off without a .bak', '{"bookmarks":{"jo'],
  ] as const) {
    it(`rejects a state file that is ${what}, and starts nothing`, async () => {
      writeFileSync(state(), text);
      const { code, log } = await ran('each');
      expect(code, log).to.equal(2);
      expect(log)
        .to.match(/^ERROR [^\n]*\n$/)
        .and.not.include('hidden');
      expect(readFileSync(state(), 'utf8')).to.equal(text);
      expect(existsSync(join(folder(), 'rows.jsonl'))).to.equal(false);
      expect(existsSync(`${state()}.lock`)).to.equal(false);
    });
  }

  it('excludes a run by another path of the same file, also before it exists', async () => {
    mkdirSync(join(folder(), 'volume'));
    symlinkSync('volume/state.json', state());
    mkdirSync(join(folder(), 'volume', 'state.json.lock'));
    expect((await ran('each')).code).to.equal(5);
    rmdirSync(join(folder(), 'volume', 'state.json.lock'));
    expect((await ran('each', '--streams', 'cities')).code).to.equal(0);
    expect(lstatSync(state()).isSymbolicLink()).to.equal(true);
    expect(existsSync(join(folder(), 'volume', 'state.json'))).to.equal(true);
  });

  it('does not write the bookmark file after its lock is lost, and ends', async () => {
    const { process: child, finished } = start('nagging', '--streams=cities');
    while (!existsSync(state())) await wait(20);
    rmSync(`${state()}.lock`, { recursive: true });
    const held = readFileSync(state(), 'utf8');
    // The target continues to commit.
    writeFileSync(join(folder(), 'rows.jsonl.go'), '');
    const { code, log } = await finished;
    expect(code, log).to.equal(5);
    expect(child.exitCode).to.equal(5);
    expect(log).to.match(/ERROR the lock of the bookmark file is lost/);
    expect(log).to.match(
      /ERROR run failed \(code 5\): the lock of .* was lost to another run[^\n]*\n$/,
    );
    expect(readFileSync(state(), 'utf8')).to.equal(held);
  });

  it('stops waiting for a lock on a signal', async () => {
    mkdirSync(`${state()}.lock`);
    const later = new Date(Date.now() + 86_400_000);
    utimesSync(`${state()}.lock`, later, later);
    const { process: child, finished, said } = start('each');
    await said(/WARNING .*has a time in the future/);
    child.kill('SIGTERM');
    const { code, log } = await finished;
    expect(code, log).to.equal(143);
    expect(existsSync(`${state()}.lock`)).to.equal(true);
  });
});
