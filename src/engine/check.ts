/** `--test`: whether a sync would work, at the price of one page a stream. */
import { ApiError, codeOf, describe, StopError } from '../errors.js';
import type { StreamLines } from './stream-lines.js';
import { Outage } from './outage.js';
import type { StreamReport, SyncReport } from '../reports/report.js';
import { linesOf, reportOf, sourceOf, type SyncOptions } from './sync.js';
import type { Page } from './walk.js';

/**
 * Asks each stream of the plan for one page, and says a line on each. Nothing is written.
 *
 * @throws ConfigError where a schema of the catalog cannot be used; nothing was asked then
 */
export async function check(options: SyncOptions): Promise<SyncReport> {
  const { plan, now } = options;
  const start = now();
  const tries = plan.streams.map((planned) => {
    const report = reportOf(planned, options);
    return {
      report,
      lines: linesOf(planned, report, options),
      pages: sourceOf(planned, report, options),
    };
  });
  const outage = new Outage();
  let ended: unknown = null;
  try {
    for (const { report, lines, pages } of tries) {
      await one(report, lines, pages, options);
      if (report !== tries.at(-1)?.report) outage.note(report.error);
    }
  } catch (error) {
    ended = error;
  }
  return { streams: tries.map(({ report }) => report), ms: now() - start, ended };
}

/** Tries one stream; throws what ends the run. */
async function one(
  report: StreamReport,
  lines: StreamLines,
  pages: AsyncGenerator<Page, void, undefined>,
  { log, now }: SyncOptions,
): Promise<void> {
  const { stream } = report;
  const began = now();
  try {
    const { value: page } = await pages.next();
    if (page) lines.page(page);
    report.outcome = 'complete';
    log.info(`${stream}: works, ${report.rows} rows on the first page`, { stream });
  } catch (error) {
    if (error instanceof StopError) throw error;
    report.outcome = 'failed';
    report.error = error;
    log.error(codeOf(error), describe(error), { stream });
    if (error instanceof ApiError && error.fault === 'unauthorized') throw error;
  } finally {
    report.ms = now() - began;
  }
}
