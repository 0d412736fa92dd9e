/** Fetches ahead of the consumer, within limits. */

const END = { done: true, value: undefined } as const;

/** How far ahead a source is read: up to `items`, and less if their sizes add up to `size`. */
export interface AheadLimits<T> {
  readonly items: number;
  readonly size: number;
  /** The size of an item, in the unit of `size`. */
  readonly sizeOf: (item: T) => number;
}

/**
 * Reads a source ahead of its consumer, one item at a time. It starts with `start`, or when the
 * first item is requested.
 */
export class Ahead<T> {
  readonly #source: AsyncIterator<T, void, undefined>;
  readonly #limits: AheadLimits<T>;
  readonly #onEnd: () => void;
  /** The items that are ready, and then the one that is being fetched. */
  readonly #queue: Promise<IteratorResult<T, void>>[] = [];
  /** The total size of the items that are ready. */
  #size = 0;
  #fetching: Promise<void> | null = null;
  #closed = false;
  #ended = false;

  /** @param onEnd called once, when the source has ended, failed, or was closed */
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

  /** Starts to fetch, or continues if there is room. */
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

  /** Returns the next item. Rejects with the error of the source. */
  async next(): Promise<IteratorResult<T, void>> {
    this.start();
    const item = this.#queue.shift();
    if (item === undefined) return END;
    const result = await item;
    if (result.done !== true) this.#size -= this.#limits.sizeOf(result.value);
    this.start();
    return result;
  }

  /** Drops the rest. Resolves when no fetch is in progress. */
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
