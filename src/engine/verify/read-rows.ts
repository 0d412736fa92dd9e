/** Reads NDJSON, and names the line of whatever is wrong. Lines are never quoted: they are data. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import ndjson from 'ndjson';
import { ConfigError, systemCode } from '../../errors.js';

/** Characters of a line. ndjson searches a line again with each piece of it that arrives. */
const LONGEST_LINE = 16 * 1024 * 1024;
const PARSING = { strict: true, maxLength: LONGEST_LINE };

/** What was read. */
export interface RowsRead {
  /** SHA-256 of all bytes, in hex. */
  readonly hash: string;
  /** Number of rows. */
  readonly rows: number;
}

/**
 * Reads rows to the end of a stream.
 *
 * @param take takes a row; returns why it cannot be used, or null
 * @param signal ends the reading
 * @throws ConfigError if a line is not JSON, too long, or not usable; it names the line
 * @throws the reason of the signal
 */
export async function readRows(
  input: Readable,
  take: (row: unknown) => string | null,
  signal: AbortSignal,
): Promise<RowsRead> {
  const hash = createHash('sha256');
  const parser = new Parser(take);
  const stop = (): void => void input.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    for await (const chunk of input) {
      signal.throwIfAborted();
      const bytes: Uint8Array = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      hash.update(bytes);
      await parser.write(decoded(decoder, bytes, parser));
    }
    signal.throwIfAborted();
    await parser.write(decoded(decoder, undefined, parser));
    return { hash: hash.digest('hex'), rows: await parser.end() };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ConfigError) throw error;
    const code = systemCode(error) ?? 'unknown error';
    throw new ConfigError('ROWS_UNUSABLE', `stdin cannot be read (${code})`, error);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function decoded(decoder: TextDecoder, bytes: Uint8Array | undefined, parser: Parser): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    const why = "not UTF-8 (Windows PowerShell's | may change the encoding)";
    throw parser.refusal(`there or in one of the next lines, the text is ${why}`);
  }
}

/** ndjson's parser, with the number of the line that it is at. */
class Parser {
  readonly #parser = ndjson.parse(PARSING);
  readonly #lines = new LineCounter();
  #taken = 0;
  #isOver = false;
  #failure: ConfigError | null = null;
  #stopWaiting: (failure: ConfigError) => void = () => undefined;

  constructor(take: (row: unknown) => string | null) {
    this.#parser
      .on('data', (row: unknown) => {
        const reason = this.#failure === null ? take(row) : null;
        if (reason !== null) this.#fail(this.refusal(reason, this.#taken + 1));
        this.#taken += 1;
      })
      .on('error', (error: Error) => this.#fail(this.refusal(reasonOf(error))))
      .on('end', () => {
        // A line `null` ends the stream.
        if (!this.#isOver || this.#taken < this.#lines.filled) this.#fail(this.refusal(NULL_LINE));
      });
  }

  /** Resolves when all rows of the text are parsed. */
  write(text: string): Promise<void> {
    this.#lines.add(text);
    return this.#wait((done) => this.#parser.write(text, done));
  }

  /** Parses the rest. Returns the number of rows. */
  async end(): Promise<number> {
    this.#lines.end();
    this.#isOver = true;
    await this.#wait((done) => this.#parser.on('end', done).end());
    return this.#taken;
  }

  #wait(start: (done: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure);
      this.#stopWaiting = reject;
      start(resolve);
      return undefined;
    });
  }

  #fail(failure: ConfigError): void {
    this.#failure ??= failure;
    this.#stopWaiting(this.#failure);
  }

  /** The error about a row: by default the one behind those that were parsed. */
  refusal(reason: string, row = this.#taken + this.#parser.readableLength + 1): ConfigError {
    return new ConfigError('ROWS_UNUSABLE', `stdin, line ${this.#lines.lineOf(row)}: ${reason}`);
  }
}

const NULL_LINE = 'null instead of an object';

function reasonOf(error: Error): string {
  if (systemCode(error) === 'ERR_STREAM_PUSH_AFTER_EOF') return NULL_LINE;
  return error.message.startsWith('maximum buffer')
    ? `longer than ${LONGEST_LINE / 1024 / 1024} MB`
    : 'not valid JSON';
}

/** Counts lines, of which ndjson leaves out the empty ones. */
class LineCounter {
  /** Lines that are not empty, so far. */
  filled = 0;
  /** For each empty line, the number of lines before it that are not empty. */
  readonly #empty: number[] = [];
  #length = 0;
  #isReturn = false;

  add(text: string): void {
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      this.#part(text, from, at);
      this.#line();
      from = at + 1;
    }
    this.#part(text, from, text.length);
  }

  /** The last line may lack its end. */
  end(): void {
    if (this.#length > 0) this.#line();
  }

  /** The line of the nth row, from 1. */
  lineOf(row: number): number {
    return row + this.#empty.filter((before) => before < row).length;
  }

  #part(text: string, from: number, to: number): void {
    if (from === to) return;
    this.#isReturn = this.#length === 0 && to - from === 1 && text.charAt(from) === '\r';
    this.#length += to - from;
  }

  #line(): void {
    if (this.#length === 0 || this.#isReturn) this.#empty.push(this.filled);
    else this.filled += 1;
    this.#length = 0;
    this.#isReturn = false;
  }
}
