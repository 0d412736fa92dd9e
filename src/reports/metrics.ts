/** `METRIC` log lines, as Singer tools read them: each call timed, counters once a minute and at the end of a stream. */
import type { Call } from '../api/client.js';
import type { Log } from '../terminal/log.js';
import type { StreamReport } from './report.js';

const MINUTE = 60_000;

interface Counters {
  rows: number;
  rejected: number;
  calls: number;
}

export class Metrics {
  readonly #log: Log;
  readonly #now: () => number;
  #saidAt: number;
  /** What was counted of a stream and not said yet, or said already. */
  readonly #said = new Map<string, Counters>();
  readonly #calls = new Map<string, number>();

  /** @param now ms since 1970 */
  constructor(log: Log, now: () => number) {
    this.#log = log;
    this.#now = now;
    this.#saidAt = now();
  }

  /** A call was answered, or was not. */
  call({ stream, status, ms }: Call): void {
    this.#calls.set(stream, (this.#calls.get(stream) ?? 0) + 1);
    const succeeded = typeof status === 'number' && status < 400;
    this.#log.metric({
      type: 'timer',
      metric: 'http_request_duration',
      value: ms / 1000,
      tags: { stream, http_status_code: status, status: succeeded ? 'succeeded' : 'failed' },
    });
  }

  /** A stream has moved on. */
  progress(report: StreamReport): void {
    if (this.#now() - this.#saidAt < MINUTE) return;
    this.#saidAt = this.#now();
    this.#count(report);
  }

  /** A stream has ended. */
  end(report: StreamReport): void {
    this.#count(report);
    const { stream, ms, outcome } = report;
    const status = outcome === 'complete' ? 'succeeded' : 'failed';
    this.#log.metric({
      type: 'timer',
      metric: 'sync_duration',
      value: ms / 1000,
      tags: { stream, status },
    });
  }

  /** Counters say what came since they were said last. */
  #count({ stream, rows, rejected }: StreamReport): void {
    const before = this.#said.get(stream) ?? { rows: 0, rejected: 0, calls: 0 };
    const now = { rows, rejected, calls: this.#calls.get(stream) ?? 0 };
    this.#said.set(stream, now);
    const say = (metric: string, value: number): void =>
      this.#log.metric({ type: 'counter', metric, value, tags: { stream } });
    say('record_count', now.rows - before.rows);
    say('http_request_count', now.calls - before.calls);
    if (now.rejected > before.rejected) say('rejected_count', now.rejected - before.rejected);
  }
}
