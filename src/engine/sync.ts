/** The engine: streams one after another, pages to messages, bookmarks after their rows. */
import { Fetcher } from './fetcher.js';
import { logPosition, warnNotActivated } from './notices.js';
import { Outage } from './outage.js';
import { Output } from './output.js';
import type { SyncOptions } from './options.js';
import { eventPagesOf } from './stream-parts.js';
import { createTurns, type Turn } from './turn.js';
import type { Page } from './walk.js';
import { ApiError, codeOf, describe, OutputError, StopError } from '../errors.js';
import type { StreamReport, SyncReport } from '../reports/report.js';
import { selectedSchema } from '../shape/shape.js';
import { activateVersionLine, schemaLine } from '../singer/messages.js';
import { forget, withPosition } from '../singer/state.js';

/**
 * Runs over the streams of a plan. Errors of the API and of stdout are reported, not thrown.
 *
 * @returns what happened in each stream
 * @throws ConfigError if a schema of the catalog cannot be used; nothing was fetched then
 */
export function sync(options: SyncOptions): Promise<SyncReport> {
  return new Sync(options).run();
}

class Sync {
  readonly #options: SyncOptions;
  readonly #turns: readonly Turn[];
  readonly #outage = new Outage();
  readonly #output: Output;
  readonly #fetcher: Fetcher;

  constructor(options: SyncOptions) {
    this.#options = options;
    const { state, fullRefresh, maxRecords, writer, concurrency } = options;
    const start = forget(state, fullRefresh);
    const keepsBookmarks = maxRecords === undefined;
    this.#output = new Output({
      writer,
      read: state,
      start: keepsBookmarks ? start : state,
      keepsBookmarks,
    });
    this.#fetcher = new Fetcher(concurrency);
    this.#turns = createTurns(options, start, this.#fetcher);
  }

  async run(): Promise<SyncReport> {
    const { plan, now } = this.#options;
    const began = now();
    let ended: unknown = null;
    this.#options.onBegin?.(this.#turns.map(({ report }) => report));
    try {
      await this.#output.begin();
      const { rejected } = plan;
      if (rejected) {
        const schema = selectedSchema(rejected.schema, rejected.selected, rejected.keys);
        await this.#output.schema(schemaLine(rejected.name, schema, rejected.keys));
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
    this.#fetcher.fill();
    await this.#output.schema(lines.schema());
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
    const { planned, report } = turn;
    // After a signal, pages that are already there are left to the next run.
    signal.throwIfAborted();
    await this.#beginKept(turn, page);
    const records = this.#recordsOf(turn, page);
    this.#keep(turn, report.stream);
    for (const list of following) {
      const events = list.kept?.take(page) ?? null;
      if (events === null) following.delete(list);
      else {
        for (const line of events) records.push(line);
        this.#keep(list, report.stream);
      }
    }
    await this.#output.records(records);
    if (planned.stream.paging === 'derived' || planned.stream.paging === 'events')
      logPosition(this.#options.log, report.stream, report.pages, page);
    onProgress?.(report);
  }

  /**
   * Writes the first position of a list in its feed ahead of the list's rows: if the run is killed
   * behind the first rows, the next run must not take a row that was deleted since for one that
   * the target never had.
   */
  async #beginKept(turn: Turn, page: Page): Promise<void> {
    const { kept, planned, report } = turn;
    if (planned.stream.paging === 'derived' || kept?.begin(page) !== true) return;
    this.#keep(turn, report.stream);
    await this.#output.records([]);
  }

  /** Makes the lines of a page for the stream itself, and moves its bookmark. */
  #recordsOf({ planned, report, lines, kept, version }: Turn, page: Page): string[] {
    if (planned.stream.paging === 'derived') {
      report.pages += 1;
      return kept?.take(page) ?? [];
    }
    lines.version = version?.begin(page);
    const before = report.rows;
    const records = lines.page(page);
    if (this.#options.maxRecords === undefined) report.after = page.bookmark;
    const activation = version?.end(page, report.rows - before) ?? null;
    if (activation?.activate === true)
      records.push(activateVersionLine(planned.name, activation.version));
    else if (activation !== null) warnNotActivated(this.#options.log, report.stream, activation);
    return records;
  }

  /** Sets the bookmark of a stream, with its position in the feed and its version. */
  #keep({ report, kept, version }: Turn, syncing: string): void {
    if (this.#options.maxRecords !== undefined) return;
    if (kept !== null) report.after = withPosition(report.after, kept.position);
    // Without versions, the rows of a full walk are not counted, so its end must not activate.
    const { walk_rows: _, ...uncounted } = report.after;
    report.after = version === null ? uncounted : version.addTo(report.after);
    this.#output.keep(report.stream, report.after, syncing);
  }

  /** After the last page of a feed: brings the lists that it keeps to the same position. */
  async #endFeed(turn: Turn, following: ReadonlySet<Turn>): Promise<void> {
    const { planned, report, lists, kept, source } = turn;
    if (planned.stream.paging === 'derived' && source !== null) {
      const lines = kept?.end(kept.feedPosition) ?? [];
      this.#keep(turn, report.stream);
      await this.#output.records(lines);
    }
    const behind = new Map<string, Turn[]>();
    for (const list of lists) {
      if (list.kept?.isReady !== true) continue;
      if (following.has(list)) await this.#endList(list, report);
      else {
        const { event_token = '', last_page = '' } = list.kept.feedPosition;
        const position = `${event_token} ${last_page}`;
        behind.set(position, [...(behind.get(position) ?? []), list]);
      }
    }
    for (const group of behind.values()) await this.#catchUp(turn, group);
  }

  /** Gives a list the position of its feed, which it has reached. */
  async #endList(list: Turn, feed: StreamReport): Promise<void> {
    const lines = list.kept?.end(feed.after) ?? [];
    this.#keep(list, feed.stream);
    await this.#output.records(lines);
    if (list.source !== null) return;
    list.lines.end();
    list.report.outcome = 'complete';
    this.#options.onEnd?.(list.report);
  }

  /** Walks the feed once more, for lists that are all at the same other position. */
  async #catchUp({ planned, report }: Turn, lists: readonly Turn[]): Promise<void> {
    const { log, signal } = this.#options;
    const [first] = lists;
    if (first === undefined || first.kept === null) return;
    const name = first.report.stream;
    const { feedPosition } = first.kept;
    try {
      let pages = 0;
      for await (const page of eventPagesOf(name, planned.stream, feedPosition, this.#options)) {
        signal.throwIfAborted();
        logPosition(log, name, (pages += 1), page);
        for (const list of lists) {
          const records = list.kept?.take(page) ?? [];
          this.#keep(list, report.stream);
          await this.#output.records(records);
        }
      }
      // They have read at least as far as the feed itself, so one walk serves all from now on.
      for (const list of lists) await this.#endList(list, report);
    } catch (error) {
      if (error instanceof OutputError || error instanceof StopError) throw error;
      for (const list of lists) this.#fail(list, error);
      if (error instanceof ApiError && error.fault === 'unauthorized') throw error;
    }
  }

  /** Writes the last line. */
  async #end(ended: unknown): Promise<void> {
    if (ended instanceof OutputError) return;
    const last =
      ended === null
        ? undefined
        : this.#turns.findLast(({ report }) => report.outcome !== 'skipped');
    await this.#output.end(last?.report.stream ?? null);
  }
}
