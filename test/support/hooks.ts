/** Root hooks of Mocha, which .mocharc.json loads. */
import { takeCoverage } from 'node:v8';
import { removeFolders } from './folder.js';

/** `afterAll` runs after all tests; with `--parallel`, after those of each file. */
export const mochaHooks = {
  afterAll(): void {
    removeFolders();
    // Mocha ends the processes of --parallel before they would write their coverage.
    if (process.env['NODE_V8_COVERAGE'] !== undefined) takeCoverage();
  },
};
