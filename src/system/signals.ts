/** What ends a run before its time: signals, and the clock. */
import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';
import { StopError } from '../errors.js';

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

/** After a signal, stdout's reader may stand still this long before the process ends without it. */
const PATIENCE_MS = 900;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Calls an action after `ms`; the result cancels it. */
type Timer = (ms: number, action: () => void) => () => void;

/** What `catchSignals` needs; tests pass their own timer and exit. */
export interface StopOptions {
  readonly maxRunMinutes?: number | undefined;
  readonly warn: (message: string) => void;
  /** Called before the process ends at once. It must not wait for anything but promises that are ready. */
  readonly beforeExit?: () => Promise<void>;
  readonly timer?: Timer;
  readonly exit?: (code: number) => void;
}

export interface Stop {
  readonly signal: AbortSignal;
  /** The reader took something: it is slow, but does not stand still. */
  renew(): void;
  /** Lets go of signals and clock, and of all requests that are still on their way. */
  release(reason: StopError): void;
}

function systemTimer(ms: number, action: () => void): () => void {
  const timer = setTimeout(action, ms);
  return () => clearTimeout(timer);
}

/**
 * Aborts on the first signal, or when the minutes are over. A second signal ends the process at once, and
 * so does a reader that stands still after the first.
 */
export function catchSignals(options: StopOptions): Stop {
  const {
    maxRunMinutes = Infinity,
    warn,
    beforeExit = () => Promise.resolve(),
    timer = systemTimer,
  } = options;
  const exit = options.exit ?? ((code: number) => process.exit(code));
  const controller = new AbortController();
  // Every request on its way listens; with more than ten of them Node would warn of a leak on stderr.
  setMaxListeners(0, controller.signal);
  let stopped: number | null = null;
  let endPatience: (() => void) | null = null;
  const leave = (code: number): void => void beforeExit().finally(() => exit(code));
  const renew = (): void => {
    const code = stopped;
    if (code === null) return;
    endPatience?.();
    endPatience = timer(PATIENCE_MS, () => leave(code));
  };
  const stop = (signal: NodeJS.Signals): void => {
    // The run was stopped by the first signal, whichever comes second: code and reports say the same.
    if (stopped !== null) return leave(stopped);
    stopped = SIGNAL_CODES[signal] ?? 1;
    warn(`${signal}: stopping, with what is written bookmarked`);
    controller.abort(new StopError(`stopped by ${signal}`, signal));
    renew();
  };
  const ms = maxRunMinutes * 60_000;
  // Node runs a longer timer at once.
  const endClock =
    ms > LONGEST_TIMER_MS
      ? () => undefined
      : timer(ms, () => controller.abort(new StopError('max_run_minutes has passed')));
  const unlisten = listenToSignals(stop);
  // `run` has started this process and is gone: nobody reads what would be written, which a waiting tap would notice late.
  const orphaned = (): void => stop('SIGHUP');
  process.on('disconnect', orphaned);
  return {
    signal: controller.signal,
    renew,
    release(reason) {
      endClock();
      endPatience?.();
      unlisten();
      process.off('disconnect', orphaned);
      controller.abort(reason);
    },
  };
}
