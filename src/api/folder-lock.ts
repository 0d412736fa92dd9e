/**
 * A lock between processes, in a folder that holds one file. The file's name says who has the lock: `free`, or the name of a
 * holder. Every change is one rename, which the file system does for one process only, and the file is never deleted, so
 * there is never a second one. A dead holder's file is renamed like a free one; a holder that was only slow then finds its
 * own name gone. No clock is compared with another: a holder counts as dead if its name was seen at every look of two seconds.
 */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { systemCode } from '../errors.js';

export interface FolderLockOptions {
  /** The folder. It is made if it is missing. */
  readonly path: string;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const FREE = 'free';
const LOOK_EVERY_MS = 20;
/** A holder works for some milliseconds: after two seconds it is dead, or its machine stands still. */
const LOOKS_UNTIL_DEAD = 100;
/** Half a minute. */
const MOST_LOOKS = 1500;
/** What a rename says if its source is gone; on Windows also if another process has it open. */
const LOST = process.platform === 'win32' ? ['ENOENT', 'EPERM', 'EACCES', 'EBUSY'] : ['ENOENT'];
/** What a rename says if a folder with the lock's file is there already. */
const PRESENT = ['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'];

export class FolderLock {
  readonly #options: FolderLockOptions;
  readonly #name = randomBytes(8).toString('hex');

  constructor(options: FolderLockOptions) {
    this.#options = options;
  }

  /**
   * Does something that no other process does at the same time, and that takes milliseconds.
   *
   * @param action is done once more if another process took the lock meanwhile: it has to begin by reading
   * @param looks how often a lock that is taken is looked at, every 20 ms
   * @returns what the action returned, or null if the lock was taken all the time
   * @throws the file system's error, the action's, or the signal's reason
   */
  async hold<T>(action: () => T, signal: AbortSignal, looks = MOST_LOOKS): Promise<T | null> {
    let seen: string | null | undefined;
    let times = 0;
    for (let look = 0; look < looks; look += 1) {
      let isMine = this.#takeFrom(FREE);
      if (!isMine) {
        const holder = this.#holder();
        times = holder === seen ? times + 1 : 1;
        seen = holder;
        if (holder === undefined || times > LOOKS_UNTIL_DEAD)
          isMine = holder ? this.#takeFrom(holder) : this.#put();
      }
      const result = isMine ? this.#run(action) : null;
      if (result !== null) return result.value;
      await this.#options.sleep(LOOK_EVERY_MS, signal);
    }
    return null;
  }

  #run<T>(action: () => T): { readonly value: T } | null {
    let isKept = false;
    let value: T;
    try {
      value = action();
    } finally {
      isKept = this.#rename(this.#name, FREE);
    }
    return isKept ? { value } : null;
  }

  #takeFrom(holder: string): boolean {
    return this.#rename(holder, this.#name);
  }

  #rename(from: string, to: string): boolean {
    const { path } = this.#options;
    return attempt(() => renameSync(join(path, from), join(path, to)), LOST);
  }

  /** The name of the file: null if somebody has deleted it, undefined if there is no folder. */
  #holder(): string | null | undefined {
    try {
      return readdirSync(this.#options.path)[0] ?? null;
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
      return undefined;
    }
  }

  /** Puts a folder with the lock's file in place: the system refuses if there is one with a file already. */
  #put(): boolean {
    const { path } = this.#options;
    mkdirSync(dirname(path), { recursive: true });
    const made = mkdtempSync(`${path}.`);
    writeFileSync(join(made, this.#name), '');
    const isDone = attempt(() => renameSync(made, path), PRESENT);
    if (!isDone) rmSync(made, { recursive: true });
    return isDone;
  }
}

/** Whether an action works; false if it fails with one of the codes. */
function attempt(action: () => void, codes: readonly string[]): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (codes.includes(systemCode(error) ?? '')) return false;
    throw error;
  }
}
