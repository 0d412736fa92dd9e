/**
 * A lock beside the bookmark file, so that two runs never use it at the same time. It is a folder
 * whose time is renewed while its run lives. That also works between containers and machines,
 * where a process id does not.
 */
import {
  lstatSync,
  mkdir,
  readdirSync,
  rmdir,
  rmdirSync,
  stat,
  statSync,
  utimes,
  utimesSync,
  type NoParamCallback,
  type PathLike,
} from 'node:fs';
// Before proper-lockfile: what listens to signals by now stays.
import { dropForeignListeners } from '../system/signals.js';
import { lock } from 'proper-lockfile';
import { ConfigError, describe, systemCode } from '../errors.js';

// proper-lockfile brings signal-exit. On `exit` it still removes the locks.
dropForeignListeners();

/** A lock that was not renewed for this long is of a run that was killed, or lost with its machine. */
export const STALE_MS = 10_000;
/** proper-lockfile rounds a time up to the next second, and adds 5 ms. */
const ROUNDING_MS = 2000;

/** A lock that this process holds. */
export interface Lock {
  /** Whether the folder is still the one of this process: looks at the disk. */
  readonly isOurs: () => boolean;
  /** Removes the lock. The end of the process does so too. */
  readonly release: () => Promise<void>;
}

export interface LockOptions {
  /** Called if the lock was removed, or was taken by another run while this process stood still. */
  readonly onLost: () => void;
  readonly warn: (message: string) => void;
  readonly wait: (ms: number) => Promise<void>;
  /** ms since 1970 */
  readonly now?: () => number;
  readonly staleMs?: number;
}

/**
 * Takes the lock of a file: the folder `FILE.lock`. A lock with a time in the future is watched for
 * one stale period, and taken if nobody renews it.
 *
 * @param file need not exist, but its folder must
 * @returns null if another run holds it
 * @throws ConfigError if no lock can be made there, or something else has its name; what `wait` throws
 */
export async function takeLock(file: string, options: LockOptions): Promise<Lock | null> {
  const { warn, wait, now = Date.now, staleMs = STALE_MS } = options;
  const path = `${file}.lock`;
  refuseOthers(file, path);
  const taken = await tryLock(file, options);
  const time = timeOf(path);
  if (taken !== null || time === null || time <= now() + ROUNDING_MS) return taken;
  warn(
    `${path} has a time in the future (a clock was changed): waiting ${staleMs / 1000} s to see whether a run renews it`,
  );
  await wait(staleMs);
  if (timeOf(path) === time) makeStale(file, path);
  return tryLock(file, options);
}

async function tryLock(
  file: string,
  { onLost, staleMs = STALE_MS }: LockOptions,
): Promise<Lock | null> {
  const path = `${file}.lock`;
  const times = new Times();
  let held = true;
  try {
    const release = await lock(file, {
      realpath: false,
      stale: staleMs,
      fs: times.fs,
      onCompromised: () => {
        // It may still say so while it is let go of.
        if (held) onLost();
        held = false;
      },
    });
    return {
      isOurs: () => held && times.include(timeOf(path)),
      async release() {
        if (!held) return;
        held = false;
        await release();
      },
    };
  } catch (error) {
    if (systemCode(error) === 'ELOCKED') return null;
    throw noLock(file, error);
  }
}

/** The last two times that this process gave to a lock folder; the folder is ours if it has one. */
class Times {
  #last: readonly number[] = [];
  /** For proper-lockfile. All of node:fs would do, but to copy its deprecated members warns. */
  readonly fs = {
    mkdir,
    rmdir,
    rmdirSync,
    stat,
    utimes: (path: PathLike, atime: Date, mtime: Date, done: NoParamCallback): void => {
      this.#last = [...this.#last.slice(-1), mtime.getTime()];
      utimes(path, atime, mtime, done);
    },
  };

  /** Some file systems keep whole seconds. */
  include(time: number | null): boolean {
    return time !== null && this.#last.some((ours) => Math.abs(ours - time) < 1000);
  }
}

/** A file, a link, or a folder that is not empty was not made by a run, and would never go away. */
function refuseOthers(file: string, path: string): void {
  let what: string | null = null;
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isSymbolicLink()) what = 'a symbolic link';
    else if (found?.isDirectory()) what = isEmpty(path) ? null : 'a folder that is not empty';
    else if (found) what = 'a file';
  } catch (error) {
    throw noLock(file, error);
  }
  if (what === null) return;
  throw new ConfigError(
    'LOCK_UNUSABLE',
    `--state: ${path} is ${what}, but run keeps its lock, an empty folder, under this name: remove ${path}`,
  );
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    // It went away, or is the lock of another user's run, which may be unreadable.
    if (['ENOENT', 'EACCES'].includes(String(systemCode(error)))) return true;
    throw error;
  }
}

/** Gives a lock that nobody renews such a time that proper-lockfile takes it. */
function makeStale(file: string, path: string): void {
  try {
    utimesSync(path, 0, 0);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw noLock(file, error);
  }
}

function noLock(file: string, error: unknown): ConfigError {
  const why = systemCode(error) === 'ENOENT' ? 'its folder does not exist' : describe(error);
  return new ConfigError('LOCK_UNUSABLE', `--state: no lock can be put beside ${file}: ${why}`);
}

function timeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtime.getTime() ?? null;
}
