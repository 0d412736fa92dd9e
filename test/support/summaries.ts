/** Summaries of runs, for tests of the report. */

export const HOUR = 3_600_000;
/** When the last run of a history starts. */
export const LAST_RUN = Date.UTC(2026, 10, 24, 6, 12);

type Fields = Readonly<Record<string, unknown>>;

/** The entry of a stream that is complete, with the given fields. */
export function streamEntry(stream: string, given: Fields = {}): Fields {
  return {
    stream,
    mode: 'incremental',
    outcome: 'complete',
    error: null,
    error_code: null,
    rows: 10,
    deleted: 1,
    pages: 1,
    calls: 2,
    retries: 0,
    rejected: 0,
    seconds: 1,
    seconds_waited_on_429: 0,
    latency_p50_s: 0.2,
    latency_p95_s: 0.4,
    bookmark_before: {},
    bookmark_after: {},
    ...given,
  };
}

/** The entry of a stream that failed. */
export function failedEntry(stream: string, code = 'API_FAILED'): Fields {
  return streamEntry(stream, { outcome: 'failed', error: 'row 12: secret', error_code: code });
}

/** A summary with these streams, with the given fields. */
export function summaryOf(
  startedAt: number,
  streams: readonly Fields[],
  given: Fields = {},
): Fields {
  return {
    format: 1,
    version: '0.2.0',
    host: 'acme.bolt.example',
    started_at: new Date(startedAt).toISOString(),
    seconds: 60,
    exit_code: 0,
    ended: null,
    ended_code: null,
    run_exit_code: null,
    run_code: null,
    max_records: null,
    calls_per_hour: 900,
    most_calls_in_an_hour: 40,
    seconds_waited: 0,
    codes: [],
    streams,
    ...given,
  };
}

/** Hourly runs, the last at `LAST_RUN`: each made by a function that is given the start. */
export function hourly(...runs: readonly ((startedAt: number) => Fields)[]): Fields[] {
  return runs.map((run, index) => run(LAST_RUN - (runs.length - 1 - index) * HOUR));
}
