/** Signals, and the time limit of a run. */
import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';
import { StopError } from '../errors.js';

type SignalListener = (signal: NodeJS.Signals) => void;

/** The signals that stop a run in order, with the exit code of each. */
export const SIGNAL_CODES: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
};
const ALL_SIGNALS = Object.keys(constants.signals).filter(isSignal);
const STOP_SIGNALS = Object.keys(SIGNAL_CODES).filter(isSignal);
/** Listeners to keep: ours, and those that existed before any library was loaded (mocha's). */
const keptListeners = new Set<SignalListener>(
  ALL_SIGNALS.flatMap((signal) => process.listeners(signal)),
);

function isSignal(name: string): name is NodeJS.Signals {
  return name in constants.signals;
}

/**
 * Adds a listener for SIGHUP, SIGINT and SIGTERM, which `dropForeignListeners` keeps.
 *
 * @returns a function that removes the listener
 */
export function listenToSignals(listener: SignalListener): () => void {
  keptListeners.add(listener);
  for (const signal of STOP_SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of STOP_SIGNALS) process.off(signal, listener);
    keptListeners.delete(listener);
  };
}

/**
 * Removes the signal listeners of libraries. Call it after the import or the first use of a library
 * that installs some: conf and proper-lockfile send the signal again, so that one counts as two.
 * Their `exit` listeners are kept, and clean up as before.
 */
export function dropForeignListeners(): void {
  for (const signal of ALL_SIGNALS) {
    for (const listener of process.listeners(signal)) {
      if (!keptListeners.has(listener)) process.off(signal, listener);
    }
  }
}

/** After a signal, the process ends if the reader of stdout takes nothing for this long. */
const STALL_LIMIT_MS = 900;
/** Node fires a longer timer immediately. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Calls an action after `ms`. Returns a function that cancels it. */
type Timer = (ms: number, action: () => void) => () => void;

/** Options of `catchSignals`. Tests pass their own `timer` and `exit`. */
export interface StopOptions {
  readonly maxRunMinutes?: number | undefined;
  /** What sets `maxRunMinutes`, for messages. Default: the setting. */
  readonly limitOf?: string | undefined;
  readonly warn: (message: string) => void;
  /** Called before `exit`. It must not wait for I/O, only for promises that are already settled. */
  readonly beforeExit?: () => Promise<void>;
  readonly timer?: Timer;
  readonly exit?: (code: number) => void;
}

export interface Stop {
  /** Aborted with a StopError by the first signal, or at the time limit. */
  readonly signal: AbortSignal;
  /** Call it when the reader of stdout has taken something: it is slow, but not stalled. */
  renew(): void;
  /** Removes the listeners, cancels the timers, and aborts the requests in flight. */
  release(reason: StopError): void;
}

function systemTimer(ms: number, action: () => void): () => void {
  const timer = setTimeout(action, ms);
  return () => clearTimeout(timer);
}

/**
 * Aborts `signal` on the first signal, or after `maxRunMinutes`. After the first signal, a second
 * one or a stalled reader of stdout ends the process, once `beforeExit` has settled.
 */
export function catchSignals(options: StopOptions): Stop {
  const {
    maxRunMinutes = Infinity,
    limitOf = 'max_run_minutes',
    warn,
    beforeExit = () => Promise.resolve(),
    timer = systemTimer,
  } = options;
  const exit = options.exit ?? ((code: number) => process.exit(code));
  const controller = new AbortController();
  // Every request in flight adds a listener. Node warns of a leak from the eleventh on.
  setMaxListeners(0, controller.signal);
  let stopCode: number | null = null;
  let cancelStallTimer: (() => void) | null = null;
  const exitWithReports = (code: number): void => void beforeExit().finally(() => exit(code));
  const renew = (): void => {
    const code = stopCode;
    if (code === null) return;
    cancelStallTimer?.();
    cancelStallTimer = timer(STALL_LIMIT_MS, () => exitWithReports(code));
  };
  const stop = (signal: NodeJS.Signals): void => {
    // The exit code is that of the first signal, which the reports name.
    if (stopCode !== null) return exitWithReports(stopCode);
    stopCode = SIGNAL_CODES[signal] ?? 1;
    warn(`${signal} received: stopping`);
    controller.abort(new StopError(`stopped by ${signal}`, signal));
    renew();
  };
  const ms = maxRunMinutes * 60_000;
  const cancelTimeLimit =
    ms > LONGEST_TIMER_MS
      ? () => undefined
      : timer(ms, () => controller.abort(new StopError(`${limitOf} has passed`)));
  const unlisten = listenToSignals(stop);
  // The parent, `run`, has ended, so nobody reads stdout. A tap that waits would notice it late.
  const orphaned = (): void => stop('SIGHUP');
  process.on('disconnect', orphaned);
  return {
    signal: controller.signal,
    renew,
    release(reason) {
      cancelTimeLimit();
      cancelStallTimer?.();
      unlisten();
      process.off('disconnect', orphaned);
      controller.abort(reason);
    },
  };
}
