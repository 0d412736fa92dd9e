/** Writes the files of `--summary`, `--metrics-file` and `--report`. */
import type { Config } from '../config/config.js';
import { ConfigError } from '../errors.js';
import type { Log } from '../terminal/log.js';
import type { Redact } from '../terminal/redact.js';
import type { SyncReport } from './report.js';
import { summaryJson, type RunFacts } from './summary-file.js';
import type { CallStats } from './call-stats.js';
import { describeFileError } from '../system/file-errors.js';
import { fileOfRun } from '../system/run-file.js';
import { checkReplaceable, replaceFile } from '../system/write-file.js';

/**
 * Writes the files. It does not wait for I/O, because it also runs right before the process ends. A
 * file that cannot be written is logged as an error, and does not change the exit code.
 *
 * @param endedAt ms since 1970
 */
export type WriteReports = (
  report: SyncReport,
  callStats: CallStats,
  facts: RunFacts,
  endedAt: number,
) => Promise<void>;

/**
 * Checks that the files can be written. Call it before the first request.
 *
 * @param startedAt ms since 1970; names the summary if `summary_file` is a folder
 * @returns a function that writes the files
 * @throws ConfigError if one cannot be written
 */
export async function openReports(
  config: Config,
  startedAt: number,
  redact: Redact,
  log: Log,
): Promise<WriteReports> {
  const { metricsFile } = config;
  const summaryFile =
    config.summaryFile === undefined ? undefined : fileOfRun(config.summaryFile, startedAt);
  if (summaryFile !== undefined) checkReportFile('summary_file', summaryFile);
  if (metricsFile !== undefined) checkReportFile('metrics_file', metricsFile);
  // prom-client is large, and there is no time to import it when the process ends.
  const metricsText =
    metricsFile === undefined ? null : (await import('./metrics-file.js')).metricsText;
  return async (report, callStats, facts, endedAt) => {
    if (summaryFile !== undefined)
      writeReportFile(
        'summary_file',
        summaryFile,
        summaryJson(report, callStats, facts, redact),
        log,
      );
    if (metricsFile === undefined || metricsText === null) return;
    const metrics = await metricsText(report, callStats, facts, metricsFile, endedAt);
    writeReportFile('metrics_file', metricsFile, redact(metrics), log);
  };
}

/**
 * Checks that a report can be written.
 *
 * @param setting the setting or flag that names the file
 * @throws ConfigError if not
 */
export function checkReportFile(setting: string, file: string): void {
  if (file === '-')
    throw new ConfigError(
      'REPORT_UNWRITABLE',
      `${setting}: expected the name of a file, got - (stdout is not for reports)`,
    );
  try {
    checkReplaceable(file);
  } catch (error) {
    throw new ConfigError(
      'REPORT_UNWRITABLE',
      `${setting}: ${file} cannot be written: ${describeFileError(error)}`,
    );
  }
}

/**
 * Writes a report. If that fails, it logs an error: the exit code says what the command found.
 *
 * @param setting the setting or flag that names the file
 */
export function writeReportFile(setting: string, file: string, text: string, log: Log): void {
  try {
    replaceFile(file, text);
  } catch (error) {
    log.error(
      'REPORT_UNWRITABLE',
      `${setting}: ${file} could not be written: ${describeFileError(error)}`,
    );
  }
}
