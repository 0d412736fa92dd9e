/**
 * Reuses responses until a row changes, so that a benchmark measures the tap and not the simulator.
 */

import type { SimulatedResponse } from './simulated-response.js';

export class ResponseCache {
  readonly #limit: number;
  readonly #responses = new Map<string, SimulatedResponse>();
  #seq = 0;

  /** @param limit how many responses to store; 0 disables the cache */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Returns the response stored for a URL, or undefined.
   *
   * @param seq the number of changes so far; a new number clears the cache
   */
  get(url: string, seq: number): SimulatedResponse | undefined {
    if (seq !== this.#seq) this.clear();
    this.#seq = seq;
    return this.#responses.get(url);
  }

  /** Stores a response if it is successful and the cache is not full. */
  store(url: string, response: SimulatedResponse): void {
    if (response.status === 200 && this.#responses.size < this.#limit) {
      this.#responses.set(url, response);
    }
  }

  clear(): void {
    this.#responses.clear();
  }
}
