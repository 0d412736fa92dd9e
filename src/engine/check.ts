/** `--test`: whether a sync would work, at the price of one page of each stream. */
import { ApiError, codeOf, describe, StopError } from '../errors.js';
import type { StreamLines } from './stream-lines.js';
import { Outage } from './outage.js';
import type { StreamReport, SyncReport } from '../reports/report.js';
import type { SyncOptions } from './options.js';
import { eventPagesOf, feedNamed, linesOf, pagesOf, reportOf } from './stream-parts.js';
import type { Page } from './walk.js';
import type { PlannedStream } from '../catalog/plan.js';

/** A stream to try. */
interface Trial {
  readonly report: StreamReport;
  /** Null for a stream that is made from a feed: an event is not a row of it. */
  readonly lines: StreamLines | null;
  /** Null if the stream is made from a feed that is tried too. */
  readonly pages: AsyncGenerator<Page, void, undefined> | null;
  /** The report of that feed. */
  readonly feed: StreamReport | null;
}

/**
 * Requests one page of each stream of the plan, and logs one line on each. Nothing is written.
 *
 * @throws ConfigError if a schema of the catalog cannot be used; no request was made then
 */
export async function check(options: SyncOptions): Promise<SyncReport> {
  const { plan, now } = options;
  const start = now();
  const reports = new Map(
    plan.streams.map((planned) => [planned.stream.name, reportOf(planned, options)]),
  );
  const trials = plan.streams.flatMap((planned) => {
    const report = reports.get(planned.stream.name);
    if (report === undefined) return [];
    const feed = (planned.stream.paging === 'derived' && planned.stream.feed) || null;
    const feedReport = (feed && reports.get(feed.name)) ?? null;
    const all = linesOf(planned, report, options);
    const lines = planned.stream.paging === 'derived' ? null : all;
    const pages = feedReport === null ? firstPages(planned, report, options) : null;
    return [{ report, lines, pages, feed: feedReport }];
  });
  // A stream that is made from a feed is as good as the feed.
  trials.sort((a, b) => Number(a.feed !== null) - Number(b.feed !== null));
  const outage = new Outage();
  let ended: unknown = null;
  try {
    for (const trial of trials) {
      await tryStream(trial, options);
      if (trial !== trials.at(-1) && trial.pages !== null) outage.note(trial.report.error);
    }
  } catch (error) {
    ended = error;
  }
  return { streams: [...reports.values()], ms: now() - start, ended };
}

function firstPages(
  planned: PlannedStream,
  report: StreamReport,
  options: SyncOptions,
): AsyncGenerator<Page, void, undefined> {
  const { name, paging, feed } = planned.stream;
  return paging === 'derived' && feed
    ? eventPagesOf(name, feedNamed(feed.name), {}, options)
    : pagesOf(planned, report, options);
}

/** Tries one stream. Throws what ends the run. */
async function tryStream(trial: Trial, { log, now }: SyncOptions): Promise<void> {
  const { report, lines, pages, feed } = trial;
  const { stream } = report;
  const began = now();
  try {
    if (feed !== null) {
      if (feed.outcome === 'failed') throw feed.error;
      report.outcome = 'complete';
      log.info(`${stream}: works, from the events of ${feed.stream}`, { stream });
      return;
    }
    const { value: page } = (await pages?.next()) ?? {};
    if (page) lines?.page(page);
    report.outcome = 'complete';
    const count = lines === null ? `${page?.rows.length ?? 0} events` : `${report.rows} rows`;
    log.info(`${stream}: works, ${count} on the first page`, { stream });
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
