/** The default of `cache_dir`. */

import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import { ConfigError } from '../errors.js';

/** The properties of a machine that matter here. Tests pass their own. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: () => string;
}

/**
 * The tap's folder in the user's cache folder, which depends on the platform: `~/Library/Caches` on
 * macOS, `%LOCALAPPDATA%` on Windows, XDG's rules elsewhere.
 *
 * @throws ConfigError if the user has no home folder, as in some containers
 */
export function cacheDir(
  env: NodeJS.ProcessEnv,
  { platform, home }: Machine = { platform: process.platform, home: homedir },
): string {
  if (platform === 'darwin') return posix.join(homeOf(home), 'Library', 'Caches', 'bolt-eci-tap');
  const windows = platform === 'win32';
  const path = windows ? win32 : posix;
  const base = env[windows ? 'LOCALAPPDATA' : 'XDG_CACHE_HOME'] ?? '';
  // XDG: a relative path is ignored.
  if (path.isAbsolute(base)) return path.join(base, 'bolt-eci-tap');
  return path.join(homeOf(home), ...(windows ? ['AppData', 'Local'] : ['.cache']), 'bolt-eci-tap');
}

function homeOf(home: () => string): string {
  try {
    return home();
  } catch (error) {
    throw new ConfigError(
      'SETTING_WRONG',
      'cache_dir is not set, and this user has no home folder for the default: set cache_dir',
      error,
    );
  }
}
