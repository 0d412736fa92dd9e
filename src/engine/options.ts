/** What the engine needs from outside. */
import type { ApiResponse, Query } from '../api/query.js';
import type { Plan } from '../catalog/plan.js';
import type { PropertySchema } from '../catalog/schema.js';
import type { StreamReport } from '../reports/report.js';
import type { Masking } from '../shape/masking.js';
import type { State } from '../singer/state.js';
import type { Writer } from '../singer/writer.js';
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
  /** Set if records carry versions: `activate_min_share`. */
  readonly activateMinShare?: number | undefined;
  /** Compiles a check for columns with keywords that a user has added to the catalog. */
  readonly validator: (schema: PropertySchema) => (value: unknown) => boolean;
  /** Masks values; null or absent if no column is masked. The plan's schemas are masked already. */
  readonly masking?: Masking | null | undefined;
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
