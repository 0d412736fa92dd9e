/** Child processes that never outlive this one. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';

/** How a process ended: with an exit code, or by a signal. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Returns the exit code as shells report it: 128 plus the signal number after a signal. */
export function codeOfEnd({ code, signal }: ProcessEnd): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** Describes an end, for messages. */
export function describeEnd({ code, signal }: ProcessEnd): string {
  return signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
}

/** A child that leads a process group (`detached`), so that its own children end with it. */
export class Child<Process extends ChildProcess = ChildProcess> {
  readonly process: Process;
  readonly ended: Promise<ProcessEnd>;
  readonly #timers: NodeJS.Timeout[] = [];
  #over = false;

  private constructor(process: Process) {
    this.process = process;
    this.ended = new Promise((resolve) => {
      process.once('exit', (code, signal) => {
        this.#over = true;
        for (const timer of this.#timers) clearTimeout(timer);
        resolve({ code, signal });
      });
    });
  }

  /**
   * Waits until a spawned process has started.
   *
   * @throws the system's error if it cannot be started
   */
  static async of<Process extends ChildProcess>(process: Process): Promise<Child<Process>> {
    const child = new Child(process);
    await once(process, 'spawn');
    // From here on an error means that a signal came after the end of the process.
    process.on('error', () => undefined);
    return child;
  }

  /** Sends a signal to the process group, which may outlive the child itself. */
  signal(signal: NodeJS.Signals): void {
    const { pid } = this.process;
    try {
      if (pid !== undefined) process.kill(-pid, signal);
    } catch {
      // The group is gone, or this is Windows, which has no process groups.
      this.process.kill(signal);
    }
  }

  /** Sends `signal` after `ms`, and SIGKILL `patienceMs` later, if the child is still running. */
  endAfter(ms: number, patienceMs: number, signal: NodeJS.Signals = 'SIGTERM'): void {
    if (this.#over) return;
    this.#timers.push(
      setTimeout(() => this.signal(signal), ms),
      setTimeout(() => this.signal('SIGKILL'), ms + patienceMs),
    );
  }
}
