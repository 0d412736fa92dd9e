/** What a run over one stream consists of: its report, its pages, and what makes lines of them. */
import { startOf } from './mode.js';
import { StreamLines } from './stream-lines.js';
import { firstRows, walk, type Page } from './walk.js';
import type { ApiResponse, Query } from '../api/query.js';
import type { Plan, PlannedStream } from '../catalog/plan.js';
import type { PropertySchema } from '../catalog/schema.js';
import { newReport, type StreamReport } from '../reports/report.js';
import type { Writer } from '../singer/writer.js';
import type { Bookmark, State } from '../singer/state.js';
import { STREAMS, type StreamDef } from '../streams.js';
import type { Log } from '../terminal/log.js';

/** What a sync, or a test of one, needs. */
export interface SyncOptions {
  readonly plan: Plan;
  /** The state that was read. */
  readonly state: State;
  /** Streams whose bookmarks are ignored. */
  readonly fullRefresh: readonly string[];
  /** At most this many rows of each stream; bookmarks then do not move. */
  readonly maxRecords?: number | undefined;
  /** How many streams fetch at the same time. */
  readonly concurrency: number;
  readonly maxRejectedShare: number;
  /** Compiles a check for columns with keywords that a user has added to the catalog. */
  readonly validator: (schema: PropertySchema) => (value: unknown) => boolean;
  readonly eventStartTokens: Readonly<Record<string, string>>;
  readonly get: (stream: string, path: string, query: Query) => Promise<ApiResponse>;
  readonly writer: Writer;
  readonly log: Log;
  /** ms since 1970 */
  readonly now: () => number;
  /** Aborted by a signal: from then on, only a last STATE is written. */
  readonly signal: AbortSignal;
  /** Called before the first call with the reports of all streams, which are kept up to date. */
  readonly onBegin?: (reports: readonly StreamReport[]) => void;
  /** Called after each page that is written. */
  readonly onProgress?: (report: StreamReport) => void;
  /** Called at the end of each stream, whatever its outcome. */
  readonly onEnd?: (report: StreamReport) => void;
}

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
  const { plan, maxRejectedShare, validator, log } = options;
  const { rejected } = plan;
  return new StreamLines({ planned, rejected, maxRejectedShare, validator, log, report });
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
 */
export function eventPagesOf(
  stream: string,
  feed: StreamDef,
  bookmark: Bookmark,
  { eventStartTokens, get, log, maxRecords }: SyncOptions,
): AsyncGenerator<Page, void, undefined> {
  const pages = walk(feed, {
    bookmark,
    fullTable: false,
    startToken: eventStartTokens[feed.name],
    get: (query) => get(stream, feed.path, query),
    warn: (code, message) => log.warn(code, message, { stream }),
  });
  return maxRecords === undefined ? pages : firstRows(pages, maxRecords);
}

/** Returns the definition of a feed. */
export function feedNamed(name: string): StreamDef {
  const feed = STREAMS.find((stream) => stream.name === name);
  if (feed === undefined) throw new RangeError(`streams.ts has no feed ${name}`);
  return feed;
}
