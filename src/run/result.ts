/** The last line of `run`. */
import { codeOfEnd, endInWords } from './child.js';
import type { JobEnd } from './job.js';
import type { Log } from '../terminal/log.js';
import { codeOfRun } from './run-code.js';
import type { RunEnd } from './run.js';

/** What the line names. */
export interface Names {
  /** The target's command. */
  readonly target: string;
  /** The bookmark file. */
  readonly file: string;
  /** How many states the target has committed. */
  readonly commits: number;
}

/** Logs how a run ended, in one line, after all that tap and target have printed. */
export function logResult(
  job: JobEnd,
  end: RunEnd,
  { target, file, commits }: Names,
  log: Log,
): void {
  const bookmarks =
    commits > 0 && !end.unwritten
      ? `${file} holds what ${target} committed last`
      : `${file} stays as it was`;
  const code = codeOfRun(end);
  const fault = targetFault(job, target, commits);
  const why = end.lost
    ? `the lock of ${file} was lost to another run`
    : (fault ??
      (codeOfEnd(job.tap) === 0 ? null : `the tap ${endInWords(job.tap)}; the target ended well`));
  const records = job.records.toLocaleString('en');
  if (code === 0) log.info(`run succeeded: ${records} records; ${bookmarks}`);
  else if (end.forced !== null)
    log.error('STOPPED', `run ended at once by a second signal, ${end.forced}; ${bookmarks}`);
  else if (why === null)
    log.error(
      'STATE_UNWRITABLE',
      `run failed (code ${code}): ${file} could not be written; ${records} records committed`,
    );
  else if (code === codeOfEnd(job.tap))
    log.warn('TAP_FAILED', `run ended with code ${code}: ${why}; ${bookmarks}`);
  else
    log.error(
      end.lost ? 'LOCK_LOST' : 'TARGET_FAILED',
      `run failed (code ${code}): ${why}; ${bookmarks}`,
    );
}

function targetFault(
  { target: end, delivered, committed }: JobEnd,
  target: string,
  commits: number,
): string | null {
  if (codeOfEnd(end) !== 0) return `the target ${target} ${endInWords(end)}`;
  if (!delivered)
    return `the target ${target} ended with code 0, but stopped reading before the tap was done`;
  if (committed) return null;
  return commits > 0
    ? `the target ${target} ended with code 0, but its last state does not cover all that it was given; the next run brings the rest`
    : `the target ${target} ended with code 0, but printed no state, so nothing counts as committed; run needs a target that prints the states it has committed`;
}
