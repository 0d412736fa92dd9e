/** The engine: streams one after another, pages to messages, bookmarks after their rows. */
import { Ahead } from './read-ahead.js';
import { feedOf, KeptList } from './kept-list.js';
import { orderStreams } from './order.js';
import { Outage } from './outage.js';
import type { StreamLines } from './stream-lines.js';
import { eventPagesOf, feedNamed, linesOf, pagesOf, reportOf, type SyncOptions } from './turn.js';
import type { Page } from './walk.js';
import type { PlannedStream } from '../catalog/plan.js';
import { ApiError, codeOf, describe, OutputError, StopError } from '../errors.js';
import { isObject } from '../json.js';
import type { StreamReport, SyncReport } from '../reports/report.js';
import { selectedSchema } from '../shape/shape.js';
import { schemaLine, stateLine } from '../singer/messages.js';
import { forget, withBookmark, withPosition, type State } from '../singer/state.js';

/**
 * How far each stream is read ahead of the page that is written. A stream with a full buffer still
 * occupies one of the `concurrency` slots, so a small buffer would leave slots unused; a large one
 * would only cost memory (`bench/results.md`). Pages are some 80,000 characters; fewer of larger
 * ones are buffered.
 */
const AHEAD = { items: 6, size: 600_000, sizeOf: ({ size }: Page): number => size };

/** A walk of a feed is logged once in so many pages. */
const PAGES_PER_LINE = 100;

/**
 * Runs over the streams of a plan. Errors of the API and of stdout are reported, not thrown.
 *
 * @returns what happened in each stream
 * @throws ConfigError if a schema of the catalog cannot be used; nothing was fetched or written then
 */
export function sync(options: SyncOptions): Promise<SyncReport> {
  return new Sync(options).run();
}

/** A stream in the run. */
interface Turn {
  readonly planned: PlannedStream;
  readonly report: StreamReport;
  readonly lines: StreamLines;
  /** Null for a stream whose rows all come in the block of its feed. */
  readonly source: Ahead<Page> | null;
  /** Set if a feed reports deleted rows of this stream. */
  readonly kept: KeptList | null;
  /** Of a feed: the turns of the lists that it keeps. All of them come before it. */
  readonly lists: readonly Turn[];
  hasStarted: boolean;
}

class Sync {
  readonly #options: SyncOptions;
  readonly #turns: readonly Turn[];
  readonly #outage = new Outage();
  #state: State;
  /** The last STATE line that was written. */
  #written: string;
  #schemaIsLast = false;
  #fetching = 0;

