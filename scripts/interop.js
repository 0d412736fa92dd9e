// `npm run test:interop`: the tap with real targets, checkers and Meltano. It needs Python 3.11,
// PyPI and, for two of the targets, PostgreSQL's server. It names the tools that cannot be
// installed here, and skips their tests. The last line counts the tests.
import { rmSync } from 'node:fs';
import { makeTools } from './interop/tools.js';
import { build, COUNTS, runSuite } from './run-suite.js';

rmSync(COUNTS, { force: true });
const isBuilt = build();
console.log('\n== Python tools');
const missing = makeTools();
for (const { name, reason } of missing)
  console.log(`Left out: ${name} cannot be had here: ${reason}`);
const hasPassed = runSuite([
  '--timeout=300000',
  ...process.argv.slice(2),
  'dist-test/interop/**/*.interop.js',
]);
process.exitCode = isBuilt && hasPassed ? 0 : 1;
