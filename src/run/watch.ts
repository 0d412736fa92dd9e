/** Ends a job early: on signals, and if its lock is lost. */
import { setTimeout as wait } from 'node:timers/promises';
import { StopError } from '../errors.js';
import type { Job } from './job.js';
import type { Log } from '../terminal/log.js';
import { listenToSignals } from '../system/signals.js';

/** Listens to signals from its construction on, so that none is lost before the job starts. */
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
    this.#unlisten = listenToSignals(this.#onSignal);
  }

  /** The second signal, which ends both processes at once. */
  get forced(): NodeJS.Signals | null {
    return this.#forced;
  }

  /** Whether the lock is lost, and the bookmark file must not be written any more. */
  get lost(): boolean {
    return this.#lost;
  }

  /**
   * Waits, before the job has started.
   *
   * @throws StopError as soon as a signal arrives, or at once if one has arrived before
   */
  async wait(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    if (this.#first !== null) throw this.#stopError();
  }

  /**
   * Waits for a promise, before the job has started.
   *
   * @throws StopError as soon as a signal arrives
   */
  async until<T>(promise: Promise<T>): Promise<T> {
    const { signal } = this.#stopping;
    const stopped = new Promise<never>((_, reject) => {
      const stop = (): void => reject(this.#stopError());
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
    return Promise.race([promise, stopped]);
  }

  /** Sets the job. It is ended at once if a signal or the loss of the lock came before. */
  guard(job: Job): void {
    this.#job = job;
    this.#log.debug(`the tap is process ${job.pids.tap}, the target process ${job.pids.target}`);
    if (this.#forced !== null || this.#lost) job.kill();
    else if (this.#first !== null) job.stop(this.#first);
  }

  /** Reports that the lock is lost, and ends the job. Further calls do nothing. */
  reportLoss(): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#log.error(
      'LOCK_LOST',
      'the lock of the bookmark file is lost: another run took it while this one was suspended, ' +
        'or it was removed; ending',
    );
    this.#job?.kill();
  }

  /** Stops listening to signals. */
  release(): void {
    this.#unlisten();
  }

  #stopError(): StopError {
    return new StopError(`stopped by ${this.#first}`, this.#first ?? undefined);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (this.#first === null) {
      this.#first = signal;
      this.#stopping.abort();
      this.#log.warn(
        'STOPPED',
        `${signal}: the tap stops, and the target has time to commit; ` +
          'a second signal ends both at once',
      );
      this.#job?.stop(signal);
    } else {
      this.#forced ??= signal;
      this.#job?.kill();
    }
  };
}
