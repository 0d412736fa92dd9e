/** Root hooks of Mocha, which .mocharc.json loads. */
import { stopCoverage, takeCoverage } from 'node:v8';
import { removeFolders } from './folder.js';

const coverage = process.env['NODE_V8_COVERAGE'];
const isWorker = coverage !== undefined && process.env['MOCHA_WORKER_ID'] !== undefined;

/** Tests whose children count for coverage: only in processes does all of their code run. */
const COVERED_CHILDREN = /[\\/]dist-test[\\/](?:cli|run)[\\/]/;

/** They run before and after all tests; with `--parallel`, before and after those of each file. */
export const mochaHooks = {
  beforeAll(this: Mocha.Context): void {
    if (!isWorker) return;
    // Each child would write a megabyte of coverage, which c8 reads.
    const file = this.test?.parent?.suites[0]?.file ?? '';
    if (COVERED_CHILDREN.test(file)) process.env['NODE_V8_COVERAGE'] = coverage;
    else delete process.env['NODE_V8_COVERAGE'];
  },
  afterAll(): void {
    removeFolders();
  },
};

// A process of --parallel writes its coverage once, at its end: a file of coverage has megabytes.
// Mocha ends it with a message, and a second later with SIGTERM, which must not cut the file.
if (isWorker) {
  process.on('exit', () => {
    process.on('SIGTERM', () => undefined);
    takeCoverage();
    stopCoverage();
  });
}
