/** The exit code of `run`. */
import { constants } from 'node:os';
import { codeOfEnd } from './child.js';
import type { RunEnd } from './run.js';

/** Another run holds the bookmark file, or took it over. */
const HELD = 5;
const TARGET_FAILED = 6;

/**
 * The tap's code, unless the bookmark file or the target failed. A target that ends with code 0
 * has failed too if it stopped reading early or did not commit all rows.
 */
export function codeOfRun({ job, forced, lost, unwritten }: RunEnd): number {
  if (job === null || lost) return HELD;
  if (forced !== null) return 128 + constants.signals[forced];
  if (codeOfEnd(job.target) !== 0 || !job.delivered || !job.committed) return TARGET_FAILED;
  const code = codeOfEnd(job.tap);
  return code === 0 && unwritten ? 1 : code;
}
