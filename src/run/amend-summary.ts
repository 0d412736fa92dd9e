/** Adds to the summary of the tap how `run` ended: the tap does not know what the target did. */
import { readFileSync, statSync } from 'node:fs';
import type { Code } from '../codes.js';
import { isObject } from '../json.js';
import { describeFileError } from '../system/file-errors.js';
import { replaceFile } from '../system/write-file.js';
import type { Log } from '../terminal/log.js';

/** How a run ended. */
export interface RunResult {
  readonly exitCode: number;
  /** The code of its last log line; null if it succeeded. */
  readonly code: Code | null;
}

/**
 * Replaces the summary by one with the exit code of `run`. A summary of an earlier run, which this
 * tap did not replace, and what is not a file stay as they are. A file that cannot be written is
 * logged.
 *
 * @param startedAt when `run` started, ms since 1970
 */
export function amendSummary(
  file: string,
  startedAt: number,
  { exitCode, code }: RunResult,
  log: Log,
): void {
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return;
    const summary: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isObject(summary) || !(Date.parse(String(summary['started_at'])) >= startedAt)) return;
    const amended = { ...summary, run_exit_code: exitCode, run_code: code };
    replaceFile(file, `${JSON.stringify(amended, null, 2)}\n`);
  } catch (error) {
    log.error(
      'REPORT_UNWRITABLE',
      `summary_file: ${file} could not be written: ${describeFileError(error)}`,
    );
  }
}
