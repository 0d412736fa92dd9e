/** `bolt-eci-tap run`: runs tap and target, and bookmarks what the target has committed. */
import { fileURLToPath } from 'node:url';
import { amendSummary } from './amend-summary.js';
import { BookmarkFile } from './bookmark-file.js';
import { LONGEST_LINE } from './committed.js';
import { ConfigError } from '../errors.js';
import { startJob, type JobEnd } from './job.js';
import { loadSettings, type SettingFlags } from '../config/load.js';
import { STALE_MS, takeLock } from './lock.js';
import { createStderrLog, type Log } from '../terminal/log.js';
import { secretsOf } from '../config/config.js';
import { logResult } from './result.js';
import { codeOfRun } from './run-code.js';
import { fileOfRun } from '../system/run-file.js';
import { targetCommand, type Argv } from './target-command.js';
import { Watch } from './watch.js';

/** The flags of the subcommand, as commander gives them. */
export interface RunFlags extends SettingFlags {
  readonly state?: string | undefined;
  readonly target?: string | undefined;
  /** Seconds. */
  readonly grace: number;
}

/** How a run ended. Its exit code follows from this. */
export interface RunEnd {
  /** Null if the job was not started: another run holds the bookmark file. */
  readonly job: JobEnd | null;
  /** The second signal, which ended both processes at once. */
  readonly forced: NodeJS.Signals | null;
  /** Whether another run has taken the lock of the bookmark file. */
  readonly lost: boolean;
  /** Whether the last commit could not be written. */
  readonly unwritten: boolean;
}

const TAP = fileURLToPath(new URL('../../bin/bolt-eci-tap.js', import.meta.url));
/** The tap ends within a second after a signal. */
const PATIENCE_MS = 2000;

/**
 * Runs tap and target to their end.
 *
 * @param tapFlags the flags that are passed to the tap, without `--state`
 * @param words the target's command, if it was given after `--`
 * @throws ConfigError if flags, settings or the bookmark file are wrong, or the target cannot be
 *   started. The file is unchanged then
 * @throws StopError if a signal came before the start
 */
export async function run(
  flags: RunFlags,
  tapFlags: readonly string[],
  words: readonly string[],
): Promise<RunEnd> {
  const target = targetCommand(words, flags.target);
  if (flags.state === undefined)
    throw new ConfigError('USAGE_WRONG', 'run needs --state FILE, its bookmark file');
  const { config } = await loadSettings(flags);
  const log = createStderrLog({
    level: config.logLevel,
    format: config.logFormat,
    secrets: secretsOf(config),
  });
  const bookmark = new BookmarkFile(flags.state, log);
  const startedAt = Date.now();
  const { summaryFile } = config;
  const summary = summaryFile === undefined ? null : fileOfRun(summaryFile, startedAt);
  const watch = new Watch(log);
  try {
    const graceMs = flags.grace * 1000;
    return await runLocked({ bookmark, watch, log, target, tapFlags, graceMs, startedAt, summary });
  } finally {
    watch.release();
  }
}

interface Parts {
  readonly bookmark: BookmarkFile;
  readonly watch: Watch;
  readonly log: Log;
  readonly target: Argv;
  readonly tapFlags: readonly string[];
  readonly graceMs: number;
  /** ms since 1970 */
  readonly startedAt: number;
  /** The tap's summary; null without one. */
  readonly summary: string | null;
}

async function runLocked({
  bookmark,
  watch,
  log,
  target,
  tapFlags,
  graceMs,
  startedAt,
  summary,
}: Parts): Promise<RunEnd> {
  const { path } = bookmark;
  const lock = await takeLock(path, {
    onLost: () => watch.reportLoss(),
    warn: (message) => log.warn('RUN_LOCKED', message),
    wait: (ms) => watch.wait(ms),
  });
  if (lock === null) {
    log.error(
      'RUN_LOCKED',
      `another run holds ${path}: wait until it ends ` +
        `(${path}.lock; the lock of a run that was killed expires after ${STALE_MS / 1000} s)`,
    );
    return { job: null, forced: null, lost: false, unwritten: false };
  }
  try {
    const started = await startJob({
      tap: [
        TAP,
        ...tapFlags,
        ...(summary === null ? [] : [`--summary=${summary}`]),
        `--state=${bookmark.chooseStart()}`,
      ],
      target,
      graceMs,
      patienceMs: PATIENCE_MS,
      onState: (state) => {
        // A run that was suspended may read states before it notices that another took its lock.
        if (!watch.lost && !lock.isOurs()) watch.reportLoss();
        if (!watch.lost) bookmark.commit(state);
      },
      onOther: onlyOnce((kind) => {
        log.warn(
          'TARGET_OUTPUT',
          `${target[0]} prints lines on stdout that are not states (${kind}); they are ignored`,
        );
      }),
      onTooLong: () => {
        log.warn(
          'TARGET_OUTPUT',
          `${target[0]} printed a line of more than ${LONGEST_LINE / 1024 / 1024} MB on stdout; ` +
            'it is ignored',
        );
      },
    });
    watch.guard(started);
    const job = await started.ended;
    const end = { job, forced: watch.forced, lost: watch.lost, unwritten: bookmark.broken };
    const context = { target: target[0], file: path, commits: bookmark.commits };
    const code = logResult(job, end, context, log);
    if (summary !== null) amendSummary(summary, startedAt, { exitCode: codeOfRun(end), code }, log);
    return end;
  } finally {
    await lock.release();
  }
}

/** Returns a function that calls `action` the first time only. */
function onlyOnce(action: (kind: string) => void): (kind: string) => void {
  let isDone = false;
  return (kind) => {
    if (!isDone) action(kind);
    isDone = true;
  };
}
