/** The command as a process: what bin/bolt-eci-tap.js imports. */
// First of all: signal listeners that exist now are kept, those that libraries add are removed.
import './system/signals.js';
import type { Writable } from 'node:stream';
import { CommanderError } from '@commander-js/extra-typings';
import { exitCodeOfError } from './cli/exit-code.js';
import { createProgram, type Action } from './cli/program.js';
import { OutputError } from './errors.js';
import { EXIT } from './system/exit-codes.js';

/** How long stdout and stderr may stand still at the end, ms: after a signal, and otherwise. */
const DRAIN_MS = { stopped: 900, else: 5000 } as const;

/**
 * Runs the command, and ends the process when stdout and stderr have taken what was written. Open
 * sockets and timers do not keep it alive.
 */
export async function runProcess(args: readonly string[]): Promise<void> {
  // Without a listener, the error event of a reader that went away ends the process. The writer of
  // messages handles such an error itself; for help and log lines it does not matter.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.exitCode = EXIT.failed;
  const code = await main(args);
  const ms = code > 128 ? DRAIN_MS.stopped : DRAIN_MS.else;
  await Promise.all([drained(process.stdout, ms), drained(process.stderr, ms)]);
  process.exit(code);
}

/** Resolves when a stream has handed over what was written to it, or stood still for `ms`. */
function drained(stream: Writable, ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writableLength === 0 || stream.destroyed) return resolve();
    const timer = setTimeout(resolve, ms);
    stream.write('', () => {
      clearTimeout(timer);
      resolve();
    });
    return undefined;
  });
}

/**
 * Runs the command.
 *
 * @param args without node and the script
 * @returns the exit code; it never throws
 */
export async function main(args: readonly string[]): Promise<number> {
  const selected: Action[] = [];
  const program = createProgram((action) => selected.push(action));
  try {
    program.parse(args, { from: 'user' });
    const [action] = selected;
    return action === undefined ? EXIT.complete : await action();
  } catch (error) {
    if (isHelp(error)) return EXIT.complete;
    if (!(error instanceof OutputError && error.closed)) {
      const { complain } = await import('./cli/complain.js');
      complain(error, program, args);
    }
    return exitCodeOfError(error);
  }
}

/** Whether the command printed its help or version. `help` carries process.exitCode as its code. */
function isHelp(error: unknown): boolean {
  return (
    error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help')
  );
}
