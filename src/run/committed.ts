/** Reads the stdout of a target: the states that it has committed, one per line. */
import type { Readable } from 'node:stream';
import { isObject, type JsonObject } from '../json.js';
import { LineBuffer } from '../system/line-buffer.js';

/** Handlers for the lines of a target. */
export interface CommitHandlers {
  /** Called with the last state of each chunk, which includes all states before it. */
  readonly onState: (state: JsonObject) => void;
  /** Called for a line that is not a state; `kind` describes it. */
  readonly onOther: (kind: string) => void;
  /** Called for a line longer than `LONGEST_LINE`, which is dropped. */
  readonly onTooLong: () => void;
}

/** A state of this tap has a few kB. A longer line is not a state, and would fill the memory. */
export const LONGEST_LINE = 64 * 1024 * 1024;

/**
 * Reads a target's stdout to its end. The package ndjson ends at a line `null`, and readline splits
 * lines at U+2028 from Node 26 on, so neither can be used.
 */
export function readCommitted(
  stdout: Readable,
  { onState, onOther, onTooLong }: CommitHandlers,
  longestLine = LONGEST_LINE,
): Promise<void> {
  const buffer = new LineBuffer(longestLine, onTooLong);
  const take = (lines: Buffer | null): void => {
    let latest: JsonObject | null = null;
    for (const line of lines?.toString('utf8').split('\n') ?? []) {
      if (line.trim() === '') continue;
      const state = parseState(line);
      if (typeof state === 'string') onOther(state);
      else latest = state;
    }
    if (latest !== null) onState(latest);
  };
  return new Promise((resolve) => {
    stdout.on('data', (chunk: Buffer) => take(buffer.take(chunk)));
    stdout.on('close', () => {
      take(buffer.flush());
      resolve();
    });
  });
}

/**
 * Parses a state: the bare value, as most targets print it, or a STATE message.
 *
 * @returns a description of the line if it is neither
 */
function parseState(line: string): JsonObject | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'text';
  }
  if (isObject(value) && value['type'] === 'STATE') value = value['value'];
  return isObject(value) && isObject(value['bookmarks']) ? value : 'JSON without bookmarks';
}
