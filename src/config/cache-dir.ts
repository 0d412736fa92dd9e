/** Where this machine keeps what can be lost. */

import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import { ConfigError } from '../errors.js';

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
  { platform, home }: Machine = { platform: process.platform, home: homedir },
): string {
  if (platform === 'darwin') return posix.join(homeOf(home), 'Library', 'Caches', 'bolt-eci-tap');
  const windows = platform === 'win32';
  const path = windows ? win32 : posix;
  const given = env[windows ? 'LOCALAPPDATA' : 'XDG_CACHE_HOME'] ?? '';
  // XDG wants a path that is not absolute ignored.
  if (path.isAbsolute(given)) return path.join(given, 'bolt-eci-tap');
  return path.join(homeOf(home), ...(windows ? ['AppData', 'Local'] : ['.cache']), 'bolt-eci-tap');
}

function homeOf(home: () => string): string {
  try {
    return home();
  } catch (error) {
    throw new ConfigError(
      'SETTING_WRONG',
      'cache_dir is not set, and this user has no home folder: set cache_dir',
      error,
    );
  }
}
