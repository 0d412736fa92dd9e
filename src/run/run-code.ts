/** The exit code of `run`. */
import { constants } from 'node:os';
import { EXIT } from '../system/exit-codes.js';
import { codeOfEnd } from './child.js';
import type { RunEnd } from './run-job.js';

/**
 * Returns the exit code of a run: that of the tap, unless the bookmark file or the target failed. A
 * target that ends with code 0 has also failed if it stopped reading early or did not commit all
 * rows.
 */
export function codeOfRun({ job, forced, lost, unwritten }: RunEnd): number {
  if (job === null || lost) return EXIT.locked;
  if (forced !== null) return 128 + constants.signals[forced];
  if (codeOfEnd(job.target) !== 0 || !job.delivered || !job.committed) return EXIT.targetFailed;
  const code = codeOfEnd(job.tap);
  return code === 0 && unwritten ? EXIT.failed : code;
}
