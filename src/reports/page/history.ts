/** From the summaries of one folder to what became of each stream. */
import { groupBy } from './group-by.js';
import type { RunSummary, StreamRun } from './run-summary.js';

/** How many runs a chart shows. */
export const SHOWN_RUNS = 30;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** From this number of runs on, the usual interval is known. */
const ENOUGH_RUNS = 3;

/** How a stream fared in a run. `failed` also if the target did not store what it was given. */
export type Fate = 'complete' | 'failed' | 'stopped';

/** A stream in one run. */
export interface Attempt {
  readonly run: RunSummary;
  readonly entry: StreamRun;
  readonly fate: Fate;
  /** Why it failed. */
  readonly code: string | null;
}

/** `behind`: the last run was stopped before its end; `overdue`: no run when one was expected. */
export type Condition = 'current' | 'failed' | 'behind' | 'overdue';

/** A stream in all runs. */
export interface StreamHistory {
  readonly stream: string;
  readonly condition: Condition;
  /** Whether no run came when one was expected, whatever became of the last. */
  readonly isLate: boolean;
  readonly last: Attempt;
  /** When the run began whose data is complete, ms since 1970; null if there was none. */
  readonly dataFrom: number | null;
  /** The number of failures since it was complete last. */
  readonly failures: number;
  /** The last runs that had it, oldest first. */
  readonly attempts: readonly Attempt[];
}

/** The runs of one folder. */
export interface History {
  readonly name: string;
  /** Oldest first, without those of `--max-records`. */
  readonly runs: readonly RunSummary[];
  readonly trials: number;
  readonly streams: readonly StreamHistory[];
}

/** Codes of a run of which nothing counts as stored. */
const NOT_STORED: ReadonlySet<string> = new Set([
  'TARGET_FAILED',
  'STATE_UNWRITABLE',
  'LOCK_LOST',
  'OUTPUT_FAILED',
]);

/** The code that made a whole run fail; null if it did not, or only some streams failed. */
export function faultOf({ runCode, endedCode }: RunSummary): string | null {
  if (runCode !== null && NOT_STORED.has(runCode)) return runCode;
  return endedCode === 'STOPPED' ? null : endedCode;
}

/**
 * Makes the history of a folder. Order and copies of the summaries do not matter.
 *
 * @param now ms since 1970
 * @param maxAge how old a run may be, ms; null for twice the usual interval and an hour
 */
export function historyOf(
  name: string,
  summaries: readonly RunSummary[],
  now: number,
  maxAge: number | null,
): History {
  const all = inOrder(summaries);
  const runs = all.filter(({ isTrial }) => !isTrial);
  const attempts = groupBy(
    runs.flatMap((run) => run.streams.map((entry) => attemptOf(run, entry))),
    ({ entry }) => entry.stream,
  );
  const streams = [...attempts.entries()]
    .map(([stream, of]) => streamHistory(stream, of, now, maxAge))
    .filter((stream) => stream !== null);
  return { name, runs, trials: all.length - runs.length, streams };
}

/** The runs, oldest first, each once. */
function inOrder(summaries: readonly RunSummary[]): RunSummary[] {
  const byText = new Map(summaries.map((run) => [JSON.stringify(run), run]));
  return [...byText.entries()]
    .toSorted(([a, one], [b, other]) => one.startedAt - other.startedAt || (a < b ? -1 : 1))
    .map(([, run]) => run);
}

function attemptOf(run: RunSummary, entry: StreamRun): Attempt {
  const fault = faultOf(run);
  if (entry.outcome === 'failed') return { run, entry, fate: 'failed', code: entry.code };
  if (entry.outcome === 'complete') {
    const isLost = fault !== null && NOT_STORED.has(fault);
    return { run, entry, fate: isLost ? 'failed' : 'complete', code: isLost ? fault : null };
  }
  return { run, entry, fate: fault === null ? 'stopped' : 'failed', code: fault };
}

function streamHistory(
  stream: string,
  attempts: readonly Attempt[],
  now: number,
  maxAge: number | null,
): StreamHistory | null {
  const last = attempts.at(-1);
  if (last === undefined) return null;
  const complete = attempts.findLastIndex(({ fate }) => fate === 'complete');
  const since = attempts.slice(complete + 1);
  const isLate = now - last.run.endedAt > (maxAge ?? expectedWithin(attempts));
  return {
    stream,
    condition: conditionOf(last, isLate),
    isLate,
    last,
    dataFrom: attempts[complete]?.run.startedAt ?? null,
    failures: since.filter(({ fate }) => fate === 'failed').length,
    attempts: attempts.slice(-SHOWN_RUNS),
  };
}

function conditionOf({ fate }: Attempt, isLate: boolean): Condition {
  if (fate === 'failed') return 'failed';
  if (isLate) return 'overdue';
  return fate === 'stopped' ? 'behind' : 'current';
}

/** Within what time a run is expected: twice the usual interval and an hour; at first, a day. */
function expectedWithin(attempts: readonly Attempt[]): number {
  const starts = attempts.slice(-SHOWN_RUNS).map(({ run }) => run.startedAt);
  if (starts.length < ENOUGH_RUNS) return DAY;
  const intervals = starts.slice(1).map((start, index) => start - (starts[index] ?? start));
  const usual = intervals.toSorted((a, b) => a - b)[Math.floor(intervals.length / 2)] ?? DAY;
  return 2 * usual + HOUR;
}
