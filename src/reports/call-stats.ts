/** Calls, counted by stream: for the closing summary and for monitoring. Its memory does not grow with the calls. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Call } from '../api/client.js';

/** The calls of one stream. */
export interface CallTally {
  calls: number;
  /** Calls that were made again, after a fault or a 429. */
  retries: number;
  /** ms spent waiting after 429s. */
  pausedMs: number;
  /** How often each status, or reason for no answer, came. */
  readonly statuses: Map<string, number>;
  /** ms from sending to the end of the body. */
  readonly latency: RecordableHistogram;
}

export class Tally {
  readonly #streams = new Map<string, CallTally>();

  /** Counts a call. */
  add({ stream, status, ms, pausedMs, retry }: Call): void {
    const tally = this.of(stream);
    tally.calls += 1;
    tally.pausedMs += pausedMs;
    if (retry) tally.retries += 1;
    tally.statuses.set(String(status), (tally.statuses.get(String(status)) ?? 0) + 1);
    // The histogram takes whole numbers from 1 on.
    tally.latency.record(Math.max(1, Math.round(ms)));
  }

  /** The calls of a stream so far. */
  of(stream: string): CallTally {
    const known = this.#streams.get(stream);
    if (known) return known;
    const tally = {
      calls: 0,
      retries: 0,
      pausedMs: 0,
      statuses: new Map<string, number>(),
      latency: createHistogram(),
    };
    this.#streams.set(stream, tally);
    return tally;
  }
}
