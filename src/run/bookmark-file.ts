/** The bookmark file as `run` keeps it: which text to begin with, and how it moves when the target has committed something. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { describe } from '../errors.js';
import { isObject, type JsonObject } from '../json.js';
import type { Log } from '../log.js';
import { replaceFile } from '../write-file.js';

/** Bookmarks tell of a tenant's data; nobody else has to read them. */
const MODE = 0o600;

export class BookmarkFile {
  /** Its path, with links followed, so that a link stays one. */
  readonly path: string;
  readonly #log: Log;
  /** The text that is good: the next commit makes it the `.bak`. */
  #text: string | null = null;
  #commits = 0;
  #broken = false;

  constructor(file: string, log: Log) {
    this.path = existsSync(file) ? realpathSync(file) : file;
    this.#log = log;
  }

  /** How many commits it was told of. */
  get commits(): number {
    return this.#commits;
  }

  /** Whether the last commit could not be written. */
  get broken(): boolean {
    return this.#broken;
  }

  /**
   * The file to begin with: this one, or its `.bak` where this one is empty or cut off. One that does not exist is a first
   * run; what else may be wrong with it is for the tap to say.
   */
  begin(): string {
    const bak = `${this.path}.bak`;
    this.#text = wholeText(this.path);
    if (this.#text !== null || !existsSync(this.path)) return this.path;
    this.#text = wholeText(bak);
    if (this.#text === null) return this.path;
    this.#log.warn(`${this.path} is empty or cut off: going on from ${bak}, which is one commit older`);
    return bak;
  }

  /** Moves the file to a state that the target has committed, by way of a new file; the text before is kept as `.bak`. */
  move(state: JsonObject): void {
    const text = `${JSON.stringify(state)}\n`;
    this.#commits += 1;
    if (text === this.#text && !this.#broken) return;
    try {
      if (this.#text !== null) replaceFile(`${this.path}.bak`, this.#text, MODE);
      replaceFile(this.path, text, MODE);
      this.#text = text;
      this.#broken = false;
    } catch (error) {
      if (!this.#broken) this.#log.error(`${this.path} could not be written, and stays as it was: ${describe(error)}`);
      this.#broken = true;
    }
  }
}

/** The text of a file that holds a JSON object, else null. */
function wholeText(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8');
    return isObject(JSON.parse(text)) ? text : null;
  } catch {
    return null;
  }
}
