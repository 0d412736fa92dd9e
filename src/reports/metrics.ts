/**
 * `METRIC` log lines in the form that Singer tools parse: a timer for each call, and counters once
 * a minute and at the end of a stream.
 */
import type { Call } from '../api/client.js';
import type { Log } from '../terminal/log.js';
import type { StreamReport } from './report.js';

const MINUTE_MS = 60_000;

interface Counters {
  rows: number;
  rejected: number;
  calls: number;
}

export class Metrics {
  readonly #log: Log;
  readonly #now: () => number;
  #countedAt: number;
  /** The counters of each stream when they were last logged. */
  readonly #logged = new Map<string, Counters>();
  /** All calls of each stream so far. */
  readonly #calls = new Map<string, number>();

  /** @param now ms since 1970 */
  constructor(log: Log, now: () => number) {
    this.#log = log;
    this.#now = now;
    this.#countedAt = now();
  }

  /** Logs the duration of a call, with or without a response. */
  onCall({ stream, status, ms }: Call): void {
    this.#calls.set(stream, (this.#calls.get(stream) ?? 0) + 1);
    const succeeded = typeof status === 'number' && status < 400;
    this.#log.metric({
      type: 'timer',
      metric: 'http_request_duration',
      value: ms / 1000,
      tags: { stream, http_status_code: status, status: succeeded ? 'succeeded' : 'failed' },
    });
  }

  /** Logs the counters of a stream if a minute has passed. */
  onProgress(report: StreamReport): void {
    if (this.#now() - this.#countedAt < MINUTE_MS) return;
    this.#countedAt = this.#now();
    this.#logCounters(report);
  }

  /** Logs the counters and the duration of a stream that has ended. */
  onEnd(report: StreamReport): void {
    this.#logCounters(report);
    const { stream, ms, outcome } = report;
    const status = outcome === 'complete' ? 'succeeded' : 'failed';
    this.#log.metric({
      type: 'timer',
      metric: 'sync_duration',
      value: ms / 1000,
      tags: { stream, status },
    });
  }

  /** Logs the increase of the counters since they were last logged. */
  #logCounters({ stream, rows, rejected }: StreamReport): void {
    const before = this.#logged.get(stream) ?? { rows: 0, rejected: 0, calls: 0 };
    const now = { rows, rejected, calls: this.#calls.get(stream) ?? 0 };
    this.#logged.set(stream, now);
    const logIncrease = (metric: string, value: number): void =>
      this.#log.metric({ type: 'counter', metric, value, tags: { stream } });
    logIncrease('record_count', now.rows - before.rows);
    logIncrease('http_request_count', now.calls - before.calls);
    if (now.rejected > before.rejected)
      logIncrease('rejected_count', now.rejected - before.rejected);
  }
}
