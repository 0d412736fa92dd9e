/**
 * The lock of a bookmark file, so that two runs never use it at the same time. It is a folder
 * beside the file, and the run renews its modification time. Unlike a process id, that also works
 * across containers and machines.
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
// Imported before proper-lockfile, because listeners that exist by now are kept.
import { dropForeignListeners } from '../system/signals.js';
import { lock } from 'proper-lockfile';
import { ConfigError, describe, systemCode } from '../errors.js';

// proper-lockfile imports signal-exit, which listens to signals. It still removes locks on `exit`.
dropForeignListeners();

/** If a lock was not renewed for this long, its run was killed or its machine is down. */
export const STALE_MS = 10_000;
/** proper-lockfile rounds times up to the next second, and adds 5 ms. */
const ROUNDING_MS = 2000;

/** A lock that this process holds. */
export interface Lock {
  /** Checks on disk whether the folder is still that of this process. */
  readonly isOurs: () => boolean;
  /** Removes the lock. It is also removed when the process ends. */
  readonly release: () => Promise<void>;
}

export interface LockOptions {
  /** Called if the lock was removed, or another run took it while this process was suspended. */
  readonly onLost: () => void;
  readonly warn: (message: string) => void;
  readonly wait: (ms: number) => Promise<void>;
  /** ms since 1970 */
  readonly now?: () => number;
  readonly staleMs?: number;
}

/**
 * Takes the lock of a file: the folder `FILE.lock`. If the lock has a time in the future, this
 * waits for one stale period, and takes the lock if it was not renewed.
 *
 * @param file need not exist, but its folder must
 * @returns null if another run holds the lock
 * @throws ConfigError if the lock cannot be created, or something else has its name
 * @throws what `wait` throws
 */
export async function takeLock(file: string, options: LockOptions): Promise<Lock | null> {
  const { warn, wait, now = Date.now, staleMs = STALE_MS } = options;
  const path = `${file}.lock`;
  checkLockPath(file, path);
  const taken = await tryLock(file, options);
  const time = modifiedAt(path);
  if (taken !== null || time === null || time <= now() + ROUNDING_MS) return taken;
  warn(
    `${path} has a time in the future (a clock was changed): ` +
      `waiting ${staleMs / 1000} s to see whether a run renews it`,
  );
  await wait(staleMs);
  if (modifiedAt(path) === time) makeStale(file, path);
  return tryLock(file, options);
}

async function tryLock(
  file: string,
  { onLost, staleMs = STALE_MS }: LockOptions,
): Promise<Lock | null> {
  const path = `${file}.lock`;
  const times = new OwnTimes();
  let held = true;
  try {
    const release = await lock(file, {
      realpath: false,
      stale: staleMs,
      fs: times.fs,
      onCompromised: () => {
        // This may still be called while the lock is being released.
        if (held) onLost();
        held = false;
      },
    });
    return {
      isOurs: () => held && times.includes(modifiedAt(path)),
      async release() {
        if (!held) return;
        held = false;
        await release();
      },
    };
  } catch (error) {
    if (systemCode(error) === 'ELOCKED') return null;
    throw lockError(file, error);
  }
}

/**
 * The last two times that this process gave to its lock. The lock is ours if it has one of them.
 */
class OwnTimes {
  #last: readonly number[] = [];
  /** For proper-lockfile. Not all of node:fs, because copying its deprecated members warns. */
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

  /** Within a second, because some file systems store whole seconds. */
  includes(time: number | null): boolean {
    return time !== null && this.#last.some((ours) => Math.abs(ours - time) < 1000);
  }
}

/** Throws if the path is not an empty folder: no run has made it, so no run would remove it. */
function checkLockPath(file: string, path: string): void {
  let what: string | null = null;
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isSymbolicLink()) what = 'a symbolic link';
    else if (found?.isDirectory()) what = isEmpty(path) ? null : 'a folder that is not empty';
    else if (found) what = 'a file';
  } catch (error) {
    throw lockError(file, error);
  }
  if (what === null) return;
  throw new ConfigError(
    'LOCK_UNUSABLE',
    `--state: ${path} is ${what}, but run needs this name for its lock, an empty folder: ` +
      `remove ${path}`,
  );
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    // It was removed meanwhile, or is the lock of another user and unreadable.
    if (['ENOENT', 'EACCES'].includes(String(systemCode(error)))) return true;
    throw error;
  }
}

/** Gives a lock an old time, so that proper-lockfile takes it over. */
function makeStale(file: string, path: string): void {
  try {
    utimesSync(path, 0, 0);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw lockError(file, error);
  }
}

function lockError(file: string, error: unknown): ConfigError {
  const why = systemCode(error) === 'ENOENT' ? 'its folder does not exist' : describe(error);
  return new ConfigError('LOCK_UNUSABLE', `--state: ${file} cannot be locked: ${why}`);
}

function modifiedAt(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtime.getTime() ?? null;
}
