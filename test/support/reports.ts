import type { Call } from '#src/api/client.js';
import { newReport, type StreamReport } from '#src/reports/report.js';

/** What became of a stream: complete and empty, but for what is given. */
export function reportOf(stream: string, given: Partial<StreamReport> = {}): StreamReport {
  return { ...newReport(stream, {}), outcome: 'complete', ...given };
}

/** A call that was answered with a page after 100 ms, but for what is given. */
export function callOf(given: Partial<Call> = {}): Call {
  return { stream: 'jobs', status: 200, ms: 100, query: {}, pausedMs: 0, ...given };
}
