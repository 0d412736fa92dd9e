/** What happened in a run, stream by stream: kept up while it goes on, told at its end. */
import type { Bookmark } from './state.js';

/** How a stream ended: `stopped` was cut short, `skipped` was not begun. */
export type StreamOutcome = 'complete' | 'failed' | 'stopped' | 'skipped';

/** What became of one stream. */
export interface StreamReport {
  readonly stream: string;
  /** Rows put out. */
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
  /** In the order in which they were put out. */
  readonly streams: readonly StreamReport[];
  /** What ended the run before its time, or null. */
  readonly ended: unknown;
}

export function newReport(stream: string, bookmark: Bookmark): StreamReport {
  return {
    stream,
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
