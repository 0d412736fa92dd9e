/** The limit of the requests of a probe. */
import { StopError } from '../../errors.js';

/** Requests that a probe makes at most, retries included. */
export const MOST_CALLS = 40;

/** Counts requests, and aborts its signal when the last one is made: the next never leaves. */
export class CallLimit {
  readonly #controller = new AbortController();
  #calls = 0;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Requests so far. */
  get calls(): number {
    return this.#calls;
  }

  /** Counts a request that was made. */
  count(): void {
    this.#calls += 1;
    if (this.#calls < MOST_CALLS) return;
    this.#controller.abort(new StopError(`the probe makes ${MOST_CALLS} requests at most`));
  }
}
