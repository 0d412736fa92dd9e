/**
 * Splits a byte stream into lines, in linear time. split2 4 takes quadratic time for long lines:
 * with each chunk it splits its whole buffer again, even with `maxLength`.
 */
const LINE_FEED = 0x0a;

export class LineBuffer {
  readonly #limit: number;
  readonly #onDropped: () => void;
  #held: Buffer[] = [];
  #size = 0;
  #dropping = false;

  /**
   * @param limit maximum length of a line in bytes; a longer line is dropped
   * @param onDropped called once for each dropped line
   */
  constructor(limit = Infinity, onDropped: () => void = () => undefined) {
    this.#limit = limit;
    this.#onDropped = onDropped;
  }

  /** Adds a chunk. Returns all lines that are complete now, or null if there are none. */
  take(chunk: Buffer): Buffer | null {
    const rest = this.#dropping ? this.#skip(chunk) : chunk;
    const end = rest.lastIndexOf(LINE_FEED) + 1;
    const whole = end === 0 ? null : this.#join(rest.subarray(0, end));
    if (end < rest.length) this.#hold(rest.subarray(end));
    return whole;
  }

  /** Returns the bytes after the last line end. */
  flush(): Buffer {
    return this.#join(Buffer.alloc(0));
  }

  /** Returns the part of a chunk after the line that is being dropped. */
  #skip(chunk: Buffer): Buffer {
    const end = chunk.indexOf(LINE_FEED) + 1;
    this.#dropping = end === 0;
    return chunk.subarray(end === 0 ? chunk.length : end);
  }

  #hold(part: Buffer): void {
    this.#held.push(part);
    this.#size += part.length;
    if (this.#size <= this.#limit) return;
    this.#held = [];
    this.#size = 0;
    this.#dropping = true;
    this.#onDropped();
  }

  #join(part: Buffer): Buffer {
    if (this.#held.length === 0) return part;
    const joined = Buffer.concat([...this.#held, part]);
    this.#held = [];
    this.#size = 0;
    return joined;
  }
}
