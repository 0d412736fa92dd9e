/** Root hooks of Mocha, which .mocharc.json loads. */
import { stopCoverage, takeCoverage } from 'node:v8';
import { removeFolders } from './folder.js';

/** `afterAll` runs after all tests; with `--parallel`, after those of each file. */
export const mochaHooks = {
  afterAll(): void {
    removeFolders();
  },
};

// A process of --parallel writes its coverage once, at its end: a file of coverage has megabytes.
// Mocha ends it with a message, and a second later with SIGTERM, which must not cut the file.
if (process.env['NODE_V8_COVERAGE'] !== undefined && process.env['MOCHA_WORKER_ID'] !== undefined) {
  process.on('exit', () => {
    process.on('SIGTERM', () => undefined);
    takeCoverage();
    stopCoverage();
  });
}
