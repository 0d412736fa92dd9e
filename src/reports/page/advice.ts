/** What to do, in the words of docs/errors.md. */
import { CODES } from '../../codes.js';
import { groupBy } from './group-by.js';
import { faultOf, type History, type StreamHistory } from './history.js';
import type { RunSummary } from './run-summary.js';
import { plural, timeText } from './times.js';

/** `now`: it is so in the last run; `notice`: it needs no haste; `earlier`: it is over. */
export type Urgency = 'now' | 'notice' | 'earlier';

/** One thing to do, or to know. */
export interface Item {
  readonly urgency: Urgency;
  /** Null if no code fits. */
  readonly code: string | null;
  readonly title: string;
  /** In backticks: code. */
  readonly meaning: string;
  readonly advice: string;
}

/** Not worth a line: retries are in the table, and STOPPED is said of the streams. */
const QUIET: ReadonlySet<string> = new Set(['RETRY', 'STOPPED', 'TAP_FAILED']);
/** How many streams a title names. */
const NAMED = 6;

/** Everything that a reader should do or know, most urgent first. */
export function itemsOf(history: History, now: number): Item[] {
  return [
    ...failedNow(history, now),
    ...overdue(history, now),
    ...behind(history),
    ...warnings(history),
    ...failedEarlier(history, now),
  ];
}

function failedNow({ streams }: History, now: number): Item[] {
  const failed = streams.filter(({ condition }) => condition === 'failed');
  return [...groupBy(failed, ({ last }) => last.code ?? 'INTERNAL')].map(([code, some]) => {
    const counts = some.map(({ failures }) => failures);
    const most = Math.max(...counts);
    const often = most === 1 ? 'in the last run' : `${plural(most, 'time')} in a row`;
    const upTo = Math.min(...counts) === most ? '' : 'up to ';
    const last = Math.max(...some.map((stream) => stream.last.run.startedAt));
    const when = `last in the run of ${timeText(last, now)}`;
    const title = `${names(some, streams)} failed ${upTo}${often}${most === 1 ? '' : `, ${when}`}`;
    return item('now', title, code);
  });
}

function overdue({ streams }: History, now: number): Item[] {
  const late = streams.filter(({ condition }) => condition === 'overdue');
  if (late.length === 0) return [];
  const since = Math.max(...late.map(({ last }) => last.run.endedAt));
  return [
    {
      urgency: 'now',
      code: null,
      title: `${names(late, streams)}: no run since ${timeText(since, now)}`,
      meaning: 'A run that was killed or that ended with code 2 or 5 leaves no summary.',
      advice:
        'Look at the scheduler and at the log. If the stream is no longer selected, delete the ' +
        'older summaries.',
    },
  ];
}

function behind({ streams }: History): Item[] {
  const some = streams.filter(({ condition }) => condition === 'behind');
  if (some.length === 0) return [];
  return [item('notice', `${names(some, streams)}: not complete yet`, 'STOPPED')];
}

/** The warnings of the newest run of each stream. */
function warnings({ runs, streams }: History): Item[] {
  const newest = new Set<RunSummary>(streams.map(({ last }) => last.run));
  const last = runs.at(-1);
  if (last !== undefined) newest.add(last);
  const found = new Map<string, Set<string>>();
  const add = (code: string, stream: string | null): void => {
    const known = found.get(code) ?? new Set<string>();
    if (stream !== null) known.add(stream);
    found.set(code, known);
  };
  for (const run of newest)
    for (const { code, level, stream } of run.codes)
      if (level === 'warning' && !QUIET.has(code)) add(code, stream);
  for (const { stream, last: attempt } of streams)
    if (attempt.entry.rejected > 0) add('VALUE_REJECTED', stream);
  return [...found.entries()].map(([code, some]) =>
    item('notice', some.size === 0 ? 'The last run' : list([...some]), code),
  );
}

function failedEarlier({ streams }: History, now: number): Item[] {
  const over = streams.flatMap((stream) => {
    if (stream.condition === 'failed') return [];
    const failures = stream.attempts.filter(({ fate }) => fate === 'failed');
    const last = failures.at(-1);
    return last === undefined ? [] : [{ stream, last, failures: failures.length }];
  });
  return [...groupBy(over, ({ last }) => last.code ?? 'INTERNAL')].map(([code, some]) => {
    const most = Math.max(...some.map(({ failures }) => failures));
    const last = Math.max(...some.map((one) => one.last.run.startedAt));
    const often = most === 1 ? '' : `${plural(most, 'time')}, last `;
    const failed = some.map(({ stream }) => stream);
    const title = `${names(failed, streams)} failed ${often}in the run of ${timeText(last, now)}`;
    return item('earlier', title, code);
  });
}

/** Whether a run ended in order: complete, or stopped at `max_run_minutes`. */
export function endedWell(run: RunSummary): boolean {
  return run.exitCode === 0 && faultOf(run) === null;
}

function item(urgency: Urgency, title: string, code: string): Item {
  const known = Object.entries(CODES).find(([name]) => name === code)?.[1];
  if (known !== undefined)
    return { urgency, title, code, meaning: known.meaning, advice: known.advice };
  return {
    urgency,
    title,
    code: null,
    meaning: 'This version does not know the code of this error.',
    advice: 'Look at the log of the run, and update the tap that makes this page.',
  };
}

function names(some: readonly StreamHistory[], all: readonly StreamHistory[]): string {
  if (some.length === all.length && all.length > 1) return 'All tables';
  return list(some.map(({ stream }) => stream));
}

function list(all: readonly string[]): string {
  const more = all.length - NAMED;
  return more > 0 ? `${all.slice(0, NAMED).join(', ')} and ${more} more` : all.join(', ');
}
