/** Runs the tap and a target as two processes with a pipe. Neither outlives this process. */
import { fork, spawn } from 'node:child_process';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Child, type ProcessEnd } from './child.js';
import { readCommitted, type CommitHandlers } from './committed.js';
import { Emitted } from './emitted.js';
import { ConfigError, describe, systemCode } from '../errors.js';
import type { JsonObject } from '../json.js';
import { describeMissingCommand, type Argv } from './target-command.js';
import { wholeLines } from './whole-lines.js';

export interface JobOptions extends CommitHandlers {
  /** The tap's script and its flags. */
  readonly tap: Argv;
  /** Its command, or the process if it is running. */
  readonly target: Argv | TargetProcess;
  /** Time that the target has to commit its rows after the job is stopped, ms. */
  readonly graceMs: number;
  /**
   * Time between SIGTERM and SIGKILL, ms. Also how long a process that the target has left behind
   * may keep its stdout open.
   */
  readonly patienceMs: number;
}

/** A target that is running. */
export interface TargetProcess {
  readonly child: Child;
  readonly stdin: Writable;
  readonly stdout: Readable;
}

/** How a job ended. */
export interface JobEnd {
  readonly tap: ProcessEnd;
  readonly target: ProcessEnd;
  /**
   * Whether all output of the tap was written to the pipe. The target may not have read the last
   * 200 kB, which fit into its buffers.
   */
  readonly delivered: boolean;
  /** Whether the last state that the target committed covers all rows that it received. */
  readonly committed: boolean;
  /** Number of rows that the target received. */
  readonly records: number;
}

export interface Job {
  readonly ended: Promise<JobEnd>;
  /** The process ids, for the log. */
  readonly pids: { readonly tap: number | undefined; readonly target: number | undefined };
  /**
   * Sends a signal to the tap, which then bookmarks what it wrote. The target receives the rest and
   * has `graceMs` to commit it.
   */
  stop(signal: NodeJS.Signals): void;
  /** Kills both at once. */
  kill(): void;
}

/**
 * Starts tap and target, each in a separate process group: Ctrl-C on a terminal reaches only this
 * process, which then stops both in order.
 *
 * @throws ConfigError if the target cannot be started. The tap is ended then
 */
export async function startJob({
  tap,
  target,
  graceMs,
  patienceMs,
  ...lines
}: JobOptions): Promise<Job> {
  const tapChild = await startTap(tap);
  const {
    child: targetChild,
    stdin,
    stdout,
  } = 'child' in target
    ? target
    : await startTarget(target).catch(async (error: unknown) => {
        tapChild.signal('SIGKILL');
        await tapChild.ended;
        throw error;
      });
  const kill = (): void => {
    tapChild.signal('SIGKILL');
    targetChild.signal('SIGKILL');
  };
  process.once('exit', kill);

  const from = tapChild.process.stdout ?? Readable.from([]);
  let last: JsonObject | null = null;
  const read = readCommitted(stdout, {
    ...lines,
    onState: (state) => {
      last = state;
      lines.onState(state);
    },
  });
  const emitted = new Emitted();
  const completeLines = wholeLines((whole) => emitted.note(whole));
  const delivery = pipeline(from, completeLines, stdin).then(
    () => true,
    () => false,
  );

  const waitForEnd = async (): Promise<JobEnd> => {
    const delivered = await delivery;
    if (!delivered) {
      tapChild.endAfter(0, patienceMs);
      targetChild.endAfter(graceMs, patienceMs);
    }
    const [tapEnd, targetEnd] = await Promise.all([tapChild.ended, targetChild.ended]);
    // The last state may still be in the pipe, or come from a process that the target left behind.
    await Promise.race([read, wait(patienceMs, undefined, { ref: false })]);
    kill();
    stdout.destroy();
    await read;
    process.off('exit', kill);
    const { records } = emitted;
    return {
      tap: tapEnd,
      target: targetEnd,
      delivered,
      committed: emitted.isCommitted(last),
      records,
    };
  };

  return {
    ended: waitForEnd(),
    pids: { tap: tapChild.process.pid, target: targetChild.process.pid },
    stop(signal) {
      tapChild.endAfter(0, patienceMs, signal);
      targetChild.endAfter(graceMs, patienceMs);
    },
    kill,
  };
}

async function startTarget([command, ...args]: Argv): Promise<TargetProcess> {
  const env = withoutOwnSettings(process.env);
  try {
    const child = await Child.of(
      spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true, env }),
    );
    const { stdin, stdout } = child.process;
    return { child, stdin, stdout };
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT')
      throw new ConfigError('TARGET_UNUSABLE', describeMissingCommand(command, args));
    const why = code === 'EACCES' ? 'it is not executable' : describe(error);
    throw new ConfigError('TARGET_UNUSABLE', `${command} cannot be started: ${why}`);
  }
}

/** The target must not see the tap's settings, which include the token. */
export function withoutOwnSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // Windows keeps names in the case in which they were set.
  const others = Object.entries(env).filter(
    ([name]) => !name.toUpperCase().startsWith('TAP_BOLT_ECI_'),
  );
  return Object.fromEntries(others);
}

/** The IPC channel lets the tap notice the end of this process. */
async function startTap([script, ...flags]: Argv) {
  return Child.of(
    fork(script, flags, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], detached: true }),
  );
}
