/** A process of our own making, which ends with us whatever happens. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';

/** How a process ended: by itself with a code, or by a signal. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The code that a shell gives to an end: that of the process, or 128 and the number of its signal. */
export function codeOfEnd({ code, signal }: Ended): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** An end in words. */
export function endInWords({ code, signal }: Ended): string {
  return signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
}

/** A child that leads a process group (`detached`), so that what it starts itself can be ended with it. */
export class Child<Process extends ChildProcess = ChildProcess> {
  readonly process: Process;
  readonly ended: Promise<Ended>;
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
   * Waits until a process that was just spawned is there.
   *
   * @throws the system's error where it cannot be started
   */
  static async of<Process extends ChildProcess>(process: Process): Promise<Child<Process>> {
    const child = new Child(process);
    await once(process, 'spawn');
    // From here on it stands for a signal that came too late.
    process.on('error', () => undefined);
    return child;
  }

  /** Sends a signal to the child and all that it started and that is still there, also after its own end. */
  signal(signal: NodeJS.Signals): void {
    const { pid } = this.process;
    try {
      if (pid !== undefined) process.kill(-pid, signal);
    } catch {
      // The group is gone, or this is Windows, which has none.
      this.process.kill(signal);
    }
  }

  /** Lets the child work on for `ms`, then tells it to end, and makes it `patienceMs` later. */
  endAfter(ms: number, patienceMs: number, signal: NodeJS.Signals = 'SIGTERM'): void {
    if (this.#over) return;
    this.#timers.push(
      setTimeout(() => this.signal(signal), ms),
      setTimeout(() => this.signal('SIGKILL'), ms + patienceMs),
    );
  }
}
