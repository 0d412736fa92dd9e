/** Questions on a terminal. */
import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { StopError } from '../errors.js';

export class Prompt {
  readonly #lines: Interface;
  readonly #output: NodeJS.WritableStream;
  readonly #controller = new AbortController();
  #hidden = false;

  /** Ctrl-C, the end of the input, and the abort of `stopped` end a question, and so the command. */
  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, stopped: AbortSignal) {
    this.#output = output;
    const screen = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (!this.#hidden) output.write(chunk);
        done();
      },
    });
    this.#lines = createInterface({ input, output: screen, terminal: true, historySize: 0 });
    const stop = (): void => this.#controller.abort(new StopError('stopped by SIGINT', 'SIGINT'));
    this.#lines.on('SIGINT', stop);
    this.#lines.on('close', stop);
    stopped.addEventListener('abort', () => this.#controller.abort(stopped.reason), { once: true });
  }

  /**
   * Asks, and gives the answer without blanks around it; empty where the person just pressed Enter.
   *
   * @throws StopError on Ctrl-C and at the end of the input
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

  /** Asks for what the screen must not show. */
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
