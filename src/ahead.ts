/** Fetching ahead of the writer, within bounds. */

const END = { done: true, value: undefined } as const;

/**
 * Reads a source ahead of its consumer: at most `depth` items are fetched or being fetched beyond the one handed out. It starts
 * when `start` is called or the first item is wanted. The source is asked for one item at a time, so the queue is just the
 * promises of them.
 */
export class Ahead<T> {
  readonly #source: AsyncIterator<T, void, undefined>;
  readonly #depth: number;
  readonly #queue: Promise<IteratorResult<T, void>>[] = [];
  readonly #onEnd: () => void;
  /** The item that is fetched last. */
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;
  #ended = false;

  /** @param onEnd told once the source has nothing more to fetch, or failed */
  constructor(source: AsyncIterator<T, void, undefined>, depth: number, onEnd: () => void) {
    this.#source = source;
    this.#depth = depth;
    this.#onEnd = onEnd;
  }

  /** Begins to fetch, or goes on where there is room. */
  start(): void {
    while (!this.#ended && this.#queue.length < this.#depth) {
      const item = this.#last.then(() => (this.#closed ? END : this.#source.next()));
      this.#last = item;
      this.#queue.push(item);
      item.then(
        ({ done }) => done === true && this.#end(),
        () => this.#end(),
      );
    }
  }

  /** The next item; rejects as the source did. */
  async next(): Promise<IteratorResult<T, void>> {
    this.start();
    const item = this.#queue.shift();
    if (item === undefined) return END;
    const result = await item;
    this.start();
    return result;
  }

  /** Gives the rest up; resolves when nothing is being fetched any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last.catch(() => undefined);
    this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
  }
}
