/**
 * A lock beside the bookmark file, so that two runs never work from it at once. It is a folder whose time is renewed while
 * its run lives, which also holds between containers and machines, where the number of a process says nothing.
 */
// Before proper-lockfile: what listens to signals by now stays.
import { dropForeignListeners } from '../signals.js';
import { lock } from 'proper-lockfile';
import { ConfigError, describe } from '../errors.js';

// proper-lockfile brings signal-exit. On `exit` it still removes the locks.
dropForeignListeners();

/** A lock that was not renewed for so long is of a run that is gone: killed, or lost with its machine. */
export const STALE_MS = 10_000;

/** Lets go of a lock. */
export type Release = () => Promise<void>;

/**
 * Takes the lock of a file: the folder `FILE.lock`.
 *
 * @param file need not exist, its folder does
 * @param onLost told where the lock is gone while it is held: somebody took it away, or this process stood still for so long
 * that another run took it for stale
 * @returns what lets go of it (the end of the process does so too), or null where another run holds it
 * @throws ConfigError where no lock can be made there
 */
export async function takeLock(file: string, onLost: () => void, staleMs = STALE_MS): Promise<Release | null> {
  let held = true;
  try {
    const release = await lock(file, {
      realpath: false,
      stale: staleMs,
      onCompromised: () => {
        // It may still say so while it is let go of.
        if (held) onLost();
        held = false;
      },
    });
    return async () => {
      if (!held) return;
      held = false;
      await release();
    };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ELOCKED') return null;
    const why = code === 'ENOENT' ? 'its folder does not exist' : describe(error);
    throw new ConfigError(`--state: no lock can be put beside ${file}: ${why}`);
  }
}
