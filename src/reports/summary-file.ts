/** The file of `--summary`: the report of a run as JSON. */
import { codeOf, describe } from '../errors.js';
import { redactStrings, type Redact } from '../terminal/redact.js';
import type { SyncReport } from './report.js';
import { shorten, type Bookmark } from '../singer/state.js';
import type { CallStats } from './call-stats.js';
import type { CodeCount } from './code-counts.js';

/** Raised when a field changes its meaning. New fields do not raise it. */
export const SUMMARY_FORMAT = 1;

/** Facts of a run that are not in its report. */
export interface RunFacts {
  readonly version: string;
  readonly exitCode: number;
  /** ms since 1970 */
  readonly startedAt: number;
  /** The host of `base_url`. */
  readonly host: string;
  readonly callsPerHour: number;
  /** The limit of `--max-records`; null without one. */
  readonly maxRecords: number | null;
  readonly codes: readonly CodeCount[];
}

/**
 * Formats the report as JSON, as schemas/reports/summary.json describes it. Times are in seconds,
 * tokens are shortened, secrets redacted.
 */
export function summaryJson(
  { streams, ms, ended }: SyncReport,
  callStats: CallStats,
  facts: RunFacts,
  redact: Redact = (text) => text,
): string {
  const summary = {
    format: SUMMARY_FORMAT,
    version: facts.version,
    host: facts.host,
    started_at: new Date(facts.startedAt).toISOString(),
    seconds: ms / 1000,
    exit_code: facts.exitCode,
    ended: ended === null ? null : describe(ended),
    ended_code: ended === null ? null : codeOf(ended),
    run_exit_code: null,
    run_code: null,
    max_records: facts.maxRecords,
    calls_per_hour: facts.callsPerHour,
    most_calls_in_an_hour: callStats.busiestHour,
    seconds_waited: callStats.waitedMs / 1000,
    codes: facts.codes,
    streams: streams.map((report) => {
      const { calls, retries, pausedMs, latency } = callStats.of(report.stream);
      return {
        stream: report.stream,
        mode: report.mode,
        outcome: report.outcome,
        error: report.error === null ? null : describe(report.error),
        error_code: report.error === null ? null : codeOf(report.error),
        rows: report.rows,
        deleted: report.deleted,
        pages: report.pages,
        calls,
        retries,
        rejected: report.rejected,
        seconds: report.ms / 1000,
        seconds_waited_on_429: pausedMs / 1000,
        latency_p50_s: calls === 0 ? null : latency.percentile(50) / 1000,
        latency_p95_s: calls === 0 ? null : latency.percentile(95) / 1000,
        bookmark_before: shortenTokens(report.before),
        bookmark_after: shortenTokens(report.after),
      };
    }),
  };
  return `${JSON.stringify(summary, redactStrings(redact), 2)}\n`;
}

/** Fields of a bookmark that are not tokens. */
const PLAIN: ReadonlySet<string> = new Set(['walk', 'events_since', 'events_at']);

function shortenTokens(bookmark: Bookmark): Record<string, unknown> {
  const entries = Object.entries(bookmark).map(([key, value]) => [
    key,
    typeof value === 'string' && !PLAIN.has(key) ? shorten(value) : value,
  ]);
  return Object.fromEntries(entries);
}
