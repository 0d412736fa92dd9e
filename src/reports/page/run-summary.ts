/** Reads a summary (`--summary`). Free text in it, such as error messages, is not read. */
import { isObject, type JsonObject } from '../../json.js';
import type { Mode, StreamOutcome } from '../report.js';
import { SUMMARY_FORMAT } from '../summary-file.js';

/** A stream of a run. */
export interface StreamRun {
  readonly stream: string;
  readonly mode: Mode;
  readonly outcome: StreamOutcome;
  readonly code: string | null;
  readonly rows: number;
  readonly deleted: number;
  readonly rejected: number;
  readonly calls: number;
  readonly pausedS: number;
  /** Latency in seconds; null without a call. */
  readonly p50: number | null;
  readonly p95: number | null;
}

/** A warning or error of a run. */
export interface CodeSeen {
  readonly code: string;
  readonly level: 'warning' | 'error';
  readonly stream: string | null;
  readonly count: number;
}

/** What a report uses of a summary. Fields that version 0.1.0 did not write are null. */
export interface RunSummary {
  readonly host: string | null;
  /** ms since 1970 */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Of the tap, or of `run`. */
  readonly exitCode: number;
  /** What ended the tap early. */
  readonly endedCode: string | null;
  /** Why `run` failed. */
  readonly runCode: string | null;
  /** Whether `--max-records` limited it. */
  readonly isTrial: boolean;
  readonly callsPerHour: number | null;
  readonly busiestHour: number | null;
  readonly waitedS: number | null;
  readonly codes: readonly CodeSeen[];
  readonly streams: readonly StreamRun[];
}

/** Why a file is not used. */
export type Refusal = 'foreign' | 'newer';

const MODES: readonly Mode[] = ['incremental', 'continued', 'full'];
const OUTCOMES: readonly StreamOutcome[] = ['complete', 'failed', 'stopped', 'skipped'];

/** No count or time of a run is larger. With larger numbers, sums could become infinite. */
const MOST = 1e15;

/** Thrown inside of this module only. */
class Foreign extends Error {}

/**
 * Reads a parsed summary.
 *
 * @returns `foreign` if it is not a summary, `newer` if its format is unknown to this version
 */
export function readSummary(json: unknown): RunSummary | Refusal {
  if (!isObject(json) || typeof json['version'] !== 'string') return 'foreign';
  const { format } = json;
  if (typeof format === 'number' && format > SUMMARY_FORMAT) return 'newer';
  try {
    return runOf(json);
  } catch (error) {
    if (error instanceof Foreign) return 'foreign';
    throw error;
  }
}

function runOf(json: JsonObject): RunSummary {
  const startedAt = Date.parse(text(json, 'started_at'));
  const endedAt = startedAt + number(json, 'seconds') * 1000;
  // Dates beyond these limits cannot be formatted.
  if (Number.isNaN(startedAt) || startedAt < 0 || !(endedAt < 8e15)) throw new Foreign();
  return {
    host: textOrNull(json, 'host'),
    startedAt,
    endedAt,
    exitCode: numberOrNull(json, 'run_exit_code') ?? number(json, 'exit_code'),
    endedCode: textOrNull(json, 'ended_code'),
    runCode: textOrNull(json, 'run_code'),
    isTrial: numberOrNull(json, 'max_records') !== null,
    callsPerHour: numberOrNull(json, 'calls_per_hour'),
    busiestHour: numberOrNull(json, 'most_calls_in_an_hour'),
    waitedS: numberOrNull(json, 'seconds_waited'),
    codes: json['codes'] === undefined ? [] : objects(json, 'codes').map((code) => codeOf(code)),
    streams: objects(json, 'streams').map((stream) => streamOf(stream)),
  };
}

function streamOf(json: JsonObject): StreamRun {
  return {
    stream: text(json, 'stream'),
    mode: oneOf(json, 'mode', MODES),
    outcome: oneOf(json, 'outcome', OUTCOMES),
    code: textOrNull(json, 'error_code'),
    rows: number(json, 'rows'),
    // Version 0.1.0 had no deleted rows.
    deleted: numberOrNull(json, 'deleted') ?? 0,
    rejected: number(json, 'rejected'),
    calls: number(json, 'calls'),
    pausedS: number(json, 'seconds_waited_on_429'),
    p50: numberOrNull(json, 'latency_p50_s'),
    p95: numberOrNull(json, 'latency_p95_s'),
  };
}

function codeOf(json: JsonObject): CodeSeen {
  return {
    code: text(json, 'code'),
    level: oneOf(json, 'level', ['warning', 'error'] as const),
    stream: textOrNull(json, 'stream'),
    count: number(json, 'count'),
  };
}

function objects(json: JsonObject, key: string): JsonObject[] {
  const value = json[key];
  if (!Array.isArray(value)) throw new Foreign();
  return value.map((one: unknown) => {
    if (!isObject(one)) throw new Foreign();
    return one;
  });
}

function text(json: JsonObject, key: string): string {
  const value = json[key];
  if (typeof value !== 'string') throw new Foreign();
  return value;
}

function textOrNull(json: JsonObject, key: string): string | null {
  return json[key] === undefined || json[key] === null ? null : text(json, key);
}

function number(json: JsonObject, key: string): number {
  const value = json[key];
  if (typeof value !== 'number' || !(value >= 0 && value <= MOST)) throw new Foreign();
  return value;
}

function numberOrNull(json: JsonObject, key: string): number | null {
  return json[key] === undefined || json[key] === null ? null : number(json, key);
}

function oneOf<T extends string>(json: JsonObject, key: string, values: readonly T[]): T {
  const found = values.find((value) => value === json[key]);
  if (found === undefined) throw new Foreign();
  return found;
}
