/** One page of each stream, in turn: what `--test` and `--discover --live` look at. */
import { ApiError, StopError } from '../errors.js';
import { Outage } from './outage.js';
import type { StreamReport, SyncReport } from '../reports/report.js';
import type { SyncOptions } from './options.js';
import { eventPagesOf, feedNamed, pagesOf, reportOf } from './stream-parts.js';
import type { Page } from './walk.js';
import type { PlannedStream } from '../catalog/plan.js';

/**
 * Takes the first page of a stream: its rows, or events if it is made from a feed.
 *
 * @param feed the feed that the page was requested for, if it was not the stream itself
 */
export type TakePage = (page: Page | undefined, feed: string | null) => void;

export interface FirstPagesOptions extends SyncOptions {
  /** Called for each stream before the first request. */
  readonly prepare: (planned: PlannedStream, report: StreamReport) => TakePage;
  /** Called for each stream that fails. */
  readonly onFailure: (report: StreamReport) => void;
}

/** A stream to try. */
interface Trial {
  readonly report: StreamReport;
  readonly take: TakePage;
  /** Null if the stream is made from a feed that is tried too. */
  readonly pages: AsyncGenerator<Page, void, undefined> | null;
  /** The report of that feed. */
  readonly feed: StreamReport | null;
}

/**
 * Requests one page of each stream of the plan. Nothing is written.
 *
 * @throws what `prepare` throws; no request was made then
 */
export async function takeFirstPages(options: FirstPagesOptions): Promise<SyncReport> {
  const { plan, now, prepare } = options;
  const start = now();
  const reports = new Map(
    plan.streams.map((planned) => [planned.stream.name, reportOf(planned, options)]),
  );
  const trials = plan.streams.flatMap((planned): Trial[] => {
    const report = reports.get(planned.stream.name);
    if (report === undefined) return [];
    const feed = (planned.stream.paging === 'derived' && planned.stream.feed) || null;
    const feedReport = (feed && reports.get(feed.name)) ?? null;
    const pages = feedReport === null ? firstPages(planned, report, options) : null;
    return [{ report, take: prepare(planned, report), pages, feed: feedReport }];
  });
  // A stream that is made from a feed is as good as the feed.
  trials.sort((a, b) => Number(a.feed !== null) - Number(b.feed !== null));
  const outage = new Outage();
  const pages = new Map<string, Page | undefined>();
  let ended: unknown = null;
  try {
    for (const trial of trials) {
      await tryStream(trial, pages, options);
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
async function tryStream(
  { report, take, pages, feed }: Trial,
  taken: Map<string, Page | undefined>,
  { now, onFailure }: FirstPagesOptions,
): Promise<void> {
  const began = now();
  try {
    if (feed?.outcome === 'failed') throw feed.error;
    const page = feed === null ? await firstOf(pages) : taken.get(feed.stream);
    taken.set(report.stream, page);
    take(page, feed?.stream ?? null);
    report.outcome = 'complete';
  } catch (error) {
    if (error instanceof StopError) throw error;
    report.outcome = 'failed';
    report.error = error;
    onFailure(report);
    if (error instanceof ApiError && error.fault === 'unauthorized') throw error;
  } finally {
    report.ms = now() - began;
  }
}

async function firstOf(
  pages: AsyncGenerator<Page, void, undefined> | null,
): Promise<Page | undefined> {
  const first = await pages?.next();
  return first?.value ?? undefined;
}
