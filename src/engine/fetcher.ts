/** Which streams fetch: as many at a time as `concurrency` says. */
import { Ahead } from './read-ahead.js';
import type { Page } from './walk.js';

/**
 * How far each stream is read ahead of the page that is written. A stream with a full buffer still
 * occupies one of the `concurrency` slots, so a small buffer would leave slots unused; a large one
 * would only cost memory (`bench/results.md`). Pages are some 80,000 characters; fewer of larger
 * ones are buffered.
 */
const AHEAD = { items: 6, size: 600_000, sizeOf: ({ size }: Page): number => size };

/** A stream that waits to fetch. */
interface Waiting {
  readonly source: Ahead<Page>;
  /** Sources that must have fetched everything before. */
  readonly after: readonly Ahead<Page>[];
}

/** Lets streams fetch ahead, in the order in which they were added. */
export class Fetcher {
  readonly #concurrency: number;
  readonly #waiting: Waiting[] = [];
  #fetching = 0;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /**
   * Adds a stream.
   *
   * @param pages requests a page when it is asked for one, so at most one request is in flight
   * @param after what has to be fetched before: a feed waits for the lists that it keeps, so that
   *   its last events are never older than their rows
   */
  add(
    pages: AsyncIterator<Page, void, undefined>,
    after: readonly (Ahead<Page> | null)[],
  ): Ahead<Page> {
    const source = new Ahead(pages, AHEAD, () => {
      this.#fetching -= 1;
      this.fill();
    });
    this.#waiting.push({ source, after: after.filter((one) => one !== null) });
    return source;
  }

  /** Starts the next streams, if there are free slots. */
  fill(): void {
    const ready = this.#waiting.filter(({ after }) => after.every(({ hasEnded }) => hasEnded));
    for (const one of ready.slice(0, this.#concurrency - this.#fetching)) {
      this.#waiting.splice(this.#waiting.indexOf(one), 1);
      this.#fetching += 1;
      one.source.start();
    }
  }
}
