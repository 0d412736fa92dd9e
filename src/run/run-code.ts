/** The exit code of `run`. */
import { constants } from 'node:os';
import { codeOfEnd } from './child.js';
import type { RunEnd } from './run.js';

/** Another run holds the bookmark file, or took it over. */
const HELD = 5;
const TARGET_FAILED = 6;

/**
 * The tap's own code, unless something on this side of it failed: the target (also one that stops reading early, whatever its code: rows
 * are missing there then), or the bookmark file.
 */
export function codeOfRun({ job, forced, lost, unwritten }: RunEnd): number {
  if (job === null || lost) return HELD;
  if (forced !== null) return 128 + constants.signals[forced];
  if (codeOfEnd(job.target) !== 0 || !job.delivered) return TARGET_FAILED;
  const code = codeOfEnd(job.tap);
  return code === 0 && unwritten ? 1 : code;
}
