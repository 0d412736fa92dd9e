/** The limits of a probe. */
import { StopError } from '../../errors.js';

/** Requests that a probe makes at most, retries included. */
export const MOST_CALLS = 40;
/** How long a probe may take: a person waits for it, and `Retry-After` may be an hour. */
export const MOST_MINUTES = 10;
/** Retries of a request: more would leave no calls to other questions. */
export const MOST_RETRIES = 2;

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
