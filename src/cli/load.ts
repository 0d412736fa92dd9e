/** `bolt-eci-tap load`: a Singer target for a DuckDB file. */
import { setTimeout as wait } from 'node:timers/promises';
import { ConfigError, describe, OutputError, systemCode } from '../errors.js';
import { load, type LoadCounts } from '../load/load.js';
import { EXIT } from '../system/exit-codes.js';
import type { LogFormat, LogLevel } from '../system/log-options.js';
import { listenToSignals, SIGNAL_CODES } from '../system/signals.js';
import { createStderrLog, type Log } from '../terminal/log.js';

/** The flags of the subcommand. */
export interface LoadFlags {
  readonly to: string;
  readonly stateId: string;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/** How long the input may continue after a signal: a tap ends within a second. */
const PATIENCE_MS = 1000;

/**
 * Loads stdin to its end, and prints each state that is committed to stdout.
 *
 * @returns the exit code
 * @throws ConfigError if stdin is a terminal, or the file cannot be used
 * @throws DataError if the input is not in the Singer format
 */
export async function runLoad(flags: LoadFlags): Promise<number> {
  if (process.stdin.isTTY)
    throw new ConfigError(
      'USAGE_WRONG',
      'load reads Singer messages from stdin, which is a terminal: pipe a tap into it',
    );
  const log = createStderrLog({ level: flags.logLevel, format: flags.logFormat });
  const stopping = new AbortController();
  let code: number = EXIT.complete;
  const unlisten = listenToSignals((signal) => {
    const own = SIGNAL_CODES[signal] ?? EXIT.failed;
    // What is not committed is lost to the file, and comes again in the next run.
    if (code !== EXIT.complete) process.exit(own);
    code = own;
    log.warn('STOPPED', `${signal} received: committing what has come`);
    setTimeout(() => stopping.abort(), PATIENCE_MS).unref();
  });
  let unwritten: OutputError | null = null;
  const onError = (error: Error): void => {
    unwritten ??= new OutputError(
      `stdout could not be written: ${describe(error)}; the rows are loaded`,
      systemCode(error) === 'EPIPE',
      error,
    );
  };
  process.stdout.on('error', onError);
  try {
    const counts = await load({
      file: flags.to,
      stateId: flags.stateId,
      input: process.stdin,
      // `run` starts the tap with this state. If it was killed, the callback takes the error, and
      // stdin has ended.
      onOpen: (state) => process.send?.({ state }, () => undefined),
      onCommit: (state) => process.stdout.write(`${state}\n`),
      warn: ({ code, message }) => log.warn(code, message),
      now: Date.now,
      wait,
      signal: stopping.signal,
    });
    logCounts(flags.to, counts, log);
    // An error of a pipe is known only when the write has ended.
    await new Promise<void>((resolve) => process.stdout.write('', () => setImmediate(resolve)));
    if (unwritten !== null) throw unwritten;
    return code;
  } finally {
    process.stdout.off('error', onError);
    unlisten();
  }
}

function logCounts(file: string, counts: LoadCounts, log: Log): void {
  const streams = [...counts].flatMap(([stream, { rows, deleted }]) => {
    const gone = deleted > 0 ? ` (${formatCount(deleted)} deleted)` : '';
    return rows + deleted > 0 ? [`${stream} ${formatCount(rows)}${gone}`] : [];
  });
  const rows = [...counts.values()].reduce((total, count) => total + count.rows, 0);
  const list = streams.length > 0 ? `: ${streams.join(', ')}` : '';
  log.info(`loaded ${formatCount(rows)} rows into ${file}${list}`);
}

function formatCount(count: number): string {
  return count.toLocaleString('en');
}
