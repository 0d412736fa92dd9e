/** The plan of a run: the streams and columns to sync, by the catalog and the `streams` setting. */

import type { Warning } from '../codes.js';
import { discover, forcedMethod, REJECTED_KEYS } from './discover.js';
import { ConfigError } from '../errors.js';
import { didYouMean } from '../system/did-you-mean.js';
import type { StreamSchema } from './schema.js';
import {
  isSelected,
  keysOf,
  methodOf,
  parseEntries,
  schemaOf,
  selectedColumns,
} from './selection.js';
import type { ParsedEntry } from './selection.js';
import { ALL_STREAMS, REJECTED } from '../streams.js';
import type { StreamDef } from '../streams.js';

/** A table to emit: a stream of the API, or `rejected_records`. */
export interface PlannedTable {
  /** The `stream` of its messages. */
  readonly name: string;
  /** The catalog's schema: every column, selected or not. */
  readonly schema: StreamSchema;
  /** The columns to emit, in the schema's order; always includes the keys. */
  readonly selected: ReadonlySet<string>;
  readonly keys: readonly string[];
}

/** A stream of the API to sync. */
export interface PlannedStream extends PlannedTable {
  readonly stream: StreamDef;
  /** Whether every sync reads all rows and ignores the refresh token. */
  readonly fullTable: boolean;
}

export interface Plan {
  /** In the catalog's order. */
  readonly streams: readonly PlannedStream[];
  /** `rejected_records`; null if it is not selected. */
  readonly rejected: PlannedTable | null;
  readonly warnings: readonly Warning[];
}

export interface PlanOptions {
  /** The catalog's file name, for messages. */
  readonly file?: string;
  /** Sync only these of the streams that the catalog selects. */
  readonly streams?: readonly string[];
}

const BY_NAME: ReadonlyMap<string, StreamDef> = new Map(
  ALL_STREAMS.map((stream) => [stream.name, stream]),
);
const NAMES: readonly string[] = [...BY_NAME.keys(), REJECTED];

/**
 * Plans a run. `rejected_records` is in the plan if the catalog selects it, whether or not
 * `options.streams` names it.
 *
 * @param catalog parsed JSON; is not changed
 * @throws ConfigError if the catalog has a wrong form, selects a stream that does not exist, has a
 *   key without a schema or an unknown replication method, or if `streams` has an unknown name
 */
export function plan(catalog: unknown, options: PlanOptions = {}): Plan {
  const file = options.file ?? 'The catalog';
  const warnings: Warning[] = [];
  const selected = parseEntries(catalog, file).filter((entry) => isSelected(entry));
  const wanted = restrictTo(options.streams, selected, warnings);
  const streams: PlannedStream[] = [];
  let rejected: PlannedTable | null = null;
  for (const entry of selected) {
    if (entry.id === REJECTED) {
      rejected = planTable(entry, REJECTED_KEYS, warnings);
      continue;
    }
    const stream = BY_NAME.get(entry.id);
    if (!stream)
      throw new ConfigError('STREAM_UNKNOWN', `${entry.place}: ${describeUnknown(entry.id)}`);
    if (wanted.has(entry.id)) streams.push(planStream(entry, stream, warnings));
  }
  checkNamesDiffer([...streams, ...(rejected ? [rejected] : [])], file);
  if (streams.length === 0)
    warnings.push({
      code: 'STREAM_NOT_SELECTED',
      message: 'No stream is selected: nothing to sync',
    });
  return { streams, rejected, warnings };
}

/** Plans a run without a catalog file: everything that is selected by default. */
export function defaultPlan(streams?: readonly string[]): Plan {
  return plan(discover(), streams && { streams });
}

/** Returns the ids to sync: those in `names` that are selected, or all selected ones. */
function restrictTo(
  names: readonly string[] | undefined,
  selected: readonly ParsedEntry[],
  warnings: Warning[],
): Set<string> {
  const ids = new Set(selected.map(({ id }) => id));
  if (!names) return ids;
  for (const name of names) {
    if (!NAMES.includes(name))
      throw new ConfigError('STREAM_UNKNOWN', `streams: ${describeUnknown(name)}`);
    if (!ids.has(name))
      warnings.push({
        code: 'STREAM_NOT_SELECTED',
        message: `streams names ${name}, which the catalog does not select: it is not synced`,
      });
  }
  return new Set(names.filter((name) => ids.has(name)));
}

function describeUnknown(name: string): string {
  const hint = didYouMean(name, NAMES) || '; --about lists the streams';
  return `there is no stream ${JSON.stringify(name)}${hint}`;
}

function planStream(entry: ParsedEntry, stream: StreamDef, warnings: Warning[]): PlannedStream {
  const forced = forcedMethod(stream);
  const requested = methodOf(entry);
  if (forced && requested && requested !== forced) {
    warnings.push({
      code: 'CATALOG_IGNORED',
      message: `${stream.name}: ${requested} is not possible; the stream is always ${forced}`,
    });
  }
  const key = entry.metadata['replication-key'] ?? entry.raw['replication_key'] ?? undefined;
  if (key !== undefined) {
    warnings.push({
      code: 'CATALOG_IGNORED',
      message: `${stream.name}: the replication key is ignored; the API's tokens are used`,
    });
  }
  return {
    stream,
    ...planTable(entry, stream.keys, warnings),
    fullTable: (forced ?? requested) === 'FULL_TABLE',
  };
}

function planTable(entry: ParsedEntry, keys: readonly string[], warnings: Warning[]): PlannedTable {
  const schema = schemaOf(entry, keys);
  const requested = keysOf(entry);
  if (requested && requested.join() !== keys.join()) {
    warnings.push({
      code: 'CATALOG_IGNORED',
      message: `${entry.id}: the catalog's key is ignored; the key is always ${keys.join(', ')}`,
    });
  }
  return { name: entry.name, schema, selected: selectedColumns(entry, schema, keys), keys };
}

/** Streams with the same name would be loaded into the same table. */
function checkNamesDiffer(tables: readonly PlannedTable[], file: string): void {
  const names = tables.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ConfigError(
      'CATALOG_WRONG',
      `${file}: two streams have the name ${JSON.stringify(twice)}; rename one`,
    );
}
