// All checks of the project, one after another; the closing line counts the tests.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';

/** @type {[name: string, command: string, ...args: string[]][]} */
const STEPS = [
  ['formatting', 'npm', 'run', '--silent', 'format:check'],
  ['types and build', 'npm', 'run', '--silent', 'build'],
  ['generated files', 'node', 'scripts/update.js', '--check'],
  ['lint', 'npm', 'run', '--silent', 'lint'],
  [
    'tests and coverage',
    'npx',
    '--no-install',
    'c8',
    'npm',
    'run',
    '--silent',
    'mocha',
    '--',
    '--parallel',
    '--jobs=2',
    '--reporter=./scripts/reporter.js',
  ],
];

rmSync('coverage', { recursive: true, force: true });
const broken = [];
for (const [name, command, ...args] of STEPS) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(command, args, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) broken.push(name);
}

let counts = { passed: 0, failed: 1, skipped: 0 };
try {
  counts = JSON.parse(readFileSync('coverage/tests.json', 'utf8'));
} catch {
  console.log('\nThe tests did not run to their end.');
}
console.log(
  '\nLeft out: real targets, checkers and Meltano, which need Python: npm run test:interop; ' +
    'the page of report, which needs Chromium: npm run test:page',
);
if (broken.length > 0) console.log(`\nNot passed: ${broken.join(', ')}`);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = broken.length > 0 ? 1 : 0;
