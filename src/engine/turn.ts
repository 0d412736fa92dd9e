/** The streams of a run, in their order, each with what it needs. */
import type { Fetcher } from './fetcher.js';
import { feedOf, KeptList } from './kept-list.js';
import type { SyncOptions } from './options.js';
import { orderStreams } from './order.js';
import type { Ahead } from './read-ahead.js';
import type { StreamLines } from './stream-lines.js';
import { eventPagesOf, feedNamed, linesOf, pagesOf, reportOf } from './stream-parts.js';
import { TableVersion } from './table-version.js';
import type { Page } from './walk.js';
import type { PlannedStream } from '../catalog/plan.js';
import type { StreamReport } from '../reports/report.js';
import type { State } from '../singer/state.js';

/** A stream in the run. */
export interface Turn {
  readonly planned: PlannedStream;
  readonly report: StreamReport;
  readonly lines: StreamLines;
  /** Null for a stream whose rows all come in the block of its feed. */
  readonly source: Ahead<Page> | null;
  /** Set if a feed reports deleted rows of this stream. */
  readonly kept: KeptList | null;
  /** Of a feed: the turns of the lists that it keeps. All of them come before it. */
  readonly lists: readonly Turn[];
  /** Set if the records of the stream carry versions. */
  readonly version: TableVersion | null;
}

/**
 * Returns the streams of a run.
 *
 * @param start the state that they start with
 * @param fetcher fetches their pages
 * @throws ConfigError if a schema of the catalog cannot be used
 */
export function createTurns(options: SyncOptions, start: State, fetcher: Fetcher): Turn[] {
  const turns: Turn[] = [];
  for (const planned of orderStreams(options.plan.streams, options.state.currently_syncing)) {
    const report = reportOf(planned, options);
    const lines = linesOf(planned, report, options);
    const kept = createKept(planned, report, lines, start, options);
    const lists = turns.filter((one) => one.kept?.feed.name === planned.stream.name);
    const pages = createPages(planned, report, kept, options);
    const before = lists.map(({ source }) => source);
    const source = pages && fetcher.add(pages, before);
    const version = createVersion(planned, report, options);
    turns.push({ planned, report, lines, source, kept, lists, version });
  }
  return turns;
}

function createKept(
  planned: PlannedStream,
  report: StreamReport,
  lines: StreamLines,
  start: State,
  { maxRecords }: SyncOptions,
): KeptList | null {
  const feed = feedOf(planned);
  // With --max-records, no walk is complete, so no event may follow it.
  const isKept = maxRecords === undefined || planned.stream.paging === 'derived';
  if (feed === null || !isKept) return null;
  const feedBookmark = start.bookmarks[feed.name] ?? {};
  const bookmark = report.before;
  const kept = new KeptList({ planned, feed, lines, report, bookmark, feedBookmark });
  lines.onRecord = (record) => kept.note(record);
  return kept;
}

/** The pages of a stream; null if its feed is in the run and brings them. */
function createPages(
  planned: PlannedStream,
  report: StreamReport,
  kept: KeptList | null,
  options: SyncOptions,
): AsyncGenerator<Page, void, undefined> | null {
  const { name, paging } = planned.stream;
  if (paging !== 'derived' || kept === null) return pagesOf(planned, report, options);
  const { feed, feedPosition } = kept;
  return options.plan.streams.some(({ stream }) => stream.name === feed.name)
    ? null
    : eventPagesOf(name, feedNamed(feed.name), feedPosition, options);
}

function createVersion(
  { stream }: PlannedStream,
  report: StreamReport,
  { activateMinShare: minShare, maxRecords, now }: SyncOptions,
): TableVersion | null {
  const isList = stream.paging === 'list' || stream.paging === 'array';
  if (minShare === undefined || maxRecords !== undefined || !isList) return null;
  return new TableVersion({ bookmark: report.before, minShare, now });
}
