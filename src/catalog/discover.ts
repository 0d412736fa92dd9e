/** Discovery: the Singer catalog of all streams, from the schemas in the package. */

import { shippedSchema } from './shipped.js';
import type { StreamSchema } from './schema.js';
import { ALL_STREAMS, OPTIONAL_COLUMNS, REJECTED } from '../streams.js';
import type { StreamDef } from '../streams.js';

/** Metadata of a stream (an empty breadcrumb) or of a column (`["properties", NAME]`). */
export interface CatalogMetadata {
  breadcrumb: string[];
  metadata: Record<string, unknown>;
}

export type ReplicationMethod = 'INCREMENTAL' | 'FULL_TABLE';

/** A stream in a Singer catalog. Other tools may add keys. */
export interface CatalogEntry {
  tap_stream_id: string;
  stream: string;
  schema: StreamSchema;
  key_properties: string[];
  replication_method: ReplicationMethod;
  metadata: CatalogMetadata[];
  [key: string]: unknown;
}

export interface Catalog {
  streams: CatalogEntry[];
}

/** The key of `rejected_records`. */
export const REJECTED_KEYS: readonly string[] = ['rejected_id'];

/**
 * Lists all streams, in the order of `streams.ts`, each selected by default. Sends no request.
 *
 * @returns a new catalog, which the caller may change
 */
export function discover(): Catalog {
  const streams = ALL_STREAMS.map((stream) =>
    entry(stream.name, stream.keys, forcedMethod(stream)),
  );
  // INCREMENTAL, since a run emits only its own rejections: with FULL_TABLE, targets would delete
  // those of earlier runs.
  return { streams: [...streams, entry(REJECTED, REJECTED_KEYS, 'INCREMENTAL')] };
}

/**
 * Returns the replication method of a stream that has only one. A list has both: it is incremental
 * by refresh token unless the catalog says FULL_TABLE.
 *
 * @returns undefined if the catalog may choose
 */
export function forcedMethod(stream: StreamDef): ReplicationMethod | undefined {
  if (stream.paging === 'events' || stream.paging === 'derived') return 'INCREMENTAL';
  return stream.paging === 'array' ? 'FULL_TABLE' : undefined;
}

function entry(
  name: string,
  keys: readonly string[],
  forced: ReplicationMethod | undefined,
): CatalogEntry {
  const schema = shippedSchema(name);
  const ofStream = {
    inclusion: 'available',
    'selected-by-default': true,
    'table-key-properties': [...keys],
    ...(forced && { 'forced-replication-method': forced }),
  };
  const ofColumns = Object.keys(schema.properties).map((column) => ({
    breadcrumb: ['properties', column],
    metadata: {
      inclusion: keys.includes(column) ? 'automatic' : 'available',
      'selected-by-default': !OPTIONAL_COLUMNS.includes(column),
    },
  }));
  return {
    tap_stream_id: name,
    stream: name,
    key_properties: [...keys],
    replication_method: forced ?? 'INCREMENTAL',
    schema,
    metadata: [{ breadcrumb: [], metadata: ofStream }, ...ofColumns],
  };
}
