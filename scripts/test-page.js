// `npm run test:page`: the page of `report` in headless Chromium, which is not downloaded: it is
// $CHROMIUM, or that of the system. Screenshots are kept in coverage/page. The last line counts the
// tests.
import { accessSync, constants, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { build, COUNTS, runSuite } from './run-suite.js';

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
  const isBuilt = build();
  const hasPassed = runSuite(
    [
      '--require=./dist-test/support/hooks.js',
      '--timeout=60000',
      ...process.argv.slice(2),
      'dist-test/page/*.browser.js',
    ],
    { ...process.env, CHROMIUM: path },
  );
  process.exitCode = isBuilt && hasPassed ? 0 : 1;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
