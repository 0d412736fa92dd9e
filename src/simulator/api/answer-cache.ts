/** Answers that can be given again as long as nothing changes: a benchmark then measures the tap, not the making of rows. */

import type { Answer } from './answer.js';

export class Kept {
  readonly #limit: number;
  readonly #answers = new Map<string, Answer>();
  #seq = 0;

  /** Keeps at most `limit` answers; none for 0. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The answer kept for an address; undefined if there is none, or the world has changed since (`seq` counts its changes). */
  get(address: string, seq: number): Answer | undefined {
    if (seq !== this.#seq) this.clear();
    this.#seq = seq;
    return this.#answers.get(address);
  }

  /** Keeps an answer, if it is a good one and there is room. */
  keep(address: string, answer: Answer): void {
    if (answer.status === 200 && this.#answers.size < this.#limit) this.#answers.set(address, answer);
  }

  clear(): void {
    this.#answers.clear();
  }
}
