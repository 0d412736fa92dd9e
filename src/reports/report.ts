/** The report of a run: one entry per stream, updated while the run proceeds. */
import type { Bookmark } from '../singer/state.js';

/** What a walk fetches: changes since a token, the rest of an interrupted walk, or all rows. */
export type Mode = 'incremental' | 'continued' | 'full';

/** How a stream ended: `stopped` is interrupted, `skipped` is not started. */
export type StreamOutcome = 'complete' | 'failed' | 'stopped' | 'skipped';

export interface StreamReport {
  readonly stream: string;
  /** The mode in which it started. */
  readonly began: Mode;
  /** The mode in which it continued: after a stale token it restarts in full. */
  mode: Mode;
  /** The number of emitted rows. */
  rows: number;
  pages: number;
  /** The number of rows that were marked as deleted. */
  deleted: number;
  /** The number of cells and rows that were emitted as `rejected_records`. */
  rejected: number;
  /** The time from the stream's turn to its end, in ms. */
  ms: number;
  outcome: StreamOutcome;
  /** Why it failed; null if it did not. */
  error: unknown;
  readonly before: Bookmark;
  after: Bookmark;
}

export interface SyncReport {
  /** In the order of emission. */
  readonly streams: readonly StreamReport[];
  /** The duration of the run in ms. */
  readonly ms: number;
  /** The error that ended the run early; null if none did. */
  readonly ended: unknown;
}

/** The names of the streams that have one of these outcomes. */
export function streamsWith(
  streams: readonly StreamReport[],
  ...outcomes: readonly StreamOutcome[]
): string[] {
  return streams.filter(({ outcome }) => outcomes.includes(outcome)).map(({ stream }) => stream);
}

/** Creates the report of a stream that has not started. */
export function newReport(stream: string, bookmark: Bookmark, mode: Mode = 'full'): StreamReport {
  return {
    stream,
    began: mode,
    mode,
    rows: 0,
    pages: 0,
    deleted: 0,
    rejected: 0,
    ms: 0,
    outcome: 'skipped',
    error: null,
    before: bookmark,
    after: bookmark,
  };
}
