/** What a run writes: records, and the STATE that holds with them. */
import { stateLine } from '../singer/messages.js';
import { withBookmark, type Bookmark, type State } from '../singer/state.js';
import type { Writer } from '../singer/writer.js';

export interface OutputOptions {
  readonly writer: Writer;
  /** The STATE that the run begins with, as it was read. */
  readonly read: State;
  /** The state that the bookmarks of this run change. */
  readonly start: State;
  /** Whether bookmarks move. They do not with `--max-records`. */
  readonly keepsBookmarks: boolean;
}

/** Writes the messages of a run. A STATE is never ahead of its rows. */
export class Output {
  readonly #writer: Writer;
  readonly #keepsBookmarks: boolean;
  #state: State;
  /** The last STATE line that was written. */
  #written: string;
  #schemaIsLast = false;

  constructor({ writer, read, start, keepsBookmarks }: OutputOptions) {
    this.#writer = writer;
    this.#keepsBookmarks = keepsBookmarks;
    this.#state = start;
    this.#written = stateLine(read);
  }

  /** Writes the first line: STATE as it was read. */
  async begin(): Promise<void> {
    await this.#writer.write(this.#written);
  }

  /** Writes a SCHEMA line. */
  async schema(line: string): Promise<void> {
    this.#schemaIsLast = true;
    await this.#writer.write(line);
  }

  /** Sets the bookmark of a stream, which goes out with the next records. */
  keep(stream: string, bookmark: Bookmark, syncing: string): void {
    if (this.#keepsBookmarks) this.#state = withBookmark(this.#state, stream, bookmark, syncing);
  }

  /** Writes records and the STATE that holds with them, in one piece. */
  async records(lines: readonly string[]): Promise<void> {
    await this.#write(lines, false);
  }

  /**
   * Writes the last line: the STATE that the next run begins with.
   *
   * @param syncing the stream in which the run was cut short, or null
   */
  async end(syncing: string | null): Promise<void> {
    if (this.#keepsBookmarks) this.#state = { ...this.#state, currently_syncing: syncing };
    await this.#write([], true);
    await this.#writer.end();
  }

  async #write(lines: readonly string[], isLast: boolean): Promise<void> {
    const state = stateLine(this.#state);
    const isNew = lines.length > 0 || state !== this.#written || (isLast && this.#schemaIsLast);
    if (!isNew) return;
    this.#written = state;
    this.#schemaIsLast = false;
    await this.#writer.writeLines([...lines, state]);
  }
}
