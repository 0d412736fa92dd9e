/** Loads a stream of Singer messages into a DuckDB file, to the end of the input. */
import type { Readable } from 'node:stream';
import type { Warning } from '../codes.js';
import { DataError, systemCode } from '../errors.js';
import { LineBuffer } from '../system/line-buffer.js';
import { Database } from './database.js';
import { Loader } from './loader.js';
import { readMessage, type Message } from './messages.js';
import { createStateTable, readState } from './state-table.js';
import type { TableCounts } from './table.js';

const LINE_FEED = 0x0a;

export interface LoadOptions {
  /** Path of the DuckDB file. */
  readonly file: string;
  /** The name of the pipeline, for its state. */
  readonly stateId: string;
  /** Lines of Singer messages, in UTF-8. */
  readonly input: Readable;
  /** Called when the file is open, with the state that it holds as JSON, or null. */
  readonly onOpen: (state: string | null) => void;
  /** Called with each state that is committed, as JSON. */
  readonly onCommit: (state: string) => void;
  readonly warn: (warning: Warning) => void;
  /** ms since 1970 */
  readonly now: () => number;
  /** Waits for some ms. */
  readonly wait: (ms: number) => Promise<unknown>;
  /** Ends the input early. Whole lines that have arrived are loaded. */
  readonly signal: AbortSignal;
}

/** Counts by stream. */
export type LoadCounts = ReadonlyMap<string, TableCounts>;

/**
 * Loads the input. At its end, everything is committed. If a line is wrong, what came before it is.
 *
 * @throws ConfigError if the package of DuckDB is missing, or the file cannot be used
 * @throws DatabaseLocked if another process has opened the file
 * @throws DataError if a line is wrong; the message names it
 * @throws TapError if the file cannot be written; it holds what was committed before
 */
export async function load(options: LoadOptions): Promise<LoadCounts> {
  const { file, stateId, input, onOpen, signal, wait } = options;
  const database = await Database.open(file, wait);
  try {
    await createStateTable(database);
    onOpen(await readState(database, stateId));
    const loader = new Loader({ ...options, database });
    const stop = (): void => void input.destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await takeAll(input, loader, signal);
    } catch (error) {
      if (error instanceof DataError) await loader.commit();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
    await loader.commit();
    return loader.counts;
  } finally {
    database.close();
  }
}

async function takeAll(input: Readable, loader: Loader, signal: AbortSignal): Promise<void> {
  const buffer = new LineBuffer();
  const lines = new Lines(loader);
  try {
    for await (const chunk of input) {
      const whole = Buffer.isBuffer(chunk) ? buffer.take(chunk) : null;
      if (whole !== null) await lines.take(whole);
    }
  } catch (error) {
    // The input was destroyed, perhaps in the middle of a line.
    if (signal.aborted && systemCode(error) === 'ERR_STREAM_PREMATURE_CLOSE') return;
    throw error;
  }
  await lines.take(buffer.flush());
}

/** Counts lines, and hands their messages to a loader. */
class Lines {
  readonly #loader: Loader;
  #number = 0;

  constructor(loader: Loader) {
    this.#loader = loader;
  }

  /** Takes lines. The last one may lack its line end. */
  async take(lines: Buffer): Promise<void> {
    for (let from = 0; from < lines.length;) {
      const at = lines.indexOf(LINE_FEED, from);
      const end = at < 0 ? lines.length : at;
      this.#number += 1;
      const pending = this.#takeLine(lines.subarray(from, end));
      if (pending !== null) await pending;
      from = end + 1;
    }
  }

  /** Returns a promise only if the next line must wait, which is rare. */
  #takeLine(line: Buffer): Promise<void> | null {
    if (line.length < 2 && line.toString('latin1').trim() === '') return null;
    let message: Message | null = null;
    try {
      message = readMessage(line);
      const pending = this.#loader.take(message, line.length);
      return pending === null ? null : this.#named(pending, message);
    } catch (error) {
      throw this.#inLine(error, message);
    }
  }

  async #named(pending: Promise<void>, message: Message): Promise<void> {
    try {
      await pending;
    } catch (error) {
      throw this.#inLine(error, message);
    }
  }

  /** Adds the line and the stream to an error of the input. */
  #inLine(error: unknown, message: Message | null): unknown {
    if (!(error instanceof DataError)) return error;
    const stream = message !== null && 'stream' in message ? `, stream ${message.stream}` : '';
    return new DataError(
      error.code,
      `line ${this.#number} of the input${stream}: ${error.message}`,
    );
  }
}
