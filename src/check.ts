/** `--test`: whether a sync would work, at the price of one page a stream. */
import { ApiError, describe, StopError } from './errors.js';
import { StreamLines } from './lines.js';
import { newReport, type SyncReport } from './report.js';
import { sourceOf, type SyncOptions } from './sync.js';

/** Asks each stream of the plan for one page, and says a line on each. Nothing is written. */
export async function check(options: SyncOptions): Promise<SyncReport> {
  const { plan, state, log, maxRejectedShare, validator, now } = options;
  const reports = plan.streams.map(({ stream }) => newReport(stream.name, state.bookmarks[stream.name] ?? {}));
  for (const [index, planned] of plan.streams.entries()) {
    const report = reports[index];
    if (report === undefined) continue;
    const began = now();
    try {
      const { value: page } = await sourceOf(planned, report.before, options).next();
      if (page) {
        new StreamLines({ planned, rejected: plan.rejected, maxRejectedShare, validator, log, report }).page(page);
      }
      report.outcome = 'complete';
      log.info(`${report.stream}: works, ${report.rows} rows on the first page`, { stream: report.stream });
    } catch (error) {
      if (error instanceof StopError) return { streams: reports, ended: error };
      report.outcome = 'failed';
      report.error = error;
      log.error(describe(error), { stream: report.stream });
      if (error instanceof ApiError && error.fault === 'refused') return { streams: reports, ended: error };
    } finally {
      report.ms = now() - began;
    }
  }
  return { streams: reports, ended: null };
}
