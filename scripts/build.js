// Compiles src/ to dist/ and test/ to dist-test/. Empties both first, so that no output of a
// removed file remains. `--src` compiles only src/.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
