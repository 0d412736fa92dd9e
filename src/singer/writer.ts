/** Writes messages to stdout as fast as the reader takes them. */
import type { Writable } from 'node:stream';
import { OutputError } from '../errors.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk behind it is full (ENOSPC)',
  EDQUOT: 'the quota of the disk behind it is used up (EDQUOT)',
};

/** Bytes per write for a fast reader: what a pipe takes at once. */
const LARGE_PIECE = 65_536;
/** Bytes per write for a slow reader: small, so that its progress can be seen. */
const SMALL_PIECE = 8192;

/** Writes whole lines, and waits for a slow reader. */
export class Writer {
  readonly #stream: Writable;
  #error: OutputError | null = null;
  #wake: (() => void) | null = null;
  readonly #onTaken: () => void;
  #piece = LARGE_PIECE;
  /** Writes that the reader has not taken yet. */
  #left = 0;

  /** @param onTaken called whenever the reader has taken a write */
  constructor(stream: Writable, onTaken: () => void = () => undefined) {
    this.#stream = stream;
    this.#onTaken = onTaken;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      const closed = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
      this.#fail(
        closed
          ? 'its reader went away'
          : (REASONS[error.code ?? ''] ?? error.code ?? error.message),
        closed,
      );
    });
    stream.on('close', () => this.#fail('it was closed', true));
  }

  /**
   * Writes text that ends with a line, and resolves when the reader can take more.
   *
   * @throws OutputError if the reader went away or the disk is full
   */
  async write(text: string): Promise<void> {
    await this.writeLines([text]);
  }

  /** Same as `write`, for many lines. A write holds whole lines unless one line is longer. */
  async writeLines(lines: readonly string[]): Promise<void> {
    for (let first = 0; first < lines.length;) {
      let size = 0;
      let end = first;
      // Joining the lines before encoding them takes twice the time: everything is copied again.
      for (; end < lines.length; end += 1) {
        const length = Buffer.byteLength(lines[end] ?? '');
        if (end > first && size + length > this.#piece) break;
        size += length;
      }
      const bytes = Buffer.allocUnsafeSlow(size);
      for (let at = 0; first < end; first += 1) at += bytes.write(lines[first] ?? '', at);
      for (let at = 0; at < size; at += LARGE_PIECE)
        await this.#put(bytes.subarray(at, at + LARGE_PIECE));
    }
  }

  /**
   * Resolves when everything is written.
   *
   * @throws OutputError if it could not be
   */
  async end(): Promise<void> {
    if (this.#error) throw this.#error;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#stream.write('', () => resolve());
    });
    this.#wake = null;
    if (this.#error) throw this.#error;
  }

  async #put(bytes: Buffer): Promise<void> {
    if (this.#error) throw this.#error;
    this.#left += 1;
    const hasRoom = this.#stream.write(bytes, (error) => {
      // The error event ends the wait.
      if (error) return;
      this.#left -= 1;
      this.#onTaken();
      if (this.#left === 0) this.#wake?.();
    });
    const { writableLength } = this.#stream;
    this.#piece = writableLength === 0 ? LARGE_PIECE : SMALL_PIECE;
    // What waits in the stream is taken as one write: a larger one would make the reader seem to
    // stand still.
    if (!hasRoom || writableLength > SMALL_PIECE) await this.#taken();
    if (this.#error) throw this.#error;
  }

  #fail(why: string, closed: boolean): void {
    this.#error ??= new OutputError(`stdout could not be written: ${why}`, closed);
    this.#wake?.();
  }

  #taken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
    });
  }
}
