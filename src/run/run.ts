/** `bolt-eci-tap run`: tap and target as one job, with a bookmark file that holds what the target has committed and nothing else. */
import { fileURLToPath } from 'node:url';
import { BookmarkFile } from './bookmark-file.js';
import { codeOfEnd, endInWords } from './child.js';
import { ConfigError } from '../errors.js';
import { startJob, type JobEnd } from './job.js';
import { loadSettings, type SettingFlags } from '../config/load.js';
import { STALE_MS, takeLock } from './lock.js';
import { createLog, type Log } from '../log.js';
import { secretsOf } from '../config/config.js';
import { targetCommand, type Words } from './target-command.js';
import { Watch } from './watch.js';

/** The flags of the subcommand, as commander gives them. */
export interface RunFlags extends SettingFlags {
  readonly state?: string;
  readonly target?: string;
  /** Seconds. */
  readonly grace: number;
}

/** How a run came out; its exit code follows from this. */
export interface RunEnd {
  /** Null where the job was not started: another run holds the bookmark file. */
  readonly job: JobEnd | null;
  /** The signal that ended all at once, the second one. */
  readonly forced: NodeJS.Signals | null;
  /** Whether another run took the bookmark file over. */
  readonly lost: boolean;
  /** Whether the last commit could not be written. */
  readonly unwritten: boolean;
}

const TAP = fileURLToPath(new URL('../../../bin/bolt-eci-tap.js', import.meta.url));
/** The tap ends within a second by itself. */
const PATIENCE_MS = 2000;

/**
 * Runs tap and target to their end.
 *
 * @param tapFlags the flags that go on to the tap, `--state` apart
 * @param words the target's command, where it was given after `--`
 * @throws ConfigError where flags or settings are wrong, or the target cannot be started; the bookmark file was not touched then
 */
export async function run(flags: RunFlags, tapFlags: readonly string[], words: readonly string[]): Promise<RunEnd> {
  const target = targetCommand(words, flags.target);
  if (flags.state === undefined) throw new ConfigError('run takes --state FILE: the bookmark file that it keeps');
  const { config } = await loadSettings(flags);
  const log = createLog({
    level: config.logLevel,
    format: config.logFormat,
    secrets: secretsOf(config),
    write: (line) => process.stderr.write(line),
  });
  const bookmark = new BookmarkFile(flags.state, log);
  const watch = new Watch(log);
  const release = await takeLock(bookmark.path, () => watch.lose());
  if (release === null) {
    log.error(
      `another run holds ${bookmark.path}: it has to end first (${bookmark.path}.lock; a run that was killed counts for ${STALE_MS / 1000} s)`,
    );
    return { job: null, forced: null, lost: false, unwritten: false };
  }
  try {
    const job = await startJob({
      tap: [TAP, ...tapFlags, `--state=${bookmark.begin()}`],
      target,
      graceMs: flags.grace * 1000,
      patienceMs: PATIENCE_MS,
      onState: (state) => {
        if (!watch.lost) bookmark.move(state);
      },
      onOther: once((what) => {
        log.warn(`${target[0]} prints lines on stdout that are no state (${what}); they are left aside`);
      }),
    });
    watch.over(job);
    const end = await job.ended;
    tell(end, target, bookmark, log);
    return { job: end, forced: watch.forced, lost: watch.lost, unwritten: bookmark.broken };
  } finally {
    watch.release();
    await release();
  }
}

/** Says what became of both, and of the bookmark. */
function tell(
  { tap, target: taker, delivered }: JobEnd,
  [name]: Words,
  { path, commits }: BookmarkFile,
  log: Log,
): void {
  if (codeOfEnd(taker) !== 0) log.error(`the target ${name} ${endInWords(taker)}`);
  else if (!delivered) log.error(`the target ${name} stopped reading before the tap was done, and ended with code 0`);
  else if (codeOfEnd(tap) !== 0) log.warn(`the tap ${endInWords(tap)}; the target ended well`);
  if (commits > 0) log.info(`${path} holds what ${name} committed last`);
  else log.warn(`${name} committed nothing: ${path} stays as it was`);
}

function once(say: (what: string) => void): (what: string) => void {
  let said = false;
  return (what) => {
    if (!said) say(what);
    said = true;
  };
}
