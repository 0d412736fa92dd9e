// Compiles src/ to dist/ and test/ to dist-test/. Empties both first, so that no output of a
// removed file remains. `--src` compiles only src/. Then ajv compiles the settings' schema.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const folder of ['dist', 'dist-test'])
  rmSync(join(root, folder), { recursive: true, force: true });
const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
const tsc = typescript.replace(/package\.json$/, 'bin/tsc');
const { status, error } = spawnSync(
  process.execPath,
  [tsc, '--build', process.argv.includes('--src') ? root : join(root, 'test')],
  { stdio: 'inherit' },
);
if (error) throw error;
process.exitCode = status ?? 1;
if (status === 0) await writeSettingsCheck();

/** Writes dist/config/check-settings.js. A test checks the schema itself. */
async function writeSettingsCheck() {
  const folder = join(root, 'dist', 'config');
  const { settingsSchema } = await import(pathToFileURL(join(folder, 'kinds.js')).href);
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    meta: false,
    validateSchema: false,
    // Length in UTF-16 units: whether a text is empty does not depend on it. The code then needs
    // nothing of ajv.
    unicode: false,
    logger: false,
    code: { source: true, esm: true },
    schemas: [{ ...settingsSchema(), $id: 'settings', required: [] }],
  });
  const code = standalone.default(ajv, { checkSettings: 'settings' });
  writeFileSync(join(folder, 'check-settings.js'), code);
}
