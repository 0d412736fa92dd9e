/** What a target prints on stdout: the states it has committed, one per line. */
import type { Readable } from 'node:stream';
import { isObject, type JsonObject } from '../json.js';
import { LineBuffer } from './line-buffer.js';

/** Handlers for the lines of a target. */
export interface Committed {
  /** The last of the states that arrive in one piece: it stands for all before it. */
  readonly onState: (state: JsonObject) => void;
  /** A line that is not a state, in words. */
  readonly onOther: (what: string) => void;
  /** A line was longer than `LONGEST_LINE` and was dropped. */
  readonly onTooLong: () => void;
}

/** A state of this tap has a few kB. What is longer than this is not one, and would fill the memory. */
export const LONGEST_LINE = 64 * 1024 * 1024;

/**
 * Reads a target's stdout to its end; other lines among the states are reported. Package ndjson
 * takes a line `null` for the end, and readline ends lines at U+2028 from Node 26 on: neither
 * can be used.
 */
export function readCommitted(
  stdout: Readable,
  { onState, onOther, onTooLong }: Committed,
  longestLine = LONGEST_LINE,
): Promise<void> {
  const buffer = new LineBuffer(longestLine, onTooLong);
  const take = (lines: Buffer | null): void => {
    let latest: JsonObject | null = null;
    for (const line of lines?.toString('utf8').split('\n') ?? []) {
      if (line.trim() === '') continue;
      const state = stateOf(line);
      if (typeof state === 'string') onOther(state);
      else latest = state;
    }
    if (latest !== null) onState(latest);
  };
  return new Promise((resolve) => {
    stdout.on('data', (chunk: Buffer) => take(buffer.take(chunk)));
    stdout.on('close', () => {
      take(buffer.rest());
      resolve();
    });
  });
}

/**
 * The state in a line: the bare value, as targets print it, or a whole STATE message. If it is
 * neither, what it is, in words.
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
