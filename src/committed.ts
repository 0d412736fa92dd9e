/** What a target says on stdout: the states it has committed, a line each. */
import type { Readable } from 'node:stream';
import { parse } from 'ndjson';
import { isObject, type JsonObject } from './json.js';

/** Told of the lines of a target. */
export interface Committed {
  /** Of states that come in one piece the last alone: each stands for all before it. */
  readonly onState: (state: JsonObject) => void;
  /** A line that is no state, in words. */
  readonly onOther: (what: string) => void;
}

/**
 * Reads a target's stdout to its end. A state is the bare value, as targets print it, or a whole STATE message; the value
 * holds an object `bookmarks`, or it is none of ours.
 */
export function readCommitted(stdout: Readable, { onState, onOther }: Committed): Promise<void> {
  return new Promise((resolve) => {
    const lines = parse({ strict: true });
    let latest: JsonObject | null = null;
    const tell = (): void => {
      if (latest !== null) onState(latest);
      latest = null;
    };
    lines.on('data', (line: unknown) => {
      const state = isObject(line) && line['type'] === 'STATE' ? line['value'] : line;
      if (!isObject(state) || !isObject(state['bookmarks'])) return onOther('JSON without bookmarks');
      if (latest === null) setImmediate(tell);
      latest = state;
    });
    // The parser says so of every line that is no JSON, and reads on; with pipe() the first one would end it.
    lines.on('error', () => onOther('text'));
    lines.on('end', () => {
      tell();
      resolve();
    });
    stdout.on('data', (chunk: Buffer) => lines.write(chunk));
    stdout.on('close', () => lines.end());
  });
}
