/** `bolt-eci-tap run`: runs tap and target, and bookmarks what the target has committed. */
import { BookmarkFile } from './bookmark-file.js';
import { ConfigError } from '../errors.js';
import { loadSettings, type SettingFlags } from '../config/load.js';
import { STALE_MS, takeLock } from './lock.js';
import { createStderrLog } from '../terminal/log.js';
import { secretsOf } from '../config/config.js';
import { runToDatabase } from './database.js';
import { NOT_STARTED, runJob, type JobParts, type RunEnd, type RunParts } from './run-job.js';
import { loadCommand, targetCommand, type LoadLog } from './target-command.js';
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
  const start = chooseStart(flags, words);
  const { config } = await loadSettings(flags);
  const { logLevel: level, logFormat: format, summaryFile } = config;
  const log = createStderrLog({ level, format, secrets: secretsOf(config) });
  const startedAt = Date.now();
  const summary = summaryFile === undefined ? null : fileOfRun(summaryFile, startedAt);
  const watch = new Watch(log);
  const parts = { watch, log, tapFlags, graceMs: flags.grace * 1000, startedAt, summary };
  try {
    return await start(parts, { level, format });
  } finally {
    watch.release();
  }
}

type Start = (parts: RunParts, log: LoadLog) => Promise<RunEnd>;

/**
 * Chooses where rows and bookmarks go, before settings are read.
 *
 * @throws ConfigError if the flags do not say so
 */
function chooseStart({ to, state, target }: RunFlags, words: readonly string[]): Start {
  if (to === undefined) {
    const command = targetCommand(words, target);
    if (state === undefined)
      throw new ConfigError('USAGE_WRONG', 'run needs --state FILE, its bookmark file');
    return (parts) => runLocked(state, { ...parts, target: command, targetName: command[0] });
  }
  if (words.length > 0 || target !== undefined)
    throw new ConfigError('USAGE_WRONG', 'run takes --to FILE or a target, not both');
  if (state === undefined) return (parts, log) => runToDatabase(to, log, parts);
  return (parts, log) =>
    runLocked(state, { ...parts, target: loadCommand(to, log), targetName: 'load' });
}

/** Runs the job with a bookmark file, while this run holds its lock. */
async function runLocked(
  state: string,
  parts: RunParts & Pick<JobParts, 'target' | 'targetName'>,
): Promise<RunEnd> {
  const { watch, log } = parts;
  const bookmark = new BookmarkFile(state, log);
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
