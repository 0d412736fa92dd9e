/** The API's paths. */

import { STREAMS, type StreamDef } from '../../streams.js';

/** Everything of the API is below. */
const ROOT = '/open/v1';

/** What a path leads to. */
export type Route =
  | { readonly kind: 'stream'; readonly stream: StreamDef }
  | { readonly kind: 'job'; readonly id: number }
  | { readonly kind: 'work_orders'; readonly id: number }
  | { readonly kind: 'statuses'; readonly id: number };

const BY_PATH = new Map(STREAMS.map((stream) => [ROOT + stream.path, stream]));
const PARENTS = [
  ['job', /^\/open\/v1\/jobs\/(\d{1,15})$/],
  ['work_orders', /^\/open\/v1\/jobs\/(\d{1,15})\/work_orders$/],
  ['statuses', /^\/open\/v1\/work_orders\/(\d{1,15})\/statuses$/],
] as const;

/** Where a path leads; undefined if nowhere. */
export function routeOf(path: string): Route | undefined {
  const stream = BY_PATH.get(path);
  if (stream) return { kind: 'stream', stream };
  for (const [kind, pattern] of PARENTS) {
    const id = pattern.exec(path)?.[1];
    if (id !== undefined) return { kind, id: Number(id) };
  }
  return undefined;
}
