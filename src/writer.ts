/** Singer messages, and their way to stdout at the reader's pace. */
import type { Writable } from 'node:stream';
import { OutputError } from './errors.js';
import type { StreamSchema } from './schema.js';
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

/** Lines as bytes. They are encoded one by one: to join a page of them first takes twice the time, since all of it is copied again. */
function bytesOf(lines: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafeSlow(lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0));
  let at = 0;
  for (const line of lines) at += bytes.write(line, at);
  return bytes;
}

/** Writes whole lines, and waits where the reader is slow. */
export class Writer {
  readonly #stream: Writable;
  #error: OutputError | null = null;
  #wake: (() => void) | null = null;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      const closed = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
      this.#fail(closed ? 'its reader went away' : (REASONS[error.code ?? ''] ?? error.code ?? error.message), closed);
    });
    stream.on('close', () => this.#fail('it was closed', true));
    stream.on('drain', () => this.#wake?.());
  }

  /**
   * Writes text that ends with a line, and resolves when the reader can take more.
   *
   * @throws OutputError as soon as it is known that the reader went away or the disk is full
   */
  async write(text: string): Promise<void> {
    await this.writeLines([text]);
  }

  /** As `write`, for many lines in one piece. */
  async writeLines(lines: readonly string[]): Promise<void> {
    if (this.#error) throw this.#error;
    if (!this.#stream.write(bytesOf(lines))) await this.#drained();
    if (this.#error) throw this.#error;
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

  #fail(why: string, closed: boolean): void {
    this.#error ??= new OutputError(`stdout could not be written: ${why}`, closed);
    this.#wake?.();
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
    });
  }
}
