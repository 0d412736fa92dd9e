/** The bookmark file of `run`: where a run begins, and how the file moves with each commit. */
import { describe } from '../errors.js';
import { readText } from '../system/read-json.js';
import type { JsonObject } from '../json.js';
import type { Log } from '../terminal/log.js';
import { readStateFile } from '../singer/state-file.js';
import { StateError } from '../singer/state-reader.js';
import { followLinks, replaceFile } from '../system/write-file.js';

/** Bookmarks hold data of a tenant; nobody else has to read them. */
const MODE = 0o600;

export class BookmarkFile {
  /** Its path, with links followed, so that runs by link and by path share one lock. */
  readonly path: string;
  readonly #log: Log;
  /** The text of the last good state: the next commit makes it the `.bak`. */
  #text: string | null = null;
  /** Whether the file holds that text; it may only be in the `.bak`. */
  #isInFile = false;
  #commits = 0;
  #broken = false;

  /** @throws StateError if links lead in a circle */
  constructor(file: string, log: Log) {
    try {
      this.path = followLinks(file);
    } catch (error) {
      throw new StateError(`--state: ${file} cannot be followed: ${describe(error)}`, 'unreadable');
    }
    this.#log = log;
  }

  /** How many commits there were. */
  get commits(): number {
    return this.#commits;
  }

  /** Whether the last commit could not be written. */
  get broken(): boolean {
    return this.#broken;
  }

  /**
   * The file to begin with: this one, or its `.bak` if this one is empty or cut off. A missing
   * file is a first run.
   *
   * @throws StateError if it cannot be read or is not a state; `run` must not write over it then
   */
  begin(): string {
    const fault = faultOf(this.path);
    if (fault === null) {
      this.#text = readText(this.path, 'state file');
      this.#isInFile = true;
      return this.path;
    }
    if (fault === 'missing') return this.path;
    if (fault !== 'empty' && fault.fault !== 'broken') throw fault;
    const bak = `${this.path}.bak`;
    const bakFault = faultOf(bak);
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
   * Moves the file to a state that the target has committed. The text before is kept as `.bak`
   * first: after a crash at any moment one of the two is whole.
   */
  move(state: JsonObject): void {
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
          `${this.path} could not be written, and stays as it was: ${describe(error)}`,
        );
      this.#broken = true;
    }
  }
}

/** Why a file is not a state to begin with, or null. */
function faultOf(file: string): StateError | 'empty' | 'missing' | null {
  try {
    const { found } = readStateFile(file);
    return found === 'state' ? null : found;
  } catch (error) {
    if (error instanceof StateError) return error;
    throw error;
  }
}
