/** Processes of this project's own command, for tests. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { withoutTimes } from './command.js';
import { COMMAND } from './paths.js';

export interface Surroundings {
  /** In the place of the settings that the environment of the tests has. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What it finds on stdin. */
  readonly input?: string;
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  /** Without the times of its lines. */
  readonly log: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves with the match when the log holds it; rejects where the process ends without. */
  readonly said: (pattern: RegExp) => Promise<RegExpExecArray>;
}

/** Starts the command. */
export function startCommand(
  args: readonly string[],
  { env, cwd, input = '' }: Surroundings,
): Started {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TAP_BOLT_ECI_'));
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: { ...Object.fromEntries(own), ...env },
    cwd,
  });
  let out = '';
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (log += part));
  child.stdin.on('error', () => undefined).end(input);
  const finished = once(child, 'close').then(([code, signal]): Finished => ({
    code,
    signal,
    out,
    log: withoutTimes(log),
  }));
  const said = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (let over = false; ;) {
      const match = pattern.exec(withoutTimes(log));
      if (match) return match;
      if (over) throw new Error(`${String(pattern)} was not said: ${log}`);
      over = await Promise.race([
        once(child.stderr, 'data').then(() => false),
        finished.then(() => true),
      ]);
    }
  };
  return { process: child, finished, said };
}

/** Runs the command to its end. */
export function runCommand(args: readonly string[], surroundings: Surroundings): Promise<Finished> {
  return startCommand(args, surroundings).finished;
}

/** Whether a process goes away within a few seconds; its end is not ours to wait for otherwise. */
export async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 250; tries += 1) {
    if (!isThere(pid)) return true;
    await wait(20);
  }
  return false;
}

/** Whether a process is there, and not just waiting to be cleared away. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(
      existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '',
    );
  } catch {
    return false;
  }
}
