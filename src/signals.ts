/** What ends a run before its time: signals, and the clock. */
import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';
import { StopError } from './errors.js';

type SignalListener = (signal: NodeJS.Signals) => void;

/** The signals that end a run in order, and the exit code of each. */
export const SIGNAL_CODES: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
};
const ALL_SIGNALS = Object.keys(constants.signals).filter(isSignal);
const STOP_SIGNALS = Object.keys(SIGNAL_CODES).filter(isSignal);
/** Listeners that stay: ours, and what was there before any library, such as a test runner's. */
const kept = new Set<SignalListener>(ALL_SIGNALS.flatMap((signal) => process.listeners(signal)));

function isSignal(name: string): name is NodeJS.Signals {
  return name in constants.signals;
}

/**
 * Listens to SIGHUP, SIGINT and SIGTERM.
 *
 * @returns removes the listener
 */
export function listenToSignals(listener: SignalListener): () => void {
  kept.add(listener);
  for (const signal of STOP_SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of STOP_SIGNALS) process.off(signal, listener);
    kept.delete(listener);
  };
}

/**
 * Removes the signal listeners of libraries. Call it after the import (or the first use) of a library
 * that installs some: conf and proper-lockfile re-send a signal to the process, so that one counts as two.
 * Their listeners for `exit` stay, and clean up as before.
 */
export function dropForeignListeners(): void {
  for (const signal of ALL_SIGNALS) {
    for (const listener of process.listeners(signal)) {
      if (!kept.has(listener)) process.off(signal, listener);
    }
  }
}

/** A run that was told to stop ends within a second, whether or not stdout's reader takes the last lines. */
const PATIENCE_MS = 900;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface Stop {
  readonly signal: AbortSignal;
  /** Lets go of signals and clock, and of all requests that are still on their way. */
  release(reason: StopError): void;
}

/** Aborts on the first signal or when the minutes are over; a second signal, or patience, ends the process at once. */
export function catchSignals(maxRunMinutes: number | undefined, warn: (message: string) => void): Stop {
  const controller = new AbortController();
  // Every request on its way listens; with more than ten of them Node would warn of a leak on stderr.
  setMaxListeners(0, controller.signal);
  const stop = (signal: NodeJS.Signals): void => {
    const code = SIGNAL_CODES[signal] ?? 1;
    if (controller.signal.aborted) process.exit(code);
    warn(`${signal}: stopping, with what is written bookmarked`);
    controller.abort(new StopError(`stopped by ${signal}`, signal));
    setTimeout(() => process.exit(code), PATIENCE_MS).unref();
  };
  const ms = (maxRunMinutes ?? Infinity) * 60_000;
  const timer =
    ms > LONGEST_TIMER_MS
      ? undefined
      : setTimeout(() => controller.abort(new StopError('max_run_minutes has passed')), ms).unref();
  const unlisten = listenToSignals(stop);
  // `run` has started this process and is gone: nobody reads what would be written, which a waiting tap would notice late.
  const orphaned = (): void => stop('SIGHUP');
  process.on('disconnect', orphaned);
  return {
    signal: controller.signal,
    release(reason) {
      clearTimeout(timer);
      unlisten();
      process.off('disconnect', orphaned);
      controller.abort(reason);
    },
  };
}
