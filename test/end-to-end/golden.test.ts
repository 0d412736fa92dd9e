/**
 * The whole output of two runs over a small world, in test/golden/. To update the files after an
 * intended change, build, run `UPDATE_GOLDEN=1 npx mocha -g golden`, and read `git diff`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { join } from 'node:path';
import { STREAMS } from '#src/streams.js';
import { simulated } from '../simulator/client.js';
import { NOW, useApi } from '../support/api.js';
import { syncOnce } from '../support/run.js';
import { inProject } from '../support/paths.js';

const FOLDER = inProject('test/golden');

function expectGolden(name: string, text: string): void {
  const file = join(FOLDER, name);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(text).to.equal(readFileSync(file, 'utf8'));
}

describe('the golden output', () => {
  useApi();

  it('is what a full run writes, then one after changes', async () => {
    const few = Object.fromEntries(STREAMS.map(({ name }) => [name, 2]));
    const rowsByStream = { ...few, contracts: 5, jobs: 3, job_events: 3 };
    const simulator = simulated({
      rowsByStream,
      seed: 20,
      pageSize: 2,
      malformed: 0.15,
      now: () => NOW,
    });
    const full = await syncOnce({ simulator });
    expectGolden('full.ndjson', full.text);
    simulator.evolve(12);
    const changes = await syncOnce({ simulator, state: full.state });
    expectGolden('changes.ndjson', changes.text);
  });
});
