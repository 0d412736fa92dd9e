/**
 * Cuts a stream of bytes into whole lines, in time linear to its length. split2 4 needs quadratic
 * time: it splits all that it holds again with each chunk, also with `maxLength`.
 */
const LINE_FEED = 0x0a;

export class LineBuffer {
  readonly #limit: number;
  readonly #onDropped: () => void;
  #held: Buffer[] = [];
  #size = 0;
  #dropping = false;

  /**
   * @param limit how many bytes of an unfinished line are held; a longer line is dropped
   * @param onDropped called once for each line that is dropped
   */
  constructor(limit = Infinity, onDropped: () => void = () => undefined) {
    this.#limit = limit;
    this.#onDropped = onDropped;
  }

  /** All whole lines up to the last line end in `chunk`, or null if none is complete. */
  take(chunk: Buffer): Buffer | null {
    const rest = this.#dropping ? this.#skip(chunk) : chunk;
    const end = rest.lastIndexOf(LINE_FEED) + 1;
    const whole = end === 0 ? null : this.#join(rest.subarray(0, end));
    if (end < rest.length) this.#hold(rest.subarray(end));
    return whole;
  }

  /** What came after the last line end. */
  rest(): Buffer {
    return this.#join(Buffer.alloc(0));
  }

  /** What comes after the end of the line that is being dropped. */
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
