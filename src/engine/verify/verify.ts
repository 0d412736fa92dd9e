/** The walk of a verification: pages of Bolt against the rows of the destination. */
import type { ApiResponse, Query } from '../../api/query.js';
import type { PlannedStream } from '../../catalog/plan.js';
import type { Bookmark } from '../../singer/state.js';
import type { Writer } from '../../singer/writer.js';
import type { Log } from '../../terminal/log.js';
import { walk, type Page } from '../walk.js';
import type { BoltRows, ReadCounts } from './bolt-rows.js';
import type { Comparison } from './comparison.js';
import type { Repair } from './repair.js';

/** How far a verification is. The bookmark belongs to this walk, not to a sync. */
export interface Position {
  readonly bookmark: Bookmark;
  /** Whether the walk has brought all rows. */
  readonly isWalked: boolean;
  /** Rows that changed from then on are unknown: ms since 1970, by the server's clock. */
  readonly since: number | null;
  /** The first refresh token that the API gave: it tells what changed since. */
  readonly token: string | null;
  readonly pages: number;
  readonly read: ReadCounts;
}

export const BEGINNING: Position = {
  bookmark: {},
  isWalked: false,
  since: null,
  token: null,
  pages: 0,
  read: { rows: 0, unusable: 0, unfit: 0 },
};

export interface VerifyOptions {
  readonly planned: PlannedStream;
  readonly comparison: Comparison;
  readonly bolt: BoltRows;
  /** Emits the rows that differ; null without `--emit`. */
  readonly emit: { readonly repair: Repair; readonly writer: Writer } | null;
  /** Surplus rows are emitted as deleted if Bolt has this share of the destination's rows. */
  readonly minShare: number;
  readonly get: (query: Query) => Promise<ApiResponse>;
  readonly log: Log;
  /** ms since 1970 */
  readonly now: () => number;
  /** When the rows of the destination were asked for, by `now`. */
  readonly begunAt: number;
  /** Aborted by a signal. */
  readonly signal: AbortSignal;
  /** Called from time to time, so that a kill does not cost the whole walk. */
  readonly save: () => void;
  readonly onPage?: (position: Position) => void;
}

const MINUTE_MS = 60_000;
/** `updated_at` and the clock of the server may differ by less. */
const MARGIN_MS = MINUTE_MS;
/** This machine's clock may be wrong by more. */
const MARGIN_WITHOUT_SERVER_TIME_MS = 10 * MINUTE_MS;
const SAVE_EVERY_MS = MINUTE_MS;
/** A later look of more pages than this returns all rows, not what has changed. */
const MOST_LATER_PAGES = 10;

export class Verification {
  readonly #options: VerifyOptions;
  #position: Position;
  /** The first page is saved at once: it tells what is unknown. */
  #savedAt = -Infinity;

  /** @param position where an interrupted walk stands */
  constructor(options: VerifyOptions, position: Position = BEGINNING) {
    this.#options = options;
    this.#position = position;
    options.bolt.counts = position.read;
  }

  get position(): Position {
    return this.#position;
  }

