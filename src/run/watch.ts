/** What ends a job before its time: signals, and the loss of its lock. */
import { setTimeout as wait } from 'node:timers/promises';
import { StopError } from '../errors.js';
import type { Job } from './job.js';
import type { Log } from '../terminal/log.js';
import { listenToSignals } from '../system/signals.js';

/** Listens from its making on, so that a signal that comes before the job is there is not lost. */
export class Watch {
  readonly #log: Log;
  readonly #unlisten: () => void;
  readonly #stopping = new AbortController();
  #job: Job | null = null;
  #first: NodeJS.Signals | null = null;
  #forced: NodeJS.Signals | null = null;
  #lost = false;

  constructor(log: Log) {
    this.#log = log;
    this.#unlisten = listenToSignals(this.#take);
  }

  /** The signal that ended all at once: the second one. */
  get forced(): NodeJS.Signals | null {
    return this.#forced;
  }

  /** Whether the lock is gone, and with it the right to move the bookmark file. */
  get lost(): boolean {
    return this.#lost;
  }

  /**
   * Waits before there is a job.
   *
   * @throws StopError as soon as a signal arrives
   */
  async wait(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    if (this.#first !== null) throw new StopError(`stopped by ${this.#first}`, this.#first);
  }

  /** The job to end; at once, if a signal came before it. */
  over(job: Job): void {
    this.#job = job;
    this.#log.debug(`the tap is process ${job.pids.tap}, the target process ${job.pids.target}`);
    if (this.#forced !== null || this.#lost) job.kill();
    else if (this.#first !== null) job.stop(this.#first);
  }

  /** The lock is gone: ends the job, once. */
  lose(): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#log.error(
      'LOCK_LOST',
      'the lock of the bookmark file is gone: another run took it, since this one stood still for long, or somebody removed it; ending',
    );
    this.#job?.kill();
  }

  /** Lets go of the signals. */
  release(): void {
    this.#unlisten();
  }

  readonly #take = (signal: NodeJS.Signals): void => {
    if (this.#first === null) {
      this.#first = signal;
      this.#stopping.abort();
      this.#log.warn(
        'STOPPED',
        `${signal}: the tap stops, the target gets its time; a second signal ends both at once`,
      );
      this.#job?.stop(signal);
    } else {
      this.#forced ??= signal;
      this.#job?.kill();
    }
  };
}
