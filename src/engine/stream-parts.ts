/** The parts of a run over one stream: its report, its pages, and what makes lines of them. */
import { startOf } from './mode.js';
import type { SyncOptions } from './options.js';
import { StreamLines } from './stream-lines.js';
import { firstRows, walk, type Page } from './walk.js';
import type { PlannedStream } from '../catalog/plan.js';
import { ApiError } from '../errors.js';
import { newReport, type StreamReport } from '../reports/report.js';
import type { Bookmark } from '../singer/state.js';
import { STREAMS, type StreamDef } from '../streams.js';

/** Returns the report of a stream before it begins. */
export function reportOf(planned: PlannedStream, options: SyncOptions): StreamReport {
  const { bookmark, mode } = startOf(planned, options);
  return newReport(planned.stream.name, bookmark, mode);
}

/** Returns what makes lines of a stream's pages. It keeps the counts of the report up to date. */
export function linesOf(
  planned: PlannedStream,
  report: StreamReport,
  options: SyncOptions,
): StreamLines {
  const { plan, maxRejectedShare, validator, masking, log } = options;
  const { rejected } = plan;
  return new StreamLines({ planned, rejected, maxRejectedShare, validator, masking, log, report });
}

/**
 * Returns the pages of a stream from its bookmark on. After `maxRecords` rows, no further call is
 * made.
 *
 * @param report says where the stream begins; its mode is kept up to date
 */
export function pagesOf(
  { stream, fullTable }: PlannedStream,
  report: StreamReport,
  options: SyncOptions,
): AsyncGenerator<Page, void, undefined> {
  const { eventStartTokens, get, log, maxRecords } = options;
  const pages = walk(stream, {
    bookmark: report.before,
    fullTable,
    startToken: eventStartTokens[stream.name],
    get: (query) => get(stream.name, stream.path, query),
    warn: (code, message) => log.warn(code, message, { stream: stream.name }),
    onReturn: (mode) => {
      report.mode = mode;
    },
  });
  return maxRecords === undefined ? pages : firstRows(pages, maxRecords);
}

/**
 * Returns the pages of a feed for a stream that is kept from it.
 *
 * @param stream the name of that stream, for messages
 * @param bookmark the position in the feed
 * @throws ApiError if the API does not accept that position; the message says what to refresh
 */
export async function* eventPagesOf(
  stream: string,
  feed: StreamDef,
  bookmark: Bookmark,
  { eventStartTokens, get, log, maxRecords, plan }: SyncOptions,
): AsyncGenerator<Page, void, undefined> {
  const pages = walk(feed, {
    bookmark,
    fullTable: false,
    startToken: eventStartTokens[feed.name],
    get: (query) => get(stream, feed.path, query),
    warn: (code, message) => log.warn(code, message, { stream }),
  });
  try {
    yield* maxRecords === undefined ? pages : firstRows(pages, maxRecords);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'EVENT_TOKEN_STALE') throw error;
    const hasFeed = plan.streams.some((one) => one.stream.name === feed.name);
    throw new ApiError(
      `${stream}: the API no longer accepts its position in ${feed.name} ` +
        `(HTTP ${String(error.status)}), and any other start could miss deletions. To read the ` +
        `feed again, run with --full-refresh ${hasFeed ? feed.name : stream}`,
      error.fault,
      { cause: error.cause, status: error.status, code: error.code },
    );
  }
}

/** Returns the definition of a feed. */
export function feedNamed(name: string): StreamDef {
  const feed = STREAMS.find((stream) => stream.name === name);
  if (feed === undefined) throw new RangeError(`streams.ts has no feed ${name}`);
  return feed;
}
