/** What a target says on stdout: the states it has committed, a line each. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { isObject, type JsonObject } from './json.js';

/** Told of the lines of a target. */
export interface Committed {
  /** Of states that come in one piece the last alone: each stands for all before it. */
  readonly onState: (state: JsonObject) => void;
  /** A line that is no state, in words. */
  readonly onOther: (what: string) => void;
}

/**
 * Reads a target's stdout to its end, lines of any kind among the states. The package ndjson would not do: it takes a line `null` for
 * the end of all.
 */
export function readCommitted(stdout: Readable, { onState, onOther }: Committed): Promise<void> {
  return new Promise((resolve) => {
    let latest: JsonObject | null = null;
    const tell = (): void => {
      if (latest !== null) onState(latest);
      latest = null;
    };
    const lines = createInterface({ input: stdout, crlfDelay: Infinity });
    lines.on('line', (line) => {
      const state = stateOf(line);
      if (typeof state === 'string') return onOther(state);
      if (latest === null) setImmediate(tell);
      latest = state;
    });
    lines.on('close', () => {
      tell();
      resolve();
    });
    stdout.on('close', () => lines.close());
  });
}

/**
 * The state in a line: the bare value, as targets print it, or a whole STATE message. It holds an object `bookmarks`, or it is none of
 * ours; what it is then, in words.
 */
function stateOf(line: string): JsonObject | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'text';
  }
  if (isObject(value) && value['type'] === 'STATE') value = value['value'];
  return isObject(value) && isObject(value['bookmarks']) ? value : 'JSON without bookmarks';
}
