/** What the tap has given to the target: enough to tell whether the target committed all of it. */
import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject } from '../json.js';

const LINE_FEED = 0x0a;
/** Where the type of a message begins: the tap's lines start with `{"type":"`. */
const TYPE_AT = '{"type":"'.length;
const [R, S, T] = Buffer.from('RST');
/** A bound for the states without rows between them, of a tap that reads empty pages for hours. */
const MOST_STATES = 1000;

export class Emitted {
  #records = 0;
  #first: string | null = null;
  /** The STATE lines since the last row that has one after it: each of them stands for all rows. */
  #covering: string[] = [];
  #hasRows = false;
  #rowsSince = false;

  /** How many RECORD messages there were. */
  get records(): number {
    return this.#records;
  }

  /** Notes whole lines of the tap. Only their types are read, since there may be millions. */
  look(lines: Buffer): void {
    for (let at = 0; at < lines.length;) {
      const end = lines.indexOf(LINE_FEED, at) + 1 || lines.length;
      const type = lines[at + TYPE_AT];
      if (type !== S) {
        if (type === R) this.#records += 1;
        this.#hasRows = true;
        this.#rowsSince = true;
      } else if (lines[at + TYPE_AT + 1] === T) this.#state(lines.toString('utf8', at, end));
      at = end;
    }
  }

  /**
   * Whether a target that committed this state last has committed all rows that a STATE follows.
   * Rows after the last STATE are the tap's failure. Only bookmarks are compared: some targets keep
   * `currently_syncing` as it was. A target that printed nothing is at the tap's first STATE,
   * which is the one in the bookmark file.
   */
  isCommitted(state: JsonObject | null): boolean {
    if (!this.#hasRows) return true;
    const bookmarks = state === null ? bookmarksIn(this.#first) : state['bookmarks'];
    return this.#covering.some((line) => isDeepStrictEqual(bookmarksIn(line), bookmarks));
  }

  #state(line: string): void {
    this.#first ??= line;
    if (this.#rowsSince) this.#covering = [];
    this.#rowsSince = false;
    this.#covering.push(line);
    if (this.#covering.length > MOST_STATES) this.#covering.splice(1, 1);
  }
}

function bookmarksIn(line: string | null): unknown {
  const message: unknown = line === null ? null : JSON.parse(line);
  const value = isObject(message) ? message['value'] : null;
  return isObject(value) ? value['bookmarks'] : null;
}
