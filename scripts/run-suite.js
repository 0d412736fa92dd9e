// Runs a suite of tests that is not part of `npm test`, and prints how many passed.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Where scripts/reporter.js leaves the counts, for .ci/run. */
export const COUNTS = 'coverage/tests.json';

/** Builds the code and the tests. Returns whether that worked. */
export function build() {
  console.log('\n== build');
  return spawnSync(process.execPath, ['scripts/build.js'], { stdio: 'inherit' }).status === 0;
}

/**
 * Runs mocha. The last line that it prints counts the tests.
 *
 * @param {readonly string[]} args flags and files
 * @param {NodeJS.ProcessEnv} env
 * @returns whether all passed
 */
export function runSuite(args, env = process.env) {
  console.log('\n== tests');
  const { status } = spawnSync(
    'npx',
    ['--no-install', 'mocha', '--no-config', '--reporter=./scripts/reporter.js', ...args],
    { stdio: 'inherit', env, shell: process.platform === 'win32' },
  );
  let counts = { passed: 0, failed: 1, skipped: 0 };
  try {
    counts = JSON.parse(readFileSync(COUNTS, 'utf8'));
  } catch {
    console.log('\nThe tests did not run to their end.');
  }
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
  return status === 0;
}
