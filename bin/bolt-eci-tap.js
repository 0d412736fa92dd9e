#!/usr/bin/env node
// Node's version is checked before anything is imported: what an older Node cannot load would end in a stack trace. So this
// file has to be understood by old versions too: it imports nothing statically and awaits nothing at the top.
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
