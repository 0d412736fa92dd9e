/** Questions on a terminal. docs/decisions.md says why no library is used for them. */
import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { StopError } from '../errors.js';

export class Prompt {
  readonly #lines: Interface;
  readonly #output: NodeJS.WritableStream;
  readonly #controller = new AbortController();
  #hidden = false;

  /** @param stopped aborts the question that is open, and every later one */
  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, stopped: AbortSignal) {
    this.#output = output;
    const echo = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (!this.#hidden) output.write(chunk);
        done();
      },
    });
    this.#lines = createInterface({ input, output: echo, terminal: true, historySize: 0 });
    const stop = (): void => this.#controller.abort(new StopError('stopped by SIGINT', 'SIGINT'));
    this.#lines.on('SIGINT', stop);
    this.#lines.on('close', stop);
    stopped.addEventListener('abort', () => this.#controller.abort(stopped.reason), { once: true });
  }

  /**
   * Asks a question.
   *
   * @returns the trimmed answer; empty text for just Enter
   * @throws StopError on Ctrl-C, at the end of the input, and if `stopped` is aborted
   */
  async ask(question: string): Promise<string> {
    const { signal } = this.#controller;
    try {
      const answer = await this.#lines.question(question, { signal });
      return answer.trim();
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  /** Asks a question, and does not show what is typed. See `ask`. */
  async askHidden(question: string): Promise<string> {
    this.#output.write(question);
    this.#hidden = true;
    try {
      return await this.ask('');
    } finally {
      this.#hidden = false;
      this.#output.write('\n');
    }
  }

  close(): void {
    this.#lines.close();
  }
}
