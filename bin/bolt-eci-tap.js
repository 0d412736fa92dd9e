#!/usr/bin/env node
// Checks Node's version before anything is imported; otherwise an older Node would fail with a
// stack trace. Old versions have to understand this file, so it has no static import and no
// top-level await.
const NEEDED = [20, 19];
const found = process.versions.node.split('.').map(Number);

if (found[0] > NEEDED[0] || (found[0] === NEEDED[0] && found[1] >= NEEDED[1])) {
  void import('../dist/cli.js').then(({ runProcess }) => runProcess(process.argv.slice(2)));
} else {
  process.stderr.write(
    `ERROR bolt-eci-tap needs Node ${NEEDED.join('.')} or newer, this is ${process.versions.node} (${process.execPath})\n`,
  );
  process.exitCode = 2;
}
