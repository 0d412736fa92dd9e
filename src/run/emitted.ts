/** Tracks what the tap passes to the target, to decide whether the target committed all of it. */
import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject } from '../json.js';

const LINE_FEED = 0x0a;
/** Index of the message type: the tap's lines start with `{"type":"`. */
const TYPE_AT = '{"type":"'.length;
const [R, S, T] = Buffer.from('RST');
/** Limits `#covering` for a tap that reads empty pages for hours. */
const MOST_STATES = 1000;

export class Emitted {
  #records = 0;
  #first: string | null = null;
  /** The STATE lines after the last row. Each of them covers all rows before it. */
  #covering: string[] = [];
  #hasRows = false;
  #rowsSince = false;

  /** Number of RECORD messages. */
  get records(): number {
    return this.#records;
  }

  /** Notes complete lines of the tap. Only STATE lines are parsed, since there may be millions. */
  note(lines: Buffer): void {
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
   * Whether a target has committed all rows that a STATE follows. Rows after the last STATE do not
   * count: the tap has failed then. Only bookmarks are compared, since some targets do not copy
   * `currently_syncing`.
   *
   * @param state the last state that the target has printed; null if it has printed none, which is
   *   right if the bookmarks are still those of the tap's first STATE
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
