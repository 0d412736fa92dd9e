/** The tap and a target as one job: two processes and a pipe. Neither outlives the other, nor this process. */
import { fork, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Child, type Ended } from './child.js';
import { readCommitted, type Committed } from './committed.js';
import { Emitted } from './emitted.js';
import { ConfigError, describe, systemCode } from '../errors.js';
import type { JsonObject } from '../json.js';
import { noSuchCommand, type Words } from './target-command.js';
import { wholeLines } from './whole-lines.js';

export interface JobOptions extends Committed {
  /** The tap's script, and its flags. */
  readonly tap: Words;
  readonly target: Words;
  /** Time for the target to commit what it was given once the job is stopped, ms. */
  readonly graceMs: number;
  /** Time between SIGTERM and SIGKILL, ms; also how long what a target leaves behind may hold its stdout open. */
  readonly patienceMs: number;
}

/** How a job came out. */
export interface JobEnd {
  readonly tap: Ended;
  readonly target: Ended;
  /** Whether the target took all that the tap wrote. Up to 200 kB of it may only be in the pipe's buffers. */
  readonly delivered: boolean;
  /** Whether the state that the target committed last covers all rows that it was given. */
  readonly committed: boolean;
  /** How many rows it was given. */
  readonly records: number;
}

export interface Job {
  readonly ended: Promise<JobEnd>;
  /** The process ids, for the log. */
  readonly pids: { readonly tap: number | undefined; readonly target: number | undefined };
  /** Passes a signal on to the tap, which then bookmarks what it wrote; the target gets the rest of it, and its time. */
  stop(signal: NodeJS.Signals): void;
  /** Ends all at once. */
  kill(): void;
}

/**
 * Starts tap and target. Both lead a process group of their own, so that Ctrl-C on a terminal reaches neither past this process.
 *
 * @throws ConfigError where the target cannot be started; nothing is running then
 */
export async function startJob({
  tap,
  target,
  graceMs,
  patienceMs,
  ...lines
}: JobOptions): Promise<Job> {
  const giver = await startTap(tap);
  const taker = await startTarget(target).catch(async (error: unknown) => {
    giver.signal('SIGKILL');
    await giver.ended;
    throw error;
  });
  const kill = (): void => {
    giver.signal('SIGKILL');
    taker.signal('SIGKILL');
  };
  process.once('exit', kill);

  const from = giver.process.stdout ?? Readable.from([]);
  const { stdin, stdout } = taker.process;
  let last: JsonObject | null = null;
  const read = readCommitted(stdout, {
    ...lines,
    onState: (state) => {
      last = state;
      lines.onState(state);
    },
  });
  const emitted = new Emitted();
  const passOn = wholeLines((whole) => emitted.look(whole));
  const delivery = pipeline(from, passOn, stdin).then(
    () => true,
    () => false,
  );

  const toEnd = async (): Promise<JobEnd> => {
    const delivered = await delivery;
    if (!delivered) {
      giver.endAfter(0, patienceMs);
      taker.endAfter(graceMs, patienceMs);
    }
    const [tapEnd, targetEnd] = await Promise.all([giver.ended, taker.ended]);
    // The last state may still be on its way, also by a process that the target has left behind.
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
    ended: toEnd(),
    pids: { tap: giver.process.pid, target: taker.process.pid },
    stop(signal) {
      giver.endAfter(0, patienceMs, signal);
      taker.endAfter(graceMs, patienceMs);
    },
    kill,
  };
}

async function startTarget([command, ...args]: Words) {
  const env = withoutOwnSettings(process.env);
  try {
    return await Child.of(
      spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true, env }),
    );
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') throw new ConfigError('TARGET_UNUSABLE', noSuchCommand(command, args));
    throw new ConfigError(
      'TARGET_UNUSABLE',
      `${command} cannot be started: ${code === 'EACCES' ? 'it is not executable' : describe(error)}`,
    );
  }
}

/** The target has no use for the tap's settings, and must not see its token. */
function withoutOwnSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // Windows keeps names in the case in which they were set.
  const others = Object.entries(env).filter(
    ([name]) => !name.toUpperCase().startsWith('TAP_BOLT_ECI_'),
  );
  return Object.fromEntries(others);
}

/** The channel tells the tap when this process is gone. */
async function startTap([script, ...flags]: Words) {
  return Child.of(
    fork(script, flags, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], detached: true }),
  );
}
