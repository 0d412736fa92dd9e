/** Whole runs of the engine against a simulator, through the real client. */
import { setMaxListeners } from 'node:events';
import type { Writable } from 'node:stream';
import type { Log } from '#src/terminal/log.js';
import type { Query } from '#src/api/query.js';
import { defaultPlan, plan } from '#src/catalog/plan.js';
import type { Masking } from '#src/shape/masking.js';
import { maskPlan } from '#src/catalog/masked-schema.js';
import type { SyncReport } from '#src/reports/report.js';
import { readState } from '#src/singer/state-reader.js';
import type { State } from '#src/singer/state.js';
import { REJECTED } from '#src/streams.js';
import { sync } from '#src/engine/sync.js';
import type { SyncOptions } from '#src/engine/options.js';
import { createValidator } from '#src/catalog/validator.js';
import type { ApiResponse } from '#src/api/query.js';
import { Writer } from '#src/singer/writer.js';
import { clientOf, stillClock, type Respond } from './api.js';
import { messagesOf, recordsOf, Sink, statesOf, type Message, type Row } from './messages.js';

/** A line of the log: `WARN …`, `ERROR …`. */
export type Said = string;

export interface RunOptions {
  /** The API: a simulator, or anything that answers. */
  readonly simulator: { fetch(request: Request): Promise<Response> };
  /** As it stands in the bookmark file. */
  readonly state?: unknown;
  readonly catalog?: unknown;
  readonly streams?: readonly string[];
  readonly fullRefresh?: readonly string[];
  readonly maxRecords?: number;
  readonly concurrency?: number;
  readonly maxRejectedShare?: number;
  readonly masking?: Masking;
  readonly activateMinShare?: number | undefined;
  readonly eventStartTokens?: Readonly<Record<string, string>>;
  readonly maxRetries?: number;
  /** In place of the client. */
  readonly get?: SyncOptions['get'];
  /** Called before each request is sent. */
  readonly onAsk?: (stream: string, query: Query) => unknown;
  readonly out?: Writable;
  readonly stop?: AbortController;
}

export interface Ran {
  readonly text: string;
  readonly messages: readonly Message[];
  readonly report: SyncReport;
  readonly said: readonly Said[];
  /** The value of the last STATE. */
  readonly state: State;
  readonly records: (stream: string) => Row[];
  readonly rejected: readonly RejectedRecord[];
}

/** A record of `rejected_records`, with what is looked at. */
export interface RejectedRecord {
  readonly stream: string;
  readonly record_key: string | null;
  readonly field: string | null;
  readonly reason: string;
}

function asRejected({ stream, record_key, field, reason }: Row): RejectedRecord {
  return {
    stream: textOf(stream),
    record_key: record_key === null ? null : textOf(record_key),
    field: field === null ? null : textOf(field),
    reason: textOf(reason),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A log that keeps its lines; debug lines are dropped. */
export function keptLog(): { log: Log; said: Said[] } {
  const said: Said[] = [];
  const keep = (level: string, message: string): void => void said.push(`${level} ${message}`);
  return {
    said,
    log: {
      debug: () => undefined,
      info: (message) => keep('INFO', message),
      warn: (_code, message) => keep('WARN', message),
      error: (_code, message) => keep('ERROR', message),
      metric: () => undefined,
    },
  };
}

/** What `sync` and `check` take, for one run. */
export function optionsOf(options: RunOptions, out: Writable, log: Log): SyncOptions {
  const { simulator, streams, masking, onAsk, stop = new AbortController() } = options;
  const planned =
    options.catalog === undefined
      ? defaultPlan(streams)
      : plan(options.catalog, streams && { streams });
  setMaxListeners(0, stop.signal);
  const clock = stillClock();
  const answer: Respond = (request) => simulator.fetch(request);
  const client = clientOf(answer, stop.signal, clock, options.maxRetries);
  const ask = async (stream: string, path: string, query: Query): Promise<ApiResponse> => {
    await onAsk?.(stream, query);
    return client.get(stream, path, query);
  };
  return {
    plan: masking === undefined ? planned : maskPlan(planned, masking.rules),
    masking,
    state: readState(options.state ?? { bookmarks: {} }, 'state.json').state,
    fullRefresh: options.fullRefresh ?? [],
    maxRecords: options.maxRecords,
    concurrency: options.concurrency ?? 4,
    maxRejectedShare: options.maxRejectedShare ?? 1,
    activateMinShare: options.activateMinShare,
    validator: createValidator(),
    eventStartTokens: options.eventStartTokens ?? {},
    get: options.get ?? ask,
    writer: new Writer(out),
    log,
    now: () => clock.now(),
    signal: stop.signal,
  };
}

/** Runs once, and reads what was written. */
export async function syncOnce(options: RunOptions): Promise<Ran> {
  const { log, said } = keptLog();
  const sink = new Sink();
  const report = await sync(optionsOf(options, options.out ?? sink, log));
  const messages = messagesOf(sink.text);
  return {
    text: sink.text,
    messages,
    report,
    said,
    state: statesOf(messages).at(-1) ?? { bookmarks: {} },
    records: (stream) => recordsOf(messages, stream),
    rejected: recordsOf(messages, REJECTED).map((record) => asRejected(record)),
  };
}

/** How each stream that did not simply end completely ended. */
export function outcomesOf({ report }: Ran): Record<string, string> {
  const others = report.streams.filter(({ outcome }) => outcome !== 'complete');
  return Object.fromEntries(others.map(({ stream, outcome }) => [stream, outcome]));
}
