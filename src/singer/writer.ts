/** Singer messages, and their way to stdout at the reader's pace. */
import type { Writable } from 'node:stream';
import { OutputError } from '../errors.js';
import type { StreamSchema } from '../catalog/schema.js';
import type { State } from './state.js';

/** A SCHEMA message's line. */
export function schemaLine(stream: string, schema: StreamSchema, keys: readonly string[]): string {
  return `${JSON.stringify({ type: 'SCHEMA', stream, schema, key_properties: keys })}\n`;
}

/** A STATE message's line. */
export function stateLine(value: State): string {
  return `${JSON.stringify({ type: 'STATE', value })}\n`;
}

/**
 * RECORD messages of one stream and page: what is the same in each is made once.
 *
 * @param extractedAt when the page's answer arrived, ms since 1970
 */
export function recordLines(
  stream: string,
  extractedAt: number,
): (record: Readonly<Record<string, unknown>>) => string {
  const before = `{"type":"RECORD","stream":${JSON.stringify(stream)},"record":`;
  const after = `,"time_extracted":"${new Date(extractedAt).toISOString()}"}\n`;
  return (record) => before + JSON.stringify(record) + after;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk behind it is full (ENOSPC)',
  EDQUOT: 'the quota of the disk behind it is used up (EDQUOT)',
};

/** Pieces for a reader that keeps up: what a pipe takes at once. */
const LARGE_PIECE = 65_536;
/** Pieces for a slow reader: small, so that it is seen that it still takes something. */
const SMALL_PIECE = 8192;

/** Writes whole lines, and waits where the reader is slow. */
export class Writer {
  readonly #stream: Writable;
  #error: OutputError | null = null;
  #wake: (() => void) | null = null;
  readonly #onTaken: () => void;
  #piece = LARGE_PIECE;
  /** Pieces that were not taken yet. */
  #left = 0;

  /** @param onTaken called whenever the reader has taken a piece */
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
   * @throws OutputError as soon as it is known that the reader went away or the disk is full
   */
  async write(text: string): Promise<void> {
    await this.writeLines([text]);
  }

  /** As `write`, for many lines: in pieces, each of whole lines unless one line is longer. */
  async writeLines(lines: readonly string[]): Promise<void> {
    for (let first = 0; first < lines.length;) {
      let size = 0;
      let end = first;
      // Lines are encoded one by one: to join them first takes twice the time, since all of it is copied again.
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

  /** Resolves when all is handed over; throws OutputError where it could not be. */
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
      // An error comes as an event too, with which the wait ends.
      if (error) return;
      this.#left -= 1;
      this.#onTaken();
      if (this.#left === 0) this.#wake?.();
    });
    const { writableLength } = this.#stream;
    this.#piece = writableLength === 0 ? LARGE_PIECE : SMALL_PIECE;
    // More than a piece must not wait in the stream: it would be taken as one, and the reader seem to stand still.
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
