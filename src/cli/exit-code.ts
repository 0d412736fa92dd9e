/** From what happened to the exit code of the command. */
import { CommanderError } from '@commander-js/extra-typings';
import { ApiError, ConfigError, OutputError, StopError, TapError } from '../errors.js';
import type { SyncReport } from '../reports/report.js';
import type { VerifyReport } from '../reports/verify-report.js';
import { EXIT } from '../system/exit-codes.js';
import { SIGNAL_CODES } from '../system/signals.js';

/** The exit code of a run of the tap. */
export function exitCodeOfReport({ streams, ended }: SyncReport): number {
  const failed = streams.filter(({ outcome }) => outcome === 'failed');
  const isOver = ended === null || (ended instanceof StopError && ended.signal === undefined);
  if (!isOver) return exitCodeOfError(ended);
  if (failed.length === 0) return EXIT.complete;
  const allForbidden =
    ended === null &&
    failed.length === streams.length &&
    failed.every(({ error }) => error instanceof ApiError && error.fault === 'forbidden');
  return allForbidden ? EXIT.unauthorized : EXIT.failed;
}

/** The exit code of a verification. One that did not reach its end never gives 0. */
export function exitCodeOfVerify({ outcome, ended }: VerifyReport): number {
  if (outcome !== 'incomplete') return outcome === 'equal' ? EXIT.complete : EXIT.differs;
  if (ended instanceof ApiError && ended.fault === 'forbidden') return EXIT.unauthorized;
  return exitCodeOfError(ended) || EXIT.failed;
}

/** The exit code of an error that ended the command. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof ConfigError || error instanceof CommanderError) return EXIT.invalid;
  if (error instanceof ApiError && error.fault === 'unauthorized') return EXIT.unauthorized;
  if (error instanceof TapError && error.code === 'RUN_LOCKED') return EXIT.locked;
  if (error instanceof OutputError) return error.closed ? EXIT.closed : EXIT.failed;
  if (error instanceof StopError)
    return (error.signal && SIGNAL_CODES[error.signal]) ?? EXIT.complete;
  return EXIT.failed;
}
