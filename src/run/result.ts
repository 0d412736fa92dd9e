/** The last log line of `run`. */
import { codeOfEnd, describeEnd } from './child.js';
import type { Code } from '../codes.js';
import type { JobEnd } from './job.js';
import type { Log } from '../terminal/log.js';
import { codeOfRun } from './run-code.js';
import type { RunEnd } from './run-job.js';

/** What the line names. */
export interface ResultContext {
  /** The target's command. */
  readonly target: string;
  /** The bookmark file. */
  readonly file: string;
  /** Number of states that the target has committed. */
  readonly commits: number;
}

/**
 * Logs how a run ended, in one line. Call it when tap and target have ended.
 *
 * @returns the code of the line; null if the run succeeded
 */
export function logResult(
  job: JobEnd,
  end: RunEnd,
  { target, file, commits }: ResultContext,
  log: Log,
): Code | null {
  const bookmarks =
    commits > 0 && !end.unwritten
      ? `${file} holds what ${target} committed last`
      : `${file} is unchanged`;
  const code = codeOfRun(end);
  const fault = describeTargetFault(job, target, commits);
  const why = end.lost
    ? `the lock of ${file} was lost to another run`
    : (fault ??
      (codeOfEnd(job.tap) === 0 ? null : `the tap ${describeEnd(job.tap)}; the target succeeded`));
  const records = job.records.toLocaleString('en');
  const describeFailure = (): [Code, string] => {
    if (end.forced !== null)
      return ['STOPPED', `run was ended at once by a second signal, ${end.forced}; ${bookmarks}`];
    const failed = `run failed (code ${code})`;
    if (why === null)
      return [
        'STATE_UNWRITABLE',
        `${failed}: ${file} could not be written; ${records} records committed`,
      ];
    if (code === codeOfEnd(job.tap))
      return ['TAP_FAILED', `run ended with code ${code}: ${why}; ${bookmarks}`];
    return [end.lost ? 'LOCK_LOST' : 'TARGET_FAILED', `${failed}: ${why}; ${bookmarks}`];
  };
  if (code === 0) {
    log.info(`run succeeded: ${records} records; ${bookmarks}`);
    return null;
  }
  const [failure, message] = describeFailure();
  if (failure === 'TAP_FAILED') log.warn(failure, message);
  else log.error(failure, message);
  return failure;
}

/** Returns what the target did wrong; null if nothing. */
function describeTargetFault(
  { target: end, delivered, committed }: JobEnd,
  target: string,
  commits: number,
): string | null {
  if (codeOfEnd(end) !== 0) return `the target ${target} ${describeEnd(end)}`;
  if (!delivered)
    return `the target ${target} ended with code 0, but stopped reading before the tap ended`;
  if (committed) return null;
  return commits > 0
    ? `the target ${target} ended with code 0, but its last state does not cover all rows that ` +
        'it received; the next run sends the rest again'
    : `the target ${target} ended with code 0, but printed no state, so nothing counts as ` +
        'committed; run needs a target that prints the states it has committed';
}
