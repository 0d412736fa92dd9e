// Compiles src/ and test/ into an emptied dist/, so that no output of a removed file stays behind.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
const tsc = typescript.replace(/package\.json$/, 'bin/tsc');
const { status, error } = spawnSync(process.execPath, [tsc, '-p', root], { stdio: 'inherit' });
if (error) throw error;
process.exitCode = status ?? 1;
