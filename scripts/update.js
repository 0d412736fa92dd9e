// Regenerates everything that is derived from the code: `npm run update`. With --check it changes
// nothing, names what is stale, and fails. Build first.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { airflow } from './update/airflow.js';
import { catalogExample } from './update/catalog.js';
import { dbt } from './update/dbt.js';
import { documents } from './update/documents.js';
import { meltano } from './update/meltano.js';

const root = new URL('..', import.meta.url);
const check = process.argv.includes('--check');

/** The files, and what makes the new text of the old one. */
const GENERATED = { ...catalogExample, ...documents, ...meltano, ...airflow, ...dbt };

const stale = [];
for (const [path, render] of Object.entries(GENERATED)) {
  const file = new URL(path, root);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const after = render(before);
  if (after === before) continue;
  stale.push(path);
  if (!check) writeFileSync(file, after);
}

if (check) {
  if (stale.length > 0) {
    console.error(`Stale: ${stale.join(', ')}. Run npm run update, and commit what it changes.`);
    process.exitCode = 1;
  }
} else {
  // The golden files are what the tap writes, so the test that compares them also writes them.
  const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
  const golden = join('dist-test', 'end-to-end', 'golden.test.js');
  const { status } = spawnSync(
    process.execPath,
    [mocha, '--no-config', '--timeout', '60000', golden],
    {
      cwd: fileURLToPath(root),
      env: { ...process.env, UPDATE_GOLDEN: '1' },
      stdio: 'ignore',
    },
  );
  if (status !== 0) {
    console.error(
      'The golden files could not be written: npx mocha dist-test/end-to-end/golden.test.js',
    );
    process.exitCode = 1;
  }
  console.log(stale.length > 0 ? `Updated: ${stale.join(', ')}` : 'Everything is up to date.');
}
