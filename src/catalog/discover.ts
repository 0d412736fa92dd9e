/** Discovery: the catalog of all streams, from the schemas that come with the package. */

import { shippedSchema } from './shipped.js';
import type { StreamSchema } from './schema.js';
import { REJECTED, STREAMS } from '../streams.js';
import type { StreamDef } from '../streams.js';

/** What a Singer catalog says of the whole stream (an empty breadcrumb), or of a column (`["properties", NAME]`). */
export interface CatalogMetadata {
  breadcrumb: string[];
  metadata: Record<string, unknown>;
}

export type ReplicationMethod = 'INCREMENTAL' | 'FULL_TABLE';

/** A stream in a Singer catalog. Tools write further keys into it. */
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

/** The key of `rejected_records`, the stream that the tap makes. */
export const REJECTED_KEYS: readonly string[] = ['rejected_id'];

/** The catalog of all streams, each selected by default, in the order of `streams.ts`; needs no network. */
export function discover(): Catalog {
  const streams = STREAMS.map((stream) => entry(stream.name, stream.keys, forcedMethod(stream)));
  // Only what was rejected in this run is ever sent: a FULL_TABLE would say that the rest is gone.
  return { streams: [...streams, entry(REJECTED, REJECTED_KEYS, 'INCREMENTAL')] };
}

/**
 * The replication method that a catalog cannot change. Lists have none: they are incremental by refresh token, and may be
 * set to FULL_TABLE.
 */
export function forcedMethod(stream: StreamDef): ReplicationMethod | undefined {
  if (stream.paging === 'events') return 'INCREMENTAL';
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
      'selected-by-default': true,
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
