/** When the host is down, trying every stream in turn only takes time. */
import { ApiError } from './errors.js';

/** So many streams in a row without an answer: the host is down. */
const MOST_UNREACHABLE = 3;

/** Counts the streams in a row that ended in connection errors. */
export class Outage {
  #streams = 0;

  /**
   * Takes how a stream ended: its error, or null.
   *
   * @throws ApiError where the host is down and the others need not be tried
   */
  note(error: unknown): void {
    const unreachable = error instanceof ApiError && error.fault === 'unreachable';
    this.#streams = unreachable ? this.#streams + 1 : 0;
    if (this.#streams < MOST_UNREACHABLE) return;
    throw new ApiError(
      `${MOST_UNREACHABLE} streams in a row had no answer: the host is down, the other streams are not tried`,
      'unreachable',
    );
  }
}
