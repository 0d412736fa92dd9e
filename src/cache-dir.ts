/** Where this machine keeps what can be lost. */

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { ConfigError } from './errors.js';

/** What is asked of the machine; tests pass their own. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: () => string;
}

/**
 * The tap's folder below the user's cache folder, by the habit of the platform: XDG's rules save on macOS and Windows.
 * Throws ConfigError where the user has no home folder, as in some containers.
 */
export function cacheDir(
  env: NodeJS.ProcessEnv,
  machine: Machine = { platform: process.platform, home: homedir },
): string {
  return join(cacheRoot(env, machine), 'bolt-eci-tap');
}

function cacheRoot(env: NodeJS.ProcessEnv, { platform, home }: Machine): string {
  // XDG: a path that is not absolute is to be ignored. The same holds for the others.
  const root = (platform === 'win32' ? env['LOCALAPPDATA'] : env['XDG_CACHE_HOME']) ?? '';
  if (platform !== 'darwin' && isAbsolute(root)) return root;
  const folders = { win32: ['AppData', 'Local'], darwin: ['Library', 'Caches'] };
  try {
    return join(home(), ...(platform === 'win32' || platform === 'darwin' ? folders[platform] : ['.cache']));
  } catch {
    throw new ConfigError('cache_dir is not set, and this user has no home folder to keep it in: set cache_dir');
  }
}
