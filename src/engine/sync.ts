/** The engine: streams one after another, pages to messages, bookmarks after their rows. */
import { Ahead } from './read-ahead.js';
import { ApiError, codeOf, describe, OutputError, StopError } from '../errors.js';
import type { Log } from '../terminal/log.js';
import { startOf } from './mode.js';
import { Outage } from './outage.js';
import type { ApiResponse, Query } from '../api/query.js';
import type { Plan, PlannedStream } from '../catalog/plan.js';
import { StreamLines } from './stream-lines.js';
import { newReport, type StreamReport, type SyncReport } from '../reports/report.js';
import type { PropertySchema } from '../catalog/schema.js';
import { selectedSchema } from '../shape/shape.js';
import { forget, withBookmark, type State } from '../singer/state.js';
import { firstRows, walk, type Page } from './walk.js';
import { schemaLine, stateLine, type Writer } from '../singer/writer.js';

export interface SyncOptions {
  readonly plan: Plan;
  /** As it came in. */
  readonly state: State;
  /** Streams whose bookmarks are forgotten. */
  readonly fullRefresh: readonly string[];
  /** At most this many rows a stream; bookmarks then stay where they were. */
  readonly maxRecords?: number | undefined;
  /** Streams that fetch at the same time. */
  readonly concurrency: number;
  readonly maxRejectedShare: number;
  /** Compiles a check for columns with keywords of the user's own. */
  readonly validator: (schema: PropertySchema) => (value: unknown) => boolean;
  readonly eventStartTokens: Readonly<Record<string, string>>;
  readonly get: (stream: string, path: string, query: Query) => Promise<ApiResponse>;
  readonly writer: Writer;
  readonly log: Log;
  /** ms since 1970 */
  readonly now: () => number;
  /** Aborted by a signal: nothing but a last STATE is written any more. */
  readonly signal: AbortSignal;
  /** Called before the first call with the reports of all streams, which are kept up to date. */
  readonly onBegin?: (reports: readonly StreamReport[]) => void;
  /** Told whenever a page of a stream is written. */
  readonly onProgress?: (report: StreamReport) => void;
  /** Told when a stream has ended, however it did. */
  readonly onEnd?: (report: StreamReport) => void;
}

/**
 * How far each stream is read ahead of the page that is written. A stream that has as many pages waits for its turn and keeps its place among
 * those that fetch, so that few of them would leave `concurrency` unused; many would only cost memory (`bench/results.md`). Pages are some 80,000
 * characters; of larger ones fewer are held.
 */
const AHEAD = { items: 6, size: 600_000, sizeOf: ({ size }: Page): number => size };

/**
 * Runs over the streams of a plan, and tells what became of each. Nothing that the API or stdout may bring about is thrown.
 *
 * @throws ConfigError where a schema of the catalog cannot be used; nothing was fetched or written then
 */
export function sync(options: SyncOptions): Promise<SyncReport> {
  return new Run(options).all();
}

/** The order of a run: the stream that an earlier run was cut short in is first, the ones before it come last. */
export function turnTo(
  streams: readonly PlannedStream[],
  syncing: string | null | undefined,
): PlannedStream[] {
  const at = Math.max(
    0,
    streams.findIndex(({ stream }) => stream.name === syncing),
  );
  return [...streams.slice(at), ...streams.slice(0, at)];
}

/** The report of a stream of the plan, before it begins. */
export function reportOf(planned: PlannedStream, options: SyncOptions): StreamReport {
  const { bookmark, mode } = startOf(planned, options);
  return newReport(planned.stream.name, bookmark, mode);
}

/**
 * The pages of a stream from its bookmark on. After `maxRecords` rows no further call is made.
 *
 * @param report says where the stream begins; its mode is kept up to date
 */
export function sourceOf(
  { stream, fullTable }: PlannedStream,
  report: StreamReport,
  { eventStartTokens, get, log, maxRecords }: SyncOptions,
): AsyncGenerator<Page, void, undefined> {
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

/** What makes lines of a stream's pages, and counts in its report. */
export function linesOf(
  planned: PlannedStream,
  report: StreamReport,
  options: SyncOptions,
): StreamLines {
  const { plan, maxRejectedShare, validator, log } = options;
  return new StreamLines({
    planned,
    rejected: plan.rejected,
    maxRejectedShare,
    validator,
    log,
    report,
  });
}

/** A stream of a run: where its pages come from, what makes lines of them, and what became of it. */
interface Turn {
  readonly report: StreamReport;
  readonly lines: StreamLines;
  readonly source: Ahead<Page>;
}

class Run {
  readonly #options: SyncOptions;
  readonly #turns: readonly Turn[];
  readonly #outage = new Outage();
  #state: State;
  /** The STATE line that was written last. */
  #written: string;
  #schemaIsLast = false;
  #fetching = 0;
  #begun = 0;

  constructor(options: SyncOptions) {
    this.#options = options;
    const { plan, state, fullRefresh, maxRecords } = options;
    this.#written = stateLine(state);
    this.#state = maxRecords === undefined ? forget(state, fullRefresh) : state;
    this.#turns = turnTo(plan.streams, state.currently_syncing).map((planned) => {
      const report = reportOf(planned, options);
      return {
        report,
        lines: linesOf(planned, report, options),
        source: this.#source(planned, report),
      };
    });
  }

  async all(): Promise<SyncReport> {
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
      for (const turn of this.#turns) await this.#one(turn);
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

  /** Writes one stream; throws what ends the run. */
  async #one(turn: Turn): Promise<void> {
    const { log, now, onEnd } = this.#options;
    const { report, source } = turn;
    const began = now();
    report.outcome = 'stopped';
    try {
      await this.#pages(turn);
      report.outcome = 'complete';
      this.#outage.note(null);
    } catch (error) {
      if (error instanceof OutputError || error instanceof StopError) throw error;
      report.outcome = 'failed';
      report.error = error;
      log.error(codeOf(error), describe(error), { stream: report.stream });
      if (error instanceof ApiError && error.fault === 'unauthorized') throw error;
      // What it still fetches must not count against the streams that follow.
      await source.close();
      if (turn !== this.#turns.at(-1)) this.#outage.note(error);
    } finally {
      report.ms = now() - began;
      onEnd?.(report);
    }
  }

  async #pages({ report, lines, source }: Turn): Promise<void> {
    const { maxRecords, signal, onProgress } = this.#options;
    this.#fetch();
    await this.#writeSchema(lines.schema());
    for (;;) {
      const { done, value: page } = await source.next();
      if (done === true) break;
      // After a signal, pages that are there already are left to the next run, so that the end comes soon.
      signal.throwIfAborted();
      const records = lines.page(page);
      if (maxRecords === undefined) {
        report.after = page.bookmark;
        this.#state = withBookmark(this.#state, report.stream, page.bookmark, report.stream);
      }
      await this.#write(records);
      onProgress?.(report);
    }
    lines.end();
  }

  /** Puts the rest in order: the STATE that the next run begins with is the last line. */
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

  #source(planned: PlannedStream, report: StreamReport): Ahead<Page> {
    return new Ahead(sourceOf(planned, report, this.#options), AHEAD, () => {
      this.#fetching -= 1;
      this.#fetch();
    });
  }

  /** Lets the next streams fetch, as many at a time as `concurrency` says; each has one request on its way at most. */
  #fetch(): void {
    const room = this.#options.concurrency - this.#fetching;
    const next = this.#turns.slice(this.#begun, this.#begun + room);
    this.#fetching += next.length;
    this.#begun += next.length;
    for (const { source } of next) source.start();
  }
}
