/** One job of `run`: starts it, keeps its bookmarks, and logs how it ended. */
import { amendSummary } from './amend-summary.js';
import { LONGEST_LINE } from './committed.js';
import { startJob, type JobEnd, type TargetProcess } from './job.js';
import type { JsonObject } from '../json.js';
import type { Log } from '../terminal/log.js';
import { logResult } from './result.js';
import { codeOfRun } from './run-code.js';
import { COMMAND, type Argv } from './target-command.js';
import type { Watch } from './watch.js';

/** Where bookmarks are kept. */
export interface Bookmarks {
  /** The file, for messages. */
  readonly path: string;
  /** Number of commits. */
  readonly commits: number;
  /** Whether the last commit could not be written. */
  readonly broken: boolean;
  /** Takes a state that the target has committed. */
  commit(state: JsonObject): void;
}

/** How a job ended, before it has an exit code. */
export interface RunEnd {
  /** Null if the job was not started: another run holds the bookmark file or the database. */
  readonly job: JobEnd | null;
  /** The second signal, which ended both processes at once. */
  readonly forced: NodeJS.Signals | null;
  /** Whether another run has taken the lock of the bookmark file. */
  readonly lost: boolean;
  /** Whether the last commit could not be written. */
  readonly unwritten: boolean;
}

/** The end of a run that another one kept from starting. */
export const NOT_STARTED: RunEnd = { job: null, forced: null, lost: false, unwritten: false };

/** What a job needs wherever rows and bookmarks go. */
export interface RunParts {
  readonly watch: Watch;
  readonly log: Log;
  readonly tapFlags: readonly string[];
  readonly graceMs: number;
  /** ms since 1970 */
  readonly startedAt: number;
  /** The tap's summary; null without one. */
  readonly summary: string | null;
}

export interface JobParts extends RunParts {
  readonly bookmark: Bookmarks;
  /** The file that the tap starts from; null without one. */
  readonly stateFile: string | null;
  /** Whether the bookmarks are still those of this run. */
  readonly isOurs: () => boolean;
  readonly target: Argv | TargetProcess;
  /** The target's name, for messages. */
  readonly targetName: string;
}

/** The tap ends within a second after a signal. */
const PATIENCE_MS = 2000;

/**
 * Runs tap and target to their end.
 *
 * @throws ConfigError if the target cannot be started
 */
export async function runJob(parts: JobParts): Promise<RunEnd> {
  const { bookmark, stateFile, isOurs, watch, log, target, targetName, summary, startedAt } = parts;
  const started = await startJob({
    tap: [
      COMMAND,
      ...parts.tapFlags,
      ...(summary === null ? [] : [`--summary=${summary}`]),
      ...(stateFile === null ? [] : [`--state=${stateFile}`]),
    ],
    target,
    graceMs: parts.graceMs,
    patienceMs: PATIENCE_MS,
    onState: (state) => {
      // A run that was suspended may read states before it notices that another took its lock.
      if (!watch.lost && !isOurs()) watch.reportLoss();
      if (!watch.lost) bookmark.commit(state);
    },
    onOther: onlyOnce((kind) => {
      log.warn(
        'TARGET_OUTPUT',
        `${targetName} prints lines on stdout that are not states (${kind}); they are ignored`,
      );
    }),
    onTooLong: () => {
      log.warn(
        'TARGET_OUTPUT',
        `${targetName} printed a line of more than ${LONGEST_LINE / 1024 / 1024} MB on stdout; ` +
          'it is ignored',
      );
    },
  });
  watch.guard(started);
  const job = await started.ended;
  const end = { job, forced: watch.forced, lost: watch.lost, unwritten: bookmark.broken };
  const context = { target: targetName, file: bookmark.path, commits: bookmark.commits };
  const code = logResult(job, end, context, log);
  if (summary !== null) amendSummary(summary, startedAt, { exitCode: codeOfRun(end), code }, log);
  return end;
}

/** Returns a function that calls `action` the first time only. */
function onlyOnce(action: (kind: string) => void): (kind: string) => void {
  let isDone = false;
  return (kind) => {
    if (!isDone) action(kind);
    isDone = true;
  };
}
