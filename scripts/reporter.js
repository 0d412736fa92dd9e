// Mocha's spec reporter. It also writes the counts to coverage/tests.json, for the last line of
// `npm test`.
import { mkdirSync, writeFileSync } from 'node:fs';
import Mocha from 'mocha';

export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes: passed, failures: failed, pending: skipped } = runner.stats;
      mkdirSync('coverage', { recursive: true });
      writeFileSync('coverage/tests.json', JSON.stringify({ passed, failed, skipped }));
    });
  }
}
