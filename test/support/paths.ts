/** Where the files of this project are, for tests. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the project. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The command. */
export const COMMAND = inProject('bin/bolt-eci-tap.js');

/** The tap of the tests: `node TEST_TAP MODE`. */
export const TEST_TAP = fileURLToPath(new URL('./targets/tap.js', import.meta.url));

/** The target of the tests: `node TEST_TARGET MODE ROWS`. */
export const TEST_TARGET = fileURLToPath(new URL('./targets/target.js', import.meta.url));

/** The absolute path of a file or folder, from its path below the root. */
export function inProject(path: string): string {
  return join(ROOT, path);
}

/** The URL of a built module of `src`, for code that a test runs in another process. */
export function moduleUrl(path: string): string {
  return new URL(import.meta.resolve(`#src/${path}`)).href;
}
