// `npm run test:page`: the page of `report` in headless Chromium, which is not downloaded: it is
// $CHROMIUM, or that of the system. Screenshots are kept in coverage/page. The last line counts the
// tests.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const COUNTS = 'coverage/tests.json';
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const executable = [process.env.CHROMIUM ?? PLACES].flat().find((path) => isExecutable(path));
rmSync(COUNTS, { force: true });
if (executable === undefined) leaveOut();
else test(executable);

function leaveOut() {
  console.log('Left out: there is no Chromium. Install it (apt-get install chromium), or set');
  console.log('CHROMIUM to its path.');
  mkdirSync('coverage', { recursive: true });
  writeFileSync(COUNTS, JSON.stringify({ passed: 0, failed: 0, skipped: 1 }));
  console.log('\n0 passed, 0 failed, 1 skipped');
}

function test(path) {
  console.log('\n== build');
  const built = spawnSync(process.execPath, ['scripts/build.js'], { stdio: 'inherit' });
  console.log('\n== tests');
  const tested = spawnSync(
    'npx',
    [
      '--no-install',
      'mocha',
      '--no-config',
      '--require=./dist-test/support/hooks.js',
      '--timeout=60000',
      '--reporter=./scripts/reporter.js',
      ...process.argv.slice(2),
      'dist-test/page/*.browser.js',
    ],
    { stdio: 'inherit', env: { ...process.env, CHROMIUM: path } },
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
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
