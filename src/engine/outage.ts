/** Ends a run early if the host is down or base_url is wrong: trying every stream takes long. */
import { ApiError } from '../errors.js';

/**
 * This many streams in a row without a response mean that the host is down; with a 404, that
 * base_url is wrong.
 */
const MOST = 3;
const NOT_FOUND = 404;

/** Counts the streams in a row without a response, and those with a 404 while none has worked. */
export class Outage {
  #unreachable = 0;
  #missing = 0;
  #isRight = false;

  /**
   * Counts the outcome of a stream.
   *
   * @param error its error, or null
   * @throws ApiError if the remaining streams are not worth trying
   */
  note(error: unknown): void {
    const { fault, status } = error instanceof ApiError ? error : {};
    this.#unreachable = fault === 'unreachable' ? this.#unreachable + 1 : 0;
    // Any other response means that the address is right.
    this.#isRight ||= status !== NOT_FOUND && fault !== 'unreachable';
    if (status === NOT_FOUND) this.#missing += 1;
    if (this.#unreachable === MOST) {
      throw new ApiError(
        `${MOST} streams in a row got no response: the host is down, so the remaining streams are ` +
          `not tried`,
        'unreachable',
      );
    }
    if (this.#isRight || this.#missing < MOST) return;
    throw new ApiError(
      `all of the first ${MOST} streams were not found (HTTP 404), so base_url has a wrong host or ` +
        `path: correct it; the remaining streams are not tried`,
      'bad-request',
      { status: NOT_FOUND, code: 'BASE_URL_WRONG' },
    );
  }
}
