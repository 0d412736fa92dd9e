/**
 * A lock between processes: a folder that contains one file. The name of the file is `free` or the
 * name of the holder. Each change is one rename, which succeeds in one process only. The file is
 * never deleted, so there is never a second one.
 *
 * A holder counts as dead if every poll of two seconds finds its name; no clocks are compared. Its
 * file is then renamed like a free one. If it was only slow, it notices that its name is gone.
 */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { systemCode } from '../errors.js';

export interface FolderLockOptions {
  /** The folder. It is created if it is missing. */
  readonly path: string;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const FREE = 'free';
const POLL_MS = 20;
/** A holder needs a few ms. After two seconds it is dead, or its machine is suspended. */
const POLLS_UNTIL_DEAD = 100;
/** Half a minute. */
const MAX_POLLS = 1500;
/** Codes of a rename whose source is gone; on Windows also if another process has it open. */
const SOURCE_GONE =
  process.platform === 'win32' ? ['ENOENT', 'EPERM', 'EACCES', 'EBUSY'] : ['ENOENT'];
/** Codes of a rename whose target is a folder that is not empty. */
const TARGET_EXISTS = ['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'];

export class FolderLock {
  readonly #options: FolderLockOptions;
  readonly #name = randomBytes(8).toString('hex');

  constructor(options: FolderLockOptions) {
    this.#options = options;
  }

  /**
   * Runs an action under the lock. The action has to take a few ms only.
   *
   * @param action is run again if another process has taken the lock over meanwhile, so it has to
   *   read its data anew
   * @param polls how often to try, every 20 ms
   * @returns what the action returned; null if the lock was held by others all the time
   * @throws the error of the file system or of the action, or the signal's reason
   */
  async hold<T>(action: () => T, signal: AbortSignal, polls = MAX_POLLS): Promise<T | null> {
    let seen: string | null | undefined;
    let times = 0;
    for (let poll = 0; poll < polls; poll += 1) {
      let isMine = this.#takeFrom(FREE);
      if (!isMine) {
        const holder = this.#readHolder();
        times = holder === seen ? times + 1 : 1;
        seen = holder;
        if (holder === undefined || times > POLLS_UNTIL_DEAD)
          isMine = holder ? this.#takeFrom(holder) : this.#create();
      }
      const result = isMine ? this.#run(action) : null;
      if (result !== null) return result.value;
      await this.#options.sleep(POLL_MS, signal);
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
    return succeeds(() => renameSync(join(path, from), join(path, to)), SOURCE_GONE);
  }

  /** Returns the name of the file; null if it was deleted, undefined if there is no folder. */
  #readHolder(): string | null | undefined {
    try {
      return readdirSync(this.#options.path)[0] ?? null;
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
      return undefined;
    }
  }

  /** Creates the folder with its file, by a rename that fails if another process was faster. */
  #create(): boolean {
    const { path } = this.#options;
    mkdirSync(dirname(path), { recursive: true });
    const folder = mkdtempSync(`${path}.`);
    writeFileSync(join(folder, this.#name), '');
    const isDone = succeeds(() => renameSync(folder, path), TARGET_EXISTS);
    if (!isDone) rmSync(folder, { recursive: true });
    return isDone;
  }
}

/** Runs an action. Returns false if it fails with one of the codes; throws other errors. */
function succeeds(action: () => void, codes: readonly string[]): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (codes.includes(systemCode(error) ?? '')) return false;
    throw error;
  }
}
