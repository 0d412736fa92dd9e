/** What to sync: a catalog, and the `streams` setting, made into a plan. */

import type { Warning } from '../codes.js';
import { discover, forcedMethod, REJECTED_KEYS } from './discover.js';
import { ConfigError } from '../errors.js';
import { didYouMean } from '../system/did-you-mean.js';
import type { StreamSchema } from './schema.js';
import {
  isSelected,
  keysOf,
  methodOf,
  readEntries,
  schemaOf,
  selectedColumns,
} from './selection.js';
import type { ReadEntry } from './selection.js';
import { REJECTED, STREAMS } from '../streams.js';
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
  /** The catalog's file, for messages. */
  readonly file?: string;
  /** Sync these alone, of those that the catalog selects. */
  readonly streams?: readonly string[];
}

const BY_NAME: ReadonlyMap<string, StreamDef> = new Map(
  STREAMS.map((stream) => [stream.name, stream]),
);
const NAMES: readonly string[] = [...BY_NAME.keys(), REJECTED];

/**
 * What to sync, by a catalog (parsed JSON, given or discovered) and the streams that were asked for by name.
 * `rejected_records` follows its own selection and need not be named.
 * Throws ConfigError: a catalog of wrong form, a selected stream that the tap does not have, a key without a schema, a
 * replication method that is not ours, an unknown name in `streams`.
 */
export function plan(catalog: unknown, options: PlanOptions = {}): Plan {
  const file = options.file ?? 'The catalog';
  const warnings: Warning[] = [];
  const selected = readEntries(catalog, file).filter((read) => isSelected(read));
  const wanted = named(options.streams, selected, warnings);
  const streams: PlannedStream[] = [];
  let rejected: PlannedTable | null = null;
  for (const read of selected) {
    if (read.id === REJECTED) {
      rejected = planTable(read, REJECTED_KEYS, warnings);
      continue;
    }
    const stream = BY_NAME.get(read.id);
    if (!stream)
      throw new ConfigError('STREAM_UNKNOWN', `${read.place}: ${unknownStream(read.id)}`);
    if (wanted.has(read.id)) streams.push(planStream(read, stream, warnings));
  }
  oneName([...streams, ...(rejected ? [rejected] : [])], file);
  if (streams.length === 0)
    warnings.push({
      code: 'STREAM_NOT_SELECTED',
      message: `No stream is selected: nothing to sync`,
    });
  return { streams, rejected, warnings };
}

/** The plan without a catalog file: what is selected by default. */
export function defaultPlan(streams?: readonly string[]): Plan {
  return plan(discover(), streams && { streams });
}

/** The ids to sync: those named that the catalog selects, or all of these where none are named. */
function named(
  names: readonly string[] | undefined,
  selected: readonly ReadEntry[],
  warnings: Warning[],
): Set<string> {
  const ids = new Set(selected.map(({ id }) => id));
  if (!names) return ids;
  for (const name of names) {
    if (!NAMES.includes(name))
      throw new ConfigError('STREAM_UNKNOWN', `streams: ${unknownStream(name)}`);
    if (!ids.has(name))
      warnings.push({
        code: 'STREAM_NOT_SELECTED',
        message: `streams names ${name}, which the catalog does not select: it is not synced`,
      });
  }
  return new Set(names.filter((name) => ids.has(name)));
}

function unknownStream(name: string): string {
  const hint = didYouMean(name, NAMES) || '; --about lists those there are';
  return `there is no stream ${JSON.stringify(name)}${hint}`;
}

function planStream(read: ReadEntry, stream: StreamDef, warnings: Warning[]): PlannedStream {
  const forced = forcedMethod(stream);
  const asked = methodOf(read);
  if (forced && asked && asked !== forced) {
    warnings.push({
      code: 'CATALOG_IGNORED',
      message: `${stream.name}: ${asked} is not possible, the stream is always ${forced}`,
    });
  }
  const key = read.metadata['replication-key'] ?? read.entry['replication_key'] ?? undefined;
  if (key !== undefined) {
    warnings.push({
      code: 'CATALOG_IGNORED',
      message: `${stream.name}: the catalog's replication key is left aside, the API's own tokens say what is new`,
    });
  }
  return {
    stream,
    ...planTable(read, stream.keys, warnings),
    fullTable: (forced ?? asked) === 'FULL_TABLE',
  };
}

function planTable(read: ReadEntry, keys: readonly string[], warnings: Warning[]): PlannedTable {
  const schema = schemaOf(read, keys);
  const asked = keysOf(read);
  if (asked && asked.join() !== keys.join()) {
    warnings.push({
      code: 'CATALOG_IGNORED',
      message: `${read.id}: the catalog's other key is left aside, the key is ${keys.join(', ')}`,
    });
  }
  return { name: read.name, schema, selected: selectedColumns(read, schema, keys), keys };
}

/** Two streams of one name would be poured into one table. */
function oneName(all: readonly PlannedTable[], file: string): void {
  const names = all.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ConfigError(
      'CATALOG_WRONG',
      `${file}: two streams are called ${JSON.stringify(twice)}`,
    );
}