  /**
   * Walks the stream and compares its rows.
   *
   * @throws ApiError, DataError, OutputError or StopError: whatever ends the walk. `position` and
   *   the comparison are then those of the last page that was compared
   */
  async run(): Promise<void> {
    const { emit } = this.#options;
    await emit?.writer.write(emit.repair.schema());
    if (!this.#position.isWalked) await this.#walk();
    await this.#lookAgain();
    await this.#emitSurplus();
    await emit?.writer.end();
  }

  async #walk(): Promise<void> {
    const { planned, bolt, log, onPage, now, save, signal } = this.#options;
    const { name } = planned;
    const pages = walk(planned.stream, {
      bookmark: this.#position.bookmark,
      fullTable: false,
      get: (query) => this.#get(query),
      // Without a refresh token there is no later look; a sync has nothing to do with this walk.
      warn: (code, message) => {
        if (code !== 'TOKEN_MISSING') log.warn(code, message, { stream: name });
      },
      onReturn: () => this.#startAgain(),
    });
    for await (const page of pages) {
      signal.throwIfAborted();
      await this.#compare(page);
      const { bookmark } = page;
      const isWalked = bookmark.next_batch === undefined;
      const { pages: before, since } = this.#position;
      const token = this.#position.token ?? bookmark.walk_token ?? bookmark.refresh_token ?? null;
      this.#position = { bookmark, isWalked, since, token, pages: before + 1, read: bolt.counts };
      onPage?.(this.position);
      if (now() < this.#savedAt + SAVE_EVERY_MS) continue;
      this.#savedAt = now();
      save();
    }
  }

  /** Requests a page. The first one tells the server's clock. */
  async #get(query: Query): Promise<ApiResponse> {
    const { get, begunAt } = this.#options;
    const answer = await get(query);
    if (this.#position.since === null) {
      const { serverTime, arrivedAt } = answer;
      const since =
        serverTime === undefined
          ? begunAt - MARGIN_WITHOUT_SERVER_TIME_MS
          : serverTime - (arrivedAt - begunAt) - MARGIN_MS;
      this.#position = { ...this.#position, since };
    }
    return answer;
  }

  /** The API refuses the next page. What is unknown still counts from the first start. */
  #startAgain(): void {
    const { comparison, bolt } = this.#options;
    comparison.reset();
    bolt.counts = BEGINNING.read;
    const { since, token } = this.#position;
    this.#position = { ...BEGINNING, since, token };
  }

  async #compare({ rows, arrivedAt }: Page): Promise<void> {
    const { bolt, comparison, emit } = this.#options;
    const since = this.#position.since ?? 0;
    const different: unknown[] = [];
    for (const row of rows) {
      const read = bolt.read(row);
      if (read === null) continue;
      const verdict = comparison.look(read, since);
      if (verdict === 'missing' || verdict === 'stale') different.push(row);
    }
    await emit?.writer.writeLines(emit.repair.records(different, arrivedAt));
  }

  /** Asks what changed since the walk began: such rows are no difference. */
  async #lookAgain(): Promise<void> {
    const { planned, bolt, comparison, log, signal } = this.#options;
    const { token, since, pages: walked } = this.#position;
    if (token === null) return;
    const counts = bolt.counts;
    const most = Math.max(MOST_LATER_PAGES, walked / 2);
    const pages = walk(planned.stream, {
      bookmark: { refresh_token: token },
      fullTable: false,
      get: (query) => this.#get(query),
      warn: () => undefined,
      onReturn: (mode) => {
        if (mode === 'full') throw new TokenRefused();
      },
    });
    try {
      let brought = 0;
      for await (const { rows } of pages) {
        signal.throwIfAborted();
        for (const row of rows) {
          const read = bolt.read(row);
          if (read !== null) comparison.lookAgain(read, since ?? 0);
        }
        brought += 1;
        if (brought > most) break;
      }
      comparison.endLookAgain(brought > most);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      log.info(`${planned.name}: the API does not say which rows changed during the walk`);
    } finally {
      bolt.counts = counts;
    }
  }

  async #emitSurplus(): Promise<void> {
    const { planned, comparison, emit, minShare, log, now } = this.#options;
    if (emit === null) return;
    const { surplus } = comparison.differences(true);
    const { destination, deletedThere, bolt } = comparison.counts();
    if (surplus.length > 0 && bolt < (destination - deletedThere) * minShare) {
      log.warn(
        'SURPLUS_KEPT',
        `${planned.name}: Bolt returned ${bolt} rows and the destination has ` +
          `${destination - deletedThere}: less than activate_min_share, so surplus rows are not ` +
          `emitted as deleted`,
        { stream: planned.name },
      );
      return;
    }
    await emit.writer.writeLines(emit.repair.surplus(surplus, now()));
  }
}

/** The API does not accept the refresh token of the walk. */
class TokenRefused extends Error {
  override name = 'TokenRefused';
}
