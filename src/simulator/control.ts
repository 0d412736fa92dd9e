/**
 * Endpoints that control the simulator from another process: `/_simulator/…`. They need no
 * authorization and are not in the call log. Request bodies are JSON objects.
 *
 *     POST evolve {"changes": 20}          POST change {"stream", "id", "fields"}
 *     POST add    {"stream", "fields"}     POST remove {"stream", "id"}
 *     POST restore {"stream", "id", "fields", "rowOnly"}
 *     POST event  {"stream", "event"}      POST bad-event {"stream", "id", "defect"}
 *     POST fault  {"kind", …, "times"}     POST clear          ("times": null for no limit)
 *     POST expire {"kinds": [...]}         GET calls           GET rows/STREAM (NDJSON)
 */

import { FAULT_KINDS, type Fault } from './api/faults.js';
import { failure, json, type SimulatedResponse } from './api/simulated-response.js';
import { TOKEN_KINDS, type TokenKind } from './api/tokens.js';
import { EVENT_DEFECTS, type EventDefect } from './data/bad-events.js';
import type { RestoreOptions } from './data/world.js';

export const CONTROL = '/_simulator/';
/** They take 1.5 s on a small machine. */
const MOST_CHANGES = 10_000;

/** What the endpoints can do. */
export interface Controlled {
  readonly calls: readonly { readonly stream: string | undefined; readonly status: number }[];
  rows(stream: string): Iterable<unknown>;
  evolve(changes: number): Record<string, number>;
  change(stream: string, id: number, fields: Record<string, unknown>): void;
  add(stream: string, fields: Record<string, unknown>): number;
  remove(stream: string, id: number): void;
  restore(
    stream: string,
    id: number,
    fields: Record<string, unknown>,
    options: RestoreOptions,
  ): void;
  appendEvent(feed: string, event: unknown): void;
  appendBadEvent(stream: string, id: number, defect: EventDefect): void;
  expire(kinds: readonly TokenKind[]): void;
  fault(fault: Fault): void;
  clearFaults(): void;
}

type Body = Readonly<Record<string, unknown>>;

/** The body of the request is invalid. */
class Unusable extends Error {}

const POSTS: Readonly<Record<string, (simulator: Controlled, body: Body) => unknown>> = {
  evolve: (simulator, body) => simulator.evolve(changesOf(body)),
  change: (simulator, body) =>
    simulator.change(text(body, 'stream'), whole(body, 'id'), fields(body)),
  add: (simulator, body) => ({ id: simulator.add(text(body, 'stream'), fields(body)) }),
  remove: (simulator, body) => simulator.remove(text(body, 'stream'), whole(body, 'id')),
  restore: (simulator, body) =>
    simulator.restore(text(body, 'stream'), whole(body, 'id'), fields(body), {
      rowOnly: body['rowOnly'] === true,
    }),
  event: (simulator, body) => simulator.appendEvent(text(body, 'stream'), body['event']),
  'bad-event': (simulator, body) =>
    simulator.appendBadEvent(
      text(body, 'stream'),
      whole(body, 'id'),
      oneOf(body, 'defect', EVENT_DEFECTS),
    ),
  fault: (simulator, body) => simulator.fault(faultOf(body)),
  clear: (simulator) => simulator.clearFaults(),
  expire: (simulator, body) => simulator.expire(kindsOf(body)),
};

/**
 * Handles a request to a control endpoint. The status is 400 if the body is invalid, 404 if there
 * is no such endpoint, stream or row.
 */
export async function control(
  simulator: Controlled,
  method: string,
  path: string,
  body: () => Promise<string>,
): Promise<SimulatedResponse> {
  const name = path.slice(CONTROL.length);
  try {
    if (method === 'GET' && name === 'calls') return json(200, countsOf(simulator.calls));
    if (method === 'GET' && name.startsWith('rows/'))
      return rowsAnswer(simulator, name.slice('rows/'.length));
    const post = Object.hasOwn(POSTS, name) ? POSTS[name] : undefined;
    if (!post || method !== 'POST') return failure(404, `There is no ${method} ${path} here`);
    return json(200, post(simulator, parsed(await body())) ?? { done: true });
  } catch (error) {
    if (error instanceof RangeError) return failure(404, error.message);
    if (error instanceof Unusable) return failure(400, error.message);
    throw error;
  }
}

function rowsAnswer(simulator: Controlled, stream: string): SimulatedResponse {
  const rows = simulator.rows(stream);
  return { status: 200, headers: { 'content-type': 'application/x-ndjson' }, body: lines(rows) };
}

/** Yields rows as NDJSON, 500 at a time: there may be a million. */
function* lines(rows: Iterable<unknown>): Generator<string> {
  let piece: string[] = [];
  for (const row of rows) {
    piece.push(`${JSON.stringify(row)}\n`);
    if (piece.length < 500) continue;
    yield piece.join('');
    piece = [];
  }
  yield piece.join('');
}

/** Counts calls by stream and status. Calls of no stream count as `other`. */
function countsOf(calls: Controlled['calls']): Record<string, Record<string, number>> {
  const counts: Record<string, Record<string, number>> = {};
  for (const { stream = 'other', status } of calls) {
    const byStatus = (counts[stream] ??= {});
    byStatus[status] = (byStatus[status] ?? 0) + 1;
  }
  return counts;
}

function parsed(body: string): Body {
  let value: unknown;
  try {
    value = JSON.parse(body || '{}');
  } catch {
    throw new Unusable('The body is not JSON');
  }
  if (!isObject(value)) throw new Unusable('The body is not a JSON object');
  return value;
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(body: Body, key: string): string {
  const value = body[key];
  if (typeof value !== 'string')
    throw new Unusable(`"${key}" takes text, got ${JSON.stringify(value)}`);
  return value;
}

function whole(body: Body, key: string): number {
  const value = body[key];
  if (!Number.isSafeInteger(value))
    throw new Unusable(`"${key}" takes a whole number, got ${JSON.stringify(value)}`);
  return Number(value);
}

function oneOf<T extends string>(body: Body, key: string, names: readonly T[]): T {
  const found = names.find((name) => name === body[key]);
  if (found !== undefined) return found;
  throw new Unusable(`"${key}" takes one of ${names.join(', ')}, got ${JSON.stringify(body[key])}`);
}

/** The number of changes to make. They are made at once, and nothing is answered meanwhile. */
function changesOf(body: Body): number {
  const changes = whole(body, 'changes');
  if (changes >= 0 && changes <= MOST_CHANGES) return changes;
  throw new Unusable(`"changes" takes a number from 0 to ${MOST_CHANGES}, got ${changes}`);
}

function fields(body: Body): Record<string, unknown> {
  const value = body['fields'] ?? {};
  if (!isObject(value))
    throw new Unusable(`"fields" takes an object, got ${JSON.stringify(value)}`);
  return { ...value };
}

function faultOf(body: Body): Fault {
  const kind = oneOf(body, 'kind', FAULT_KINDS);
  return { ...body, kind, times: body['times'] === null ? Infinity : Number(body['times'] ?? 1) };
}

function kindsOf(body: Body): readonly TokenKind[] {
  const kinds = body['kinds'] ?? TOKEN_KINDS;
  const known = Array.isArray(kinds) ? TOKEN_KINDS.filter((one) => kinds.includes(one)) : [];
  if (known.length === 0)
    throw new Unusable(
      `"kinds" takes a list of ${TOKEN_KINDS.join(', ')}, got ${JSON.stringify(kinds)}`,
    );
  return known;
}