  constructor(options: SyncOptions) {
    this.#options = options;
    const { plan, state, fullRefresh, maxRecords } = options;
    this.#written = stateLine(state);
    const start = forget(state, fullRefresh);
    this.#state = maxRecords === undefined ? start : state;
    const turns: Turn[] = [];
    for (const planned of orderStreams(plan.streams, state.currently_syncing))
      turns.push(this.#turn(planned, turns, start));
    this.#turns = turns;
  }

  #turn(planned: PlannedStream, before: readonly Turn[], start: State): Turn {
    const { plan, maxRecords } = this.#options;
    const { stream } = planned;
    const report = reportOf(planned, this.#options);
    const lines = linesOf(planned, report, this.#options);
    const feed = feedOf(planned);
    // With --max-records, no walk is complete, so no event may follow it.
    const isKept = feed !== null && (maxRecords === undefined || stream.paging === 'derived');
    const kept = isKept
      ? new KeptList({
          planned,
          feed,
          lines,
          report,
          bookmark: report.before,
          feedBookmark: start.bookmarks[feed.name] ?? {},
        })
      : null;
    if (kept !== null) lines.onRecord = (record) => kept.note(record);
    const hasFeed = plan.streams.some((one) => one.stream.name === feed?.name);
    const hasSource = stream.paging !== 'derived' || !hasFeed;
    return {
      planned,
      report,
      lines,
      source: hasSource ? this.#source(planned, report, kept) : null,
      kept,
      lists: before.filter((one) => one.kept?.feed.name === stream.name),
      hasStarted: false,
    };
  }

  async run(): Promise<SyncReport> {
    const { plan, writer, now } = this.#options;
    const began = now();
    let ended: unknown = null;
    this.#options.onBegin?.(this.#turns.map(({ report }) => report));
    try {
      await writer.write(this.#written);
      const { rejected } = plan;
      if (rejected) {
        const schema = selectedSchema(rejected.schema, rejected.selected, rejected.keys);
        await this.#writeSchema(schemaLine(rejected.name, schema, rejected.keys));
      }
      for (const turn of this.#turns) await this.#take(turn);
    } catch (error) {
      ended = error;
    }
    try {
      await this.#end(ended);
    } catch (error) {
      ended ??= error;
    }
    return { streams: this.#turns.map(({ report }) => report), ms: now() - began, ended };
  }

  /** Writes one stream. Throws what ends the run. */
  async #take(turn: Turn): Promise<void> {
    const { now, onEnd } = this.#options;
    const { report, source } = turn;
    const began = now();
    report.outcome = 'stopped';
    try {
      const following = await this.#pages(turn);
      // The stream ends with its feed, which comes later.
      if (source === null) return;
      report.outcome = 'complete';
      this.#outage.note(null);
      await this.#endFeed(turn, following);
    } catch (error) {
      if (error instanceof OutputError || error instanceof StopError) throw error;
      this.#fail(turn, error);
      if (error instanceof ApiError && error.fault === 'unauthorized') throw error;
      // What it still fetches must not count against the streams that follow.
      await source?.close();
      if (turn !== this.#turns.at(-1)) this.#outage.note(error);
    } finally {
      report.ms += now() - began;
      if (source !== null) onEnd?.(report);
    }
  }

  /** Reports the failure of a stream, and of those that only its events could have filled. */
  #fail({ report, lists }: Turn, error: unknown): void {
    report.outcome = 'failed';
    report.error = error;
    this.#options.log.error(codeOf(error), describe(error), { stream: report.stream });
    for (const list of lists) {
      if (list.source !== null) continue;
      list.report.outcome = 'failed';
      list.report.error = error;
    }
  }

  /**
   * Writes the pages of a stream.
   *
   * @returns the lists that followed this feed to its end
   */
  async #pages(turn: Turn): Promise<ReadonlySet<Turn>> {
    const { lines, lists, report, source } = turn;
    this.#fetch();
    await this.#writeSchema(lines.schema());
    const following = new Set(lists.filter(({ kept }) => kept?.isAt(report.before)));
    if (source === null) return following;
    for (;;) {
      const { done, value: page } = await source.next();
      if (done === true) break;
      await this.#page(turn, page, following);
    }
    lines.end();
    return following;
  }

  /** Writes a page of a stream, and on the streams of lists that follow this feed, its events. */
  async #page(turn: Turn, page: Page, following: Set<Turn>): Promise<void> {
    const { signal, onProgress } = this.#options;
    const { planned, report, lines, kept } = turn;
    // After a signal, pages that are already there are left to the next run.
    signal.throwIfAborted();
    const isDerived = planned.stream.paging === 'derived';
    const records = isDerived ? (kept?.take(page) ?? []) : lines.page(page);
    if (isDerived) report.pages += 1;
    else {
      kept?.begin(page);
      report.after = page.bookmark;
    }
    this.#keep(turn, report.stream);
    for (const list of following) {
      const events = list.kept?.take(page) ?? null;
      if (events === null) following.delete(list);
      else {
        for (const line of events) records.push(line);
        this.#keep(list, report.stream);
      }
    }
    await this.#write(records);
    if (isDerived || planned.stream.paging === 'events')
      this.#logPosition(report.stream, report.pages, page);
    onProgress?.(report);
  }

  /** Logs how far a long walk of a feed is. */
  #logPosition(stream: string, pages: number, { rows }: Page): void {
    const last = rows.at(-1);
    if (pages % PAGES_PER_LINE !== 0 || !isObject(last)) return;
    const time = typeof last['created_at'] === 'string' ? `, up to ${last['created_at']}` : '';
    this.#options.log.info(`${stream}: ${pages.toLocaleString('en')} pages of events read${time}`, {
      stream,
    });
  }

  /** Puts the bookmark of a stream into the state. */
  #keep({ report, kept }: Turn, syncing: string): void {
    if (this.#options.maxRecords !== undefined) return;
    if (kept !== null) report.after = withPosition(report.after, kept.position);
    this.#state = withBookmark(this.#state, report.stream, report.after, syncing);
  }

  /** After the last page of a feed: brings the lists that it keeps to the same position. */
  async #endFeed(turn: Turn, following: ReadonlySet<Turn>): Promise<void> {
    const { planned, report, lists, kept, source } = turn;
    if (planned.stream.paging === 'derived' && source !== null) {
      const lines = kept?.end(kept.feedPosition) ?? [];
      this.#keep(turn, report.stream);
      await this.#write(lines);
    }
    const { after } = report;
    for (const list of lists) {
      if (list.kept?.isReady !== true) continue;
      if (following.has(list)) {
        const lines = list.kept.end(after);
        this.#keep(list, report.stream);
        await this.#write(lines);
        this.#complete(list);
      } else await this.#catchUp(turn, list);
    }
  }

  /** Walks the feed once more for a list that is not at the feed's position. */
  async #catchUp({ planned, report }: Turn, list: Turn): Promise<void> {
    const { signal } = this.#options;
    const { kept, lines } = list;
    if (kept === null) return;
    try {
      const feed = planned.stream;
      const name = list.report.stream;
      let pages = 0;
      for await (const page of eventPagesOf(name, feed, kept.feedPosition, this.#options)) {
        signal.throwIfAborted();
        this.#logPosition(name, (pages += 1), page);
        const records = kept.take(page) ?? [];
        this.#keep(list, report.stream);
        await this.#write(records);
      }
      // The list has read at least as far as the feed itself, so one walk serves both from now on.
      const deletions = kept.end(report.after);
      this.#keep(list, report.stream);
      await this.#write(deletions);
      if (list.source === null) lines.end();
      this.#complete(list);
    } catch (error) {
      if (error instanceof OutputError || error instanceof StopError) throw error;
      this.#fail(list, error);
      if (error instanceof ApiError && error.fault === 'unauthorized') throw error;
    }
  }

  #complete({ report, source }: Turn): void {
    if (source !== null) return;
    report.outcome = 'complete';
    this.#options.onEnd?.(report);
  }

  /** Writes the last line: the STATE that the next run begins with. */
  async #end(ended: unknown): Promise<void> {
    const { maxRecords, writer } = this.#options;
    if (ended instanceof OutputError) return;
    const last =
      ended === null
        ? undefined
        : this.#turns.findLast(({ report }) => report.outcome !== 'skipped');
    const currently_syncing = last?.report.stream ?? null;
    if (maxRecords === undefined) this.#state = { ...this.#state, currently_syncing };
    await this.#write([], true);
    await writer.end();
  }

  /** Writes records and the STATE that holds with them, in one piece. */
  async #write(records: readonly string[], last = false): Promise<void> {
    const line = stateLine(this.#state);
    const isNew = records.length > 0 || line !== this.#written || (last && this.#schemaIsLast);
    if (!isNew) return;
    this.#written = line;
    this.#schemaIsLast = false;
    await this.#options.writer.writeLines([...records, line]);
  }

  async #writeSchema(line: string): Promise<void> {
    this.#schemaIsLast = true;
    await this.#options.writer.write(line);
  }

  #source(planned: PlannedStream, report: StreamReport, kept: KeptList | null): Ahead<Page> {
    const { stream } = planned;
    const isDerived = stream.paging === 'derived' && kept !== null;
    const pages = isDerived
      ? eventPagesOf(stream.name, feedNamed(kept.feed.name), kept.feedPosition, this.#options)
      : pagesOf(planned, report, this.#options);
    return new Ahead(pages, AHEAD, () => {
      this.#fetching -= 1;
      this.#fetch();
    });
  }

  /**
   * Lets the next streams fetch, as many at a time as `concurrency` says. Each has at most one
   * request in flight. A feed waits until the lists that it keeps are fetched, so that its events
   * are never older than their rows.
   */
  #fetch(): void {
    for (const turn of this.#turns) {
      if (this.#fetching >= this.#options.concurrency) return;
      const isReady = turn.lists.every(({ source }) => source?.hasEnded !== false);
      if (turn.source === null || turn.hasStarted || !isReady) continue;
      turn.hasStarted = true;
      this.#fetching += 1;
      turn.source.start();
    }
  }
}
