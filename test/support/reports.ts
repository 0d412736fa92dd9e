import type { Call } from '#src/api/client.js';
import { newReport, type StreamReport } from '#src/reports/report.js';

/** A report of a complete, empty stream, with the given fields. */
export function reportOf(stream: string, given: Partial<StreamReport> = {}): StreamReport {
  return { ...newReport(stream, {}), outcome: 'complete', ...given };
}

/** A call with status 200 after 100 ms, with the given fields. */
export function callOf(given: Partial<Call> = {}): Call {
  return { stream: 'jobs', status: 200, ms: 100, query: {}, pausedMs: 0, ...given };
}
