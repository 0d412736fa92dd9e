/** The file of `--metrics-file`, for Prometheus' textfile collector. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Gauge, Registry } from 'prom-client';
import type { SyncReport } from './report.js';
import type { RunFacts } from './summary-file.js';
import type { CallStats } from './call-stats.js';

const LAST_SUCCESS = 'bolt_eci_tap_last_success_timestamp_seconds';
const PERCENTILES = [50, 95];

/**
 * Formats the metrics of a run. All are gauges, because each run replaces the file. The label `run`
 * is the name of the file without `.prom`: the collector merges all files of its folder, and would
 * keep only one of two series with the same labels.
 *
 * @param file where the text will be written; if the run failed, the time of the last success is
 *   taken from the present file
 * @param endedAt ms since 1970
 */
export async function metricsText(
  { streams, ms }: SyncReport,
  callStats: CallStats,
  { exitCode, version }: Pick<RunFacts, 'exitCode' | 'version'>,
  file: string,
  endedAt: number,
): Promise<string> {
  const registry = new Registry();
  registry.setDefaultLabels({ run: basename(file, '.prom') });
  const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
    new Gauge({
      name: name.startsWith('bolt') ? name : `bolt_eci_tap_${name}`,
      help,
      labelNames,
      registers: [registry],
    });

  gauge('info', 'The version of the tap', ['version']).set({ version }, 1);
  gauge('last_run_timestamp_seconds', 'When the last run ended').set(endedAt / 1000);
  gauge('last_run_duration_seconds', 'Duration of the last run').set(ms / 1000);
  gauge('last_run_exit_code', 'The exit code of the last run').set(exitCode);
  const success = exitCode === 0 ? endedAt / 1000 : lastSuccess(file);
  if (success !== null) gauge(LAST_SUCCESS, 'When a run last ended with code 0').set(success);

  const byStream = ['stream'];
  const ok = gauge('stream_complete', 'Whether the stream was complete in the last run', byStream);
  const failed = gauge('stream_failed', 'Whether the stream failed in the last run', byStream);
  const rows = gauge('stream_rows', 'Rows emitted in the last run', byStream);
  const deleted = gauge('stream_deleted', 'Rows marked as deleted in the last run', byStream);
  const pages = gauge('stream_pages', 'Pages emitted in the last run', byStream);
  const rejected = gauge('stream_rejected', 'Values and rows rejected in the last run', byStream);
  const seconds = gauge(
    'stream_duration_seconds',
    'Duration of the stream in the last run',
    byStream,
  );
  const retries = gauge('stream_retries', 'Calls that were repeated in the last run', byStream);
  const paused = gauge(
    'stream_paused_seconds',
    'Time spent waiting after 429s in the last run',
    byStream,
  );
  const callCounts = gauge('stream_calls', 'Calls in the last run, by status', [
    'stream',
    'status',
  ]);
  const latency = gauge('stream_latency_seconds', 'Latency of calls in the last run', [
    'stream',
    'percentile',
  ]);
  for (const report of streams) {
    const { stream } = report;
    const calls = callStats.of(stream);
    ok.set({ stream }, report.outcome === 'complete' ? 1 : 0);
    failed.set({ stream }, report.outcome === 'failed' ? 1 : 0);
    rows.set({ stream }, report.rows);
    deleted.set({ stream }, report.deleted);
    pages.set({ stream }, report.pages);
    rejected.set({ stream }, report.rejected);
    seconds.set({ stream }, report.ms / 1000);
    retries.set({ stream }, calls.retries);
    paused.set({ stream }, calls.pausedMs / 1000);
    for (const [status, count] of calls.statuses) callCounts.set({ stream, status }, count);
    if (calls.calls === 0) continue;
    for (const percentile of PERCENTILES) {
      latency.set({ stream, percentile }, calls.latency.percentile(percentile) / 1000);
    }
  }
  return registry.metrics();
}

/** The time of the last success in the present file, in seconds since 1970; null if unknown. */
function lastSuccess(file: string): number | null {
  try {
    const found = new RegExp(`^${LAST_SUCCESS}(?:\\{.*\\})? (\\S+)$`, 'm').exec(
      readFileSync(file, 'utf8'),
    );
    const time = Number(found?.[1] ?? NaN);
    return Number.isFinite(time) ? time : null;
  } catch {
    return null;
  }
}
