// `npm run test:interop`: the tap with real targets, checkers and Meltano. It needs Python 3.11,
// PyPI and, for two of the targets, PostgreSQL's server. It names the tools that cannot be
// installed here, and skips their tests. The last line counts the tests.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { makeTools } from './interop/tools.js';

const COUNTS = 'coverage/tests.json';

rmSync(COUNTS, { force: true });
console.log('\n== build');
const built = spawnSync(process.execPath, ['scripts/build.js'], { stdio: 'inherit' });
console.log('\n== Python tools');
const missing = makeTools();
for (const { name, reason } of missing)
  console.log(`Left out: ${name} cannot be had here: ${reason}`);
console.log('\n== tests');
const mocha = [
  '--no-install',
  'mocha',
  '--no-config',
  '--timeout',
  '300000',
  '--reporter',
  './scripts/reporter.js',
];
const tested = spawnSync(
  'npx',
  [...mocha, ...process.argv.slice(2), 'dist-test/interop/**/*.interop.js'],
  {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  },
);

let counts = { passed: 0, failed: 1, skipped: 0 };
try {
  counts = JSON.parse(readFileSync(COUNTS, 'utf8'));
} catch {
  console.log('\nThe tests did not run to their end.');
}
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = built.status === 0 && tested.status === 0 ? 0 : 1;
