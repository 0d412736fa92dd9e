/** The paths of the API. */

import type { StreamDef } from '../../streams.js';

/** The path that all others are below. */
const ROOT = '/open/v1';

/** What a path identifies: a stream, a job, or a list below a row. */
export type Route =
  | { readonly kind: 'stream'; readonly stream: StreamDef }
  | { readonly kind: 'job'; readonly id: number }
  | { readonly kind: 'work_orders'; readonly id: number }
  | { readonly kind: 'statuses'; readonly id: number };

const PARENTS = [
  ['job', /^\/open\/v1\/jobs\/(\d{1,15})$/],
  ['work_orders', /^\/open\/v1\/jobs\/(\d{1,15})\/work_orders$/],
  ['statuses', /^\/open\/v1\/work_orders\/(\d{1,15})\/statuses$/],
] as const;

export class Routes {
  readonly #streams: ReadonlyMap<string, StreamDef>;

  constructor(streams: readonly StreamDef[]) {
    this.#streams = new Map(streams.map((stream) => [ROOT + stream.path, stream]));
  }

  /** Returns the route of a path, or undefined if the path does not exist. */
  find(path: string): Route | undefined {
    const stream = this.#streams.get(path);
    if (stream) return { kind: 'stream', stream };
    for (const [kind, pattern] of PARENTS) {
      const id = pattern.exec(path)?.[1];
      if (id !== undefined) return { kind, id: Number(id) };
    }
    return undefined;
  }
}
