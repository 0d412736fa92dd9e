/** `bolt-eci-tap run`: runs tap and target, and bookmarks what the target has committed. */
import { BookmarkFile } from './bookmark-file.js';
import { ConfigError } from '../errors.js';
import { loadSettings, type SettingFlags } from '../config/load.js';
import { STALE_MS, takeLock } from './lock.js';
import { createStderrLog } from '../terminal/log.js';
import { secretsOf } from '../config/config.js';
import { runToDatabase } from './database.js';
import { NOT_STARTED, runJob, type JobParts, type RunEnd } from './run-job.js';
import { loadCommand, targetCommand } from './target-command.js';
import { fileOfRun } from '../system/run-file.js';
import { Watch } from './watch.js';

/** The flags of the subcommand, as commander gives them. */
export interface RunFlags extends SettingFlags {
  readonly state?: string | undefined;
  readonly target?: string | undefined;
  /** A DuckDB file, in place of a target. */
  readonly to?: string | undefined;
  /** Seconds. */
  readonly grace: number;
}

/**
 * Runs tap and target to their end.
 *
 * @param tapFlags the flags that are passed to the tap, without `--state`
 * @param words the target's command, if it was given after `--`
 * @throws ConfigError if flags, settings, the bookmark file or the database are wrong, or the
 *   target cannot be started. Bookmarks are unchanged then
 * @throws StopError if a signal came before the start
 */
export async function run(
  flags: RunFlags,
  tapFlags: readonly string[],
  words: readonly string[],
): Promise<RunEnd> {
  const { to, state } = flags;
  if (to !== undefined && (words.length > 0 || flags.target !== undefined))
    throw new ConfigError('USAGE_WRONG', 'run takes --to FILE or a target, not both');
  const target = to === undefined ? targetCommand(words, flags.target) : null;
  if (to === undefined && state === undefined)
    throw new ConfigError('USAGE_WRONG', 'run needs --state FILE, its bookmark file');
  const { config } = await loadSettings(flags);
  const log = createStderrLog({
    level: config.logLevel,
    format: config.logFormat,
    secrets: secretsOf(config),
  });
  const bookmark = state === undefined ? null : new BookmarkFile(state, log);
  const startedAt = Date.now();
  const { summaryFile } = config;
  const summary = summaryFile === undefined ? null : fileOfRun(summaryFile, startedAt);
  const watch = new Watch(log);
  const parts = { watch, log, tapFlags, graceMs: flags.grace * 1000, startedAt, summary };
  const options = { level: config.logLevel, format: config.logFormat };
  try {
    if (bookmark !== null && target !== null)
      return await runLocked(bookmark, { ...parts, target, targetName: target[0] });
    if (bookmark !== null)
      return await runLocked(bookmark, {
        ...parts,
        target: loadCommand(to ?? '', options),
        targetName: 'load',
      });
    return await runToDatabase(to ?? '', options, parts);
  } finally {
    watch.release();
  }
}

/** Runs the job with a bookmark file, while this run holds its lock. */
async function runLocked(
  bookmark: BookmarkFile,
  parts: Omit<JobParts, 'bookmark' | 'stateFile' | 'isOurs'>,
): Promise<RunEnd> {
  const { watch, log } = parts;
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
    return NOT_STARTED;
  }
  try {
    const isOurs = (): boolean => lock.isOurs();
    return await runJob({ ...parts, bookmark, stateFile: bookmark.chooseStart(), isOurs });
  } finally {
    await lock.release();
  }
}
