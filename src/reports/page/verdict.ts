/** The first line of a report: the answer. */
import { faultOf, type History, type StreamHistory } from './history.js';
import { numberText, timeText } from './times.js';

/** How good the answer is, best first. */
export type Tone = 'good' | 'warn' | 'bad';

/** The answer for one folder, or for all. */
export interface Verdict {
  readonly tone: Tone;
  readonly text: string;
}

/** Failures of a whole run: before "in the last run" and "3 times". */
const FAULTS: Readonly<Record<string, string>> = {
  TOKEN_REFUSED: 'The API refused the token',
  HOST_UNREACHABLE: 'The API did not respond',
  TARGET_FAILED: 'The target failed',
  OUTPUT_FAILED: 'The target stopped reading',
  STATE_UNWRITABLE: 'The bookmark file could not be written',
};
const OTHER_FAULT = 'The run failed';
/** How many streams a line names. */
const NAMED = 3;

/** Answers for one folder. */
export function verdictOf(history: History, now: number): Verdict {
  const { runs, streams } = history;
  const newest = runs.at(-1);
  if (newest === undefined) return { tone: 'bad', text: 'No run yet' };
  if (streams.every(({ isLate }) => isLate)) {
    const end = Math.max(...runs.map(({ endedAt }) => endedAt));
    return { tone: 'bad', text: `No run since ${timeText(end, now)}` };
  }
  const fault = faultOf(newest);
  if (fault !== null) {
    const what = Object.hasOwn(FAULTS, fault) ? (FAULTS[fault] ?? OTHER_FAULT) : OTHER_FAULT;
    return { tone: 'bad', text: `${what} ${times(streakOf(history, fault), 'in the last run')}` };
  }
  return streamsVerdict(streams, now);
}

function streamsVerdict(streams: readonly StreamHistory[], now: number): Verdict {
  const failed = streams.filter(({ condition }) => condition === 'failed');
  if (failed.length > 0) {
    const counts = new Set(failed.map(({ failures }) => failures));
    const often = counts.size === 1 ? ` ${times(failed[0]?.failures ?? 1, 'in the last run')}` : '';
    return { tone: 'bad', text: `${subject(failed, streams.length)} failed${often}` };
  }
  const overdue = streams.filter(({ condition }) => condition === 'overdue');
  if (overdue.length > 0) {
    const since = Math.max(...overdue.map(({ last }) => last.run.endedAt));
    const text = `${subject(overdue, streams.length)}: no run since ${timeText(since, now)}`;
    return { tone: 'bad', text };
  }
  const behind = streams.filter(({ condition }) => condition === 'behind');
  if (behind.length > 0) {
    const verb = behind.length === 1 ? 'is' : 'are';
    return { tone: 'warn', text: `${subject(behind, streams.length)} ${verb} not complete yet` };
  }
  const from = streams.map(({ dataFrom }) => dataFrom ?? 0);
  return { tone: 'good', text: `All tables current at ${timeText(Math.min(...from), now)}` };
}

/**
 * The answer for all folders: that of the worst, with its name.
 *
 * @param verdicts one for each folder, at least one
 */
export function overallVerdict(
  histories: readonly History[],
  verdicts: readonly Verdict[],
  now: number,
): Verdict {
  const [only] = verdicts;
  if (only !== undefined && verdicts.length === 1) return only;
  const tone = (['bad', 'warn'] as const).find((one) => verdicts.some((it) => it.tone === one));
  const bad = histories.filter((_, index) => verdicts[index]?.tone === tone);
  if (tone === undefined) {
    const streams = histories.flatMap((history) => history.streams);
    return streamsVerdict(streams, now);
  }
  const first = verdicts.find((one) => one.tone === tone);
  const more =
    bad.length > 1
      ? `; also ${bad
          .slice(1)
          .map(({ name }) => name)
          .join(', ')}`
      : '';
  return { tone, text: `${bad[0]?.name}: ${first?.text}${more}` };
}

/** How many of the newest runs, one after another, failed for this reason. */
function streakOf({ runs }: History, fault: string): number {
  const before = runs.findLastIndex((run) => faultOf(run) !== fault);
  return runs.length - 1 - before;
}

function times(count: number, once: string): string {
  return count === 1 ? once : `${numberText(count)} times`;
}

function subject(some: readonly StreamHistory[], all: number): string {
  const names = some.map(({ stream }) => stream);
  if (names.length > NAMED) return `${names.length} of ${all} tables`;
  return [names.slice(0, -1).join(', '), names.at(-1)].filter((part) => part !== '').join(' and ');
}
