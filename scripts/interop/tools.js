// One virtual environment for each Python tool, because their requirements conflict. It is made
// from test/interop/requirements/NAME.txt in .interop/NAME, and kept until that file changes.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const REQUIREMENTS = 'test/interop/requirements';
const TOOLS = '.interop';
const INSTALL_MS = 10 * 60 * 1000;

/**
 * Makes the environments that are missing. Returns those that could not be made, each with its
 * reason in one line; the tests that need one of these skip themselves.
 */
export function makeTools() {
  mkdirSync(TOOLS, { recursive: true });
  return readdirSync(REQUIREMENTS)
    .map((file) => ({
      name: basename(file, '.txt'),
      list: readFileSync(join(REQUIREMENTS, file), 'utf8'),
    }))
    .map(({ name, list }) => ({ name, reason: makeTool(name, list) }))
    .filter(({ reason }) => reason !== null);
}

/** Installs a tool where it is not there yet: null, or why it could not be had. */
function makeTool(name, list) {
  const folder = join(TOOLS, name);
  // Written last: a folder without it was left half-made.
  const stamp = join(folder, 'made-from.txt');
  if (readOrNull(stamp) === list) return null;
  console.log(`installing ${name}`);
  rmSync(folder, { recursive: true, force: true });
  const reason =
    run(process.env.PYTHON ?? 'python3', ['-m', 'venv', folder]) ??
    run(join(folder, 'bin', 'pip'), [
      'install',
      '--quiet',
      '--no-input',
      '-r',
      join(REQUIREMENTS, `${name}.txt`),
    ]);
  if (reason === null) writeFileSync(stamp, list);
  else rmSync(folder, { recursive: true, force: true });
  return reason;
}

/** null where the command ends well, otherwise the last thing that it said. */
function run(command, args) {
  const { status, error, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: INSTALL_MS,
  });
  if (error) return error.message;
  return status === 0 ? null : (stderr.trim().split('\n').at(-1) ?? `exit code ${status}`);
}

function readOrNull(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
