/** What a target says on stdout: the states it has committed, a line each. */
import type { Readable } from 'node:stream';
import { isObject, type JsonObject } from '../json.js';

/** Told of the lines of a target. */
export interface Committed {
  /** Of states that come in one piece the last alone: each stands for all before it. */
  readonly onState: (state: JsonObject) => void;
  /** A line that is no state, in words. */
  readonly onOther: (what: string) => void;
}

/**
 * Reads a target's stdout to its end, lines of any kind among the states. Neither package ndjson nor readline would do: the one takes
 * a line `null` for the end of all, the other ends lines at U+2028, which JSON may hold (Node 26).
 */
export function readCommitted(stdout: Readable, { onState, onOther }: Committed): Promise<void> {
  const take = (lines: readonly string[]): void => {
    let latest: JsonObject | null = null;
    for (const line of lines) {
      if (line.trim() === '') continue;
      const state = stateOf(line);
      if (typeof state === 'string') onOther(state);
      else latest = state;
    }
    if (latest !== null) onState(latest);
  };
  return new Promise((resolve) => {
    let held = '';
    stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (held + text).split('\n');
      held = lines.pop() ?? '';
      take(lines);
    });
    stdout.on('close', () => {
      take([held]);
      resolve();
    });
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
