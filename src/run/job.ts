/** The tap and a target as one job: two processes and a pipe, of which neither outlives the other, nor both this one. */
import { fork, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Child, type Ended } from './child.js';
import { readCommitted, type Committed } from './committed.js';
import { ConfigError, describe } from '../errors.js';
import type { Words } from './target-command.js';
import { wholeLines } from './whole-lines.js';

export interface JobOptions extends Committed {
  /** The tap's script, and its flags. */
  readonly tap: Words;
  readonly target: Words;
  /** How long the target may go on with what it was given once the job is told to stop, ms. */
  readonly graceMs: number;
  /** How long a process that was told to end is waited for before it is made to, ms; so long too what a target leaves behind may hold its stdout open. */
  readonly patienceMs: number;
}

/** How a job came out. */
export interface JobEnd {
  readonly tap: Ended;
  readonly target: Ended;
  /** Whether the target took all that the tap wrote. */
  readonly delivered: boolean;
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
export async function startJob({ tap, target, graceMs, patienceMs, onState, onOther }: JobOptions): Promise<Job> {
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
  const read = readCommitted(stdout, { onState, onOther });
  const delivery = pipeline(from, wholeLines(), stdin).then(
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
    return { tap: tapEnd, target: targetEnd, delivered };
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
  try {
    return await Child.of(spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true }));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new ConfigError(`${command}: no such command; is the target installed, and on PATH?`);
    throw new ConfigError(
      `${command} cannot be started: ${code === 'EACCES' ? 'it is not executable' : describe(error)}`,
    );
  }
}

/** The channel tells the tap when this process is gone. */
async function startTap([script, ...flags]: Words) {
  return Child.of(fork(script, flags, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], detached: true }));
}
