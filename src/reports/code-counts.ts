/** Counts the warnings and errors of a run, for the summary. */
import type { Code } from '../codes.js';
import type { Log } from '../terminal/log.js';

/** How often a warning or error was logged. */
export interface CodeCount {
  readonly code: Code;
  readonly level: 'warning' | 'error';
  /** Null if the line names no stream. */
  readonly stream: string | null;
  count: number;
}

export class CodeCounts {
  readonly #counts = new Map<string, CodeCount>();

  /** Returns a log that counts, and passes each line on to `log`. */
  of(log: Log): Log {
    return {
      ...log,
      warn: (code, message, fields) => {
        this.#add('warning', code, fields?.stream);
        log.warn(code, message, fields);
      },
      error: (code, message, fields) => {
        this.#add('error', code, fields?.stream);
        log.error(code, message, fields);
      },
    };
  }

  /** The counts so far, in the order in which each was logged first. */
  list(): readonly CodeCount[] {
    return [...this.#counts.values()];
  }

  #add(level: CodeCount['level'], code: Code, stream: string | null = null): void {
    const key = `${code} ${stream}`;
    const known = this.#counts.get(key);
    if (known) known.count += 1;
    else this.#counts.set(key, { code, level, stream, count: 1 });
  }
}
