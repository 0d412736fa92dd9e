/** The beginning of a verification: what is checked and logged before the first request. */
import { fstatSync } from 'node:fs';
import type { PlannedStream } from '../catalog/plan.js';
import type { Destination } from '../engine/verify/destination.js';
import { ConfigError, OutputError } from '../errors.js';
import { checkReportFile } from '../reports/report-files.js';
import { comparedText } from '../reports/verify-report.js';
import { isClosed } from '../system/write-file.js';
import type { Log } from '../terminal/log.js';

/** Fields that the log names at most. */
const NAMED = 10;

/** The flags that files depend on. */
interface FileFlags {
  readonly report?: string | undefined;
  readonly emit?: true | undefined;
}

/**
 * Checks stdin, stdout and the file of `--report`.
 *
 * @throws ConfigError if stdin is a terminal, or the file cannot be written
 * @throws OutputError if there is no stdout for `--emit`
 */
export function checkFiles({ report, emit }: FileFlags): void {
  if (process.stdin.isTTY)
    throw new ConfigError(
      'USAGE_WRONG',
      "verify reads the destination's rows from stdin, which is a terminal: " +
        'pipe a query into it, as in docs/verify.md',
    );
  if (fstatSync(0).isDirectory()) throw new ConfigError('ROWS_UNUSABLE', 'stdin is a folder');
  if (emit === true && isClosed(1))
    throw new OutputError('stdout is closed: --emit has nowhere to write', false);
  if (report !== undefined) checkReportFile('--report', report);
}

/** Logs what was read from stdin. */
export function logRows(
  rows: number,
  { ignored, compared }: Destination,
  { stream: { name } }: PlannedStream,
  log: Log,
): void {
  if (rows === 0) log.warn('ROWS_EMPTY', `stdin has no rows: every row of ${name} will be missing`);
  if (ignored.length > 0) {
    const more = ignored.length > NAMED ? `, and ${ignored.length - NAMED} more` : '';
    const names = ignored.slice(0, NAMED).join(', ');
    log.info(`stdin: ignored fields that ${name} does not have: ${names}${more}`);
  }
  if (compared.some((columns) => columns.length === 0))
    log.info(`stdin: no field tells a change, so only keys are compared; add etag or updated_at`);
  log.info(`${name}: ${rows} rows on stdin, compared by ${comparedText(compared)}`);
}
