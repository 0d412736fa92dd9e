/** What happened in a run, for Prometheus' textfile collector: `--metrics-file FILE`. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Gauge, Registry } from 'prom-client';
import type { SyncReport } from './report.js';
import type { RunFacts } from './summary-file.js';
import type { Tally } from './call-stats.js';

const LAST_SUCCESS = 'bolt_eci_tap_last_success_timestamp_seconds';
const PERCENTILES = [50, 95];

/**
 * The metrics as Prometheus' text. All are gauges: each run replaces the file. Each carries the file's name, without `.prom`, as the
 * label `run`: the collector reads all files of its folder, and keeps one alone of two series with the same labels.
 *
 * @param file the file that this is for, of which the time of the last success is kept where this run failed
 * @param endedAt ms since 1970
 */
export async function metricsText(
  { streams, ms }: SyncReport,
  tally: Tally,
  { exitCode, version }: RunFacts,
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
  gauge('last_run_duration_seconds', 'How long the last run took').set(ms / 1000);
  gauge('last_run_exit_code', 'The exit code of the last run').set(exitCode);
  const success = exitCode === 0 ? endedAt / 1000 : lastSuccess(file);
  if (success !== null) gauge(LAST_SUCCESS, 'When a run ended with code 0 last').set(success);

  const byStream = ['stream'];
  const ok = gauge('stream_complete', 'Whether the stream was complete in the last run', byStream);
  const failed = gauge('stream_failed', 'Whether the stream failed in the last run', byStream);
  const rows = gauge('stream_rows', 'Rows put out in the last run', byStream);
  const pages = gauge('stream_pages', 'Pages put out in the last run', byStream);
  const rejected = gauge('stream_rejected', 'Cells and rows rejected in the last run', byStream);
  const seconds = gauge(
    'stream_duration_seconds',
    'How long the stream took in the last run',
    byStream,
  );
  const retries = gauge('stream_retries', 'Calls that were made again in the last run', byStream);
  const paused = gauge(
    'stream_paused_seconds',
    'Time spent waiting after 429s in the last run',
    byStream,
  );
  const calls = gauge('stream_calls', 'Calls in the last run, by status', ['stream', 'status']);
  const latency = gauge('stream_latency_seconds', 'Latency of the API in the last run', [
    'stream',
    'percentile',
  ]);
  for (const report of streams) {
    const { stream } = report;
    const made = tally.of(stream);
    ok.set({ stream }, report.outcome === 'complete' ? 1 : 0);
    failed.set({ stream }, report.outcome === 'failed' ? 1 : 0);
    rows.set({ stream }, report.rows);
    pages.set({ stream }, report.pages);
    rejected.set({ stream }, report.rejected);
    seconds.set({ stream }, report.ms / 1000);
    retries.set({ stream }, made.retries);
    paused.set({ stream }, made.pausedMs / 1000);
    for (const [status, count] of made.statuses) calls.set({ stream, status }, count);
    if (made.calls === 0) continue;
    for (const percentile of PERCENTILES) {
      latency.set({ stream, percentile }, made.latency.percentile(percentile) / 1000);
    }
  }
  return registry.metrics();
}

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
