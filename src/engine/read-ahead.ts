/** Fetching ahead of the writer, within bounds. */

const END = { done: true, value: undefined } as const;

/** How far ahead a source is read: at most so many items, and a further one only as long as those ready are smaller than `size` together. */
export interface AheadLimits<T> {
  readonly items: number;
  readonly size: number;
  /** The size of an item, in the unit of `size`. */
  readonly sizeOf: (item: T) => number;
}

/**
 * Reads a source ahead of its consumer, one item at a time, beyond the one handed out and within limits. It starts when `start` is
 * called or the first item is wanted.
 */
export class Ahead<T> {
  readonly #source: AsyncIterator<T, void, undefined>;
  readonly #limits: AheadLimits<T>;
  readonly #onEnd: () => void;
  /** What is ready, and last what is being fetched. */
  readonly #queue: Promise<IteratorResult<T, void>>[] = [];
  /** Of what is ready. */
  #size = 0;
  #fetching: Promise<void> | null = null;
  #closed = false;
  #ended = false;

  /** @param onEnd told once the source has nothing more to fetch, failed, or was closed */
  constructor(
    source: AsyncIterator<T, void, undefined>,
    limits: AheadLimits<T>,
    onEnd: () => void,
  ) {
    this.#source = source;
    this.#limits = limits;
    this.#onEnd = onEnd;
  }

  /** Whether nothing more is fetched. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Begins to fetch, or goes on where there is room. */
  start(): void {
    const { items, size } = this.#limits;
    const isFull = this.#queue.length >= items || this.#size >= size;
    if (isFull || this.#fetching !== null || this.#closed || this.#ended) return;
    const item = this.#source.next();
    this.#queue.push(item);
    this.#fetching = item.then(
      (result) => this.#fetched(result),
      () => this.#end(),
    );
  }

  /** The next item; rejects as the source did. */
  async next(): Promise<IteratorResult<T, void>> {
    this.start();
    const item = this.#queue.shift();
    if (item === undefined) return END;
    const result = await item;
    if (result.done !== true) this.#size -= this.#limits.sizeOf(result.value);
    this.start();
    return result;
  }

  /** Gives the rest up; resolves when nothing is being fetched any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#fetching;
    this.#end();
  }

  #fetched(result: IteratorResult<T, void>): void {
    this.#fetching = null;
    if (result.done === true) {
      this.#end();
      return;
    }
    this.#size += this.#limits.sizeOf(result.value);
    this.start();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
  }
}
