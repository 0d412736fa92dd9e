/** The files that `--summary` and `--metrics-file` name. */
import type { Config } from '../config/config.js';
import { ConfigError } from '../errors.js';
import type { Log } from '../terminal/log.js';
import type { Redact } from '../terminal/redact.js';
import type { SyncReport } from './report.js';
import { summaryJson, type RunFacts } from './summary-file.js';
import type { Tally } from './call-stats.js';
import { describeFileError } from '../system/file-errors.js';
import { checkReplaceable, replaceFile } from '../system/write-file.js';

/**
 * Writes the files. It waits for nothing but promises that are ready: it also runs just before the process
 * ends at once. A file that cannot be written is an error in the log; the run itself was what it was.
 */
export type WriteReports = (
  report: SyncReport,
  tally: Tally,
  facts: RunFacts,
  endedAt: number,
) => Promise<void>;

/**
 * Checks that the files can be written, before the first call.
 *
 * @throws ConfigError where one cannot be written
 */
export async function openReports(config: Config, redact: Redact, log: Log): Promise<WriteReports> {
  const { summaryFile, metricsFile } = config;
  if (summaryFile !== undefined) check('summary_file', summaryFile);
  if (metricsFile !== undefined) check('metrics_file', metricsFile);
  // prom-client is heavy. It is loaded before the run, since the end of the process waits for no import.
  const metricsText =
    metricsFile === undefined ? null : (await import('./metrics-file.js')).metricsText;
  const write = (setting: string, file: string, text: string): void => {
    try {
      replaceFile(file, text);
    } catch (error) {
      log.error(
        'REPORT_UNWRITABLE',
        `${setting}: ${file} could not be written: ${describeFileError(error)}`,
      );
    }
  };
  return async (report, tally, facts, endedAt) => {
    if (summaryFile !== undefined)
      write('summary_file', summaryFile, summaryJson(report, tally, facts, redact));
    if (metricsFile === undefined || metricsText === null) return;
    write(
      'metrics_file',
      metricsFile,
      redact(await metricsText(report, tally, facts, metricsFile, endedAt)),
    );
  };
}

function check(setting: string, file: string): void {
  try {
    checkReplaceable(file);
  } catch (error) {
    throw new ConfigError(
      'REPORT_UNWRITABLE',
      `${setting}: ${file} cannot be written: ${describeFileError(error)}`,
    );
  }
}
