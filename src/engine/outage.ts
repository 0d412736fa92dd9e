/** When the host is down, or base_url wrong, trying every stream in turn only takes time. */
import { ApiError } from '../errors.js';

/** This many streams in a row without an answer mean that the host is down, and with a 404 that base_url is wrong. */
const MOST = 3;
const NOT_FOUND = 404;

/** Counts the streams in a row that ended in connection errors, and those that were not found while none has worked. */
export class Outage {
  #unreachable = 0;
  #missing = 0;
  #isRight = false;

  /**
   * Takes how a stream ended: its error, or null.
   *
   * @throws ApiError if the others need not be tried
   */
  note(error: unknown): void {
    const { fault, status } = error instanceof ApiError ? error : {};
    this.#unreachable = fault === 'unreachable' ? this.#unreachable + 1 : 0;
    // Any answer but these says that the address is right.
    this.#isRight ||= status !== NOT_FOUND && fault !== 'unreachable';
    if (status === NOT_FOUND) this.#missing += 1;
    if (this.#unreachable === MOST) {
      throw new ApiError(
        `${MOST} streams in a row got no response: the host is down, so the remaining streams are not tried`,
        'unreachable',
      );
    }
    if (this.#isRight || this.#missing < MOST) return;
    throw new ApiError(
      `all of the first ${MOST} streams were not found (HTTP 404), so base_url has a wrong host or path: correct it; the remaining streams are not tried`,
      'bad-request',
      { status: NOT_FOUND, code: 'BASE_URL_WRONG' },
    );
  }
}
