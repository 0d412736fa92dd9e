/** The end of a verification: the table, the report file, the exit code. */
import { systemClock } from '../api/clock.js';
import type { Position } from '../engine/verify/verify.js';
import { codeOf, describe, OutputError, StopError } from '../errors.js';
import { writeReportFile } from '../reports/report-files.js';
import { outcomeOf, verifyJson, verifyLines, verifyResult } from '../reports/verify-report.js';
import type { VerifyReport } from '../reports/verify-report.js';
import { packageInfo } from '../system/package-files.js';
import type { Log } from '../terminal/log.js';
import { exitCodeOfVerify } from './exit-code.js';
import type { Parts } from './verify.js';

/** What a verification is when it has ended. */
export interface VerifyEnd extends Parts {
  readonly position: Position;
  /** What ended it before its end, or null. */
  readonly ended: unknown;
}

/** Logs what was found, and writes `--report`. Returns the exit code. */
export function endVerify(end: VerifyEnd): number {
  const { flags, log, planned, destination, comparison, calls, startedAt, position, ended } = end;
  const isComplete = ended === null;
  const keys = comparison.differences(isComplete);
  const made: VerifyReport = {
    stream: planned.stream.name,
    outcome: isComplete ? outcomeOf(keys) : 'incomplete',
    compared: destination.compared,
    rows: { ...comparison.counts(), unusable: position.read.unusable },
    keys,
    calls: calls.of(planned.stream.name).calls,
    startedAt,
    endedAt: systemClock.now(),
    since: position.since,
    ended,
  };
  const code = exitCodeOfVerify(made);
  logReport(made, log);
  if (flags.report !== undefined)
    writeReportFile('--report', flags.report, verifyJson(made, packageInfo().version, code), log);
  return code;
}

function logReport(made: VerifyReport, log: Log): void {
  const { ended, stream, outcome } = made;
  // The reader of stdout that went away has said why.
  if (ended instanceof OutputError && ended.closed) return;
  for (const line of verifyLines(made)) log.info(line);
  if (ended instanceof StopError)
    log.warn('STOPPED', `${stream}: ${ended.message}; the same call with the same rows continues`);
  else if (ended !== null) log.error(codeOf(ended), describe(ended), { stream });
  const result = verifyResult(made);
  if (outcome === 'different') log.error('DESTINATION_DIFFERS', result, { stream });
  else log.info(result, { stream });
}
