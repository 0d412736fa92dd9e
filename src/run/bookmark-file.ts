/** The bookmark file of `run`: read at the start, and replaced after each commit of the target. */
import { describe } from '../errors.js';
import { readText } from '../system/read-json.js';
import type { JsonObject } from '../json.js';
import type { Log } from '../terminal/log.js';
import { readStateFile } from '../singer/state-file.js';
import { StateError } from '../singer/state-reader.js';
import { followLinks, replaceFile } from '../system/write-file.js';

/** Bookmarks may contain data of the tenant, so only the owner may read them. */
const MODE = 0o600;

export class BookmarkFile {
  /** The path with symbolic links resolved, so that runs by link and by path share one lock. */
  readonly path: string;
  readonly #log: Log;
  /** Text of the last good state. The next commit writes it to the `.bak` file. */
  #text: string | null = null;
  /** Whether the file has that text. If not, only the `.bak` file has it. */
  #isInFile = false;
  #commits = 0;
  #broken = false;

  /** @throws StateError if symbolic links form a loop */
  constructor(file: string, log: Log) {
    try {
      this.path = followLinks(file);
    } catch (error) {
      throw new StateError(
        `--state: the links of ${file} cannot be resolved: ${describe(error)}`,
        'unreadable',
      );
    }
    this.#log = log;
  }

  /** Number of commits. */
  get commits(): number {
    return this.#commits;
  }

  /** Whether the last commit could not be written. */
  get broken(): boolean {
    return this.#broken;
  }

  /**
   * Chooses the file to start from: this one, or its `.bak` if this one is empty or cut off. A
   * missing file means a first run.
   *
   * @returns the path for the tap's `--state`
   * @throws StateError if the file cannot be read or is not a state. `run` must not overwrite it
   */
  chooseStart(): string {
    const fault = checkStateFile(this.path);
    if (fault === null) {
      this.#text = readText(this.path, 'state file');
      this.#isInFile = true;
      return this.path;
    }
    if (fault === 'missing') return this.path;
    if (fault !== 'empty' && fault.fault !== 'broken') throw fault;
    const bak = `${this.path}.bak`;
    const bakFault = checkStateFile(bak);
    if (bakFault === null) {
      this.#text = readText(bak, 'state file');
      this.#log.warn(
        'STATE_RESTORED',
        `${this.path} is empty or cut off: starting from ${bak}, which is one commit older`,
      );
      return bak;
    }
    if (bakFault instanceof StateError && bakFault.fault !== 'broken') throw bakFault;
    if (fault !== 'empty') throw fault;
    return this.path;
  }

  /**
   * Writes a state that the target has committed. The previous text is written to `.bak` first, so
   * that one of the two files is complete after a crash at any moment. Failures are logged.
   */
  commit(state: JsonObject): void {
    this.#commits += 1;
    try {
      const text = `${JSON.stringify(state)}\n`;
      if (text !== this.#text || !this.#isInFile || this.#broken) {
        if (this.#text !== null && text !== this.#text)
          replaceFile(`${this.path}.bak`, this.#text, MODE);
        replaceFile(this.path, text, MODE);
      }
      this.#text = text;
      this.#isInFile = true;
      this.#broken = false;
    } catch (error) {
      if (!this.#broken)
        this.#log.error(
          'STATE_UNWRITABLE',
          `${this.path} could not be written and is unchanged: ${describe(error)}`,
        );
      this.#broken = true;
    }
  }
}

/** Returns why a run cannot start from a file; null if it can. */
function checkStateFile(file: string): StateError | 'empty' | 'missing' | null {
  try {
    const { found } = readStateFile(file);
    return found === 'state' ? null : found;
  } catch (error) {
    if (error instanceof StateError) return error;
    throw error;
  }
}
