/** What happened in a run, stream by stream: kept up while it goes on, told at its end. */
import type { Bookmark } from '../singer/state.js';

/** What a walk brings: what is new since a token, the rest of an interrupted walk, or all rows. */
export type Mode = 'incremental' | 'continued' | 'full';

/** How a stream ended: `stopped` was cut short, `skipped` was not begun. */
export type StreamOutcome = 'complete' | 'failed' | 'stopped' | 'skipped';

/** What became of one stream. */
export interface StreamReport {
  readonly stream: string;
  /** How it began. */
  readonly began: Mode;
  /** How it went on: a stale token makes it start anew. */
  mode: Mode;
  /** Rows emitted. */
  rows: number;
  pages: number;
  /** Cells and rows that went to `rejected_records`. */
  rejected: number;
  /** ms, from the stream's turn to the end of it. */
  ms: number;
  outcome: StreamOutcome;
  /** Why it failed. */
  error: unknown;
  readonly before: Bookmark;
  after: Bookmark;
}

/** What became of a run. */
export interface SyncReport {
  /** In the order in which they were emitted. */
  readonly streams: readonly StreamReport[];
  /** ms, of the whole run. */
  readonly ms: number;
  /** What ended the run before its time, or null. */
  readonly ended: unknown;
}

/** The report of a stream that has not begun. */
export function newReport(stream: string, bookmark: Bookmark, mode: Mode = 'full'): StreamReport {
  return {
    stream,
    began: mode,
    mode,
    rows: 0,
    pages: 0,
    rejected: 0,
    ms: 0,
    outcome: 'skipped',
    error: null,
    before: bookmark,
    after: bookmark,
  };
}
