/** Counts calls per stream, for the summary and the metrics file, in constant memory. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Call } from '../api/client.js';

/** The calls of one stream. */
export interface StreamCalls {
  calls: number;
  /** Calls that were repeated, after a fault or a 429. */
  retries: number;
  /** Time spent waiting after 429s, in ms. */
  pausedMs: number;
  /** The number of calls by HTTP status, or by error code if there was no response. */
  readonly statuses: Map<string, number>;
  /** Time from sending a request to the end of the response, in ms. */
  readonly latency: RecordableHistogram;
}

export class CallStats {
  /** The most calls in any hour, of all taps with this token on this machine. */
  busiestHour = 0;
  /** The sum of the waits of 5 s or more, whatever their reason, in ms. */
  waitedMs = 0;
  readonly #streams = new Map<string, StreamCalls>();

  add({ stream, status, ms, pausedMs, retry }: Call): void {
    const counts = this.of(stream);
    counts.calls += 1;
    counts.pausedMs += pausedMs;
    if (retry) counts.retries += 1;
    counts.statuses.set(String(status), (counts.statuses.get(String(status)) ?? 0) + 1);
    // The histogram accepts integers from 1.
    counts.latency.record(Math.max(1, Math.round(ms)));
  }

  /** The calls of a stream so far; all zero for a stream without calls. */
  of(stream: string): StreamCalls {
    const known = this.#streams.get(stream);
    if (known) return known;
    const counts = {
      calls: 0,
      retries: 0,
      pausedMs: 0,
      statuses: new Map<string, number>(),
      latency: createHistogram(),
    };
    this.#streams.set(stream, counts);
    return counts;
  }
}
