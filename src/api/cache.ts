/**
 * What taps remember and share through `cache_dir`, by host and token: the calls of the last hour, and the form of the header
 * that worked.
 */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Conf } from '../system/conf.js';
import type { Form } from './authorization.js';
import { FolderLock } from './folder-lock.js';
import { Ledger, type Grant, type Limits, type Wait } from './ledger.js';
import { isObject, kindOf, type JsonObject } from '../json.js';
import { systemCode } from '../errors.js';

export interface CacheOptions extends Limits {
  /** The folder (`cache_dir`). */
  readonly dir: string;
  readonly host: string;
  readonly token: string;
  /** Says what is wrong with the file or the folder; the run goes on. */
  readonly warn: (message: string) => void;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const NAME = 'calls';
/** At its end a run waits for the lock a fifth of a second at most: what it does not give back is forgotten in an hour. */
const LOOKS_AT_END = 10;
const NO_GRANT: Grant = { count: 0, end: -Infinity };

export class Cache {
  readonly #options: CacheOptions;
  readonly #key: string;
  /** This tap, in the ledger. */
  readonly #tap = randomBytes(6).toString('hex');
  readonly #lock: FolderLock;
  /** Null if the folder cannot be used. */
  #store: Conf | null = null;
  /** The calls that are reserved, and how many of them were made. */
  #grant = NO_GRANT;
  #made = 0;
  /** The form to write down with the next reservation. */
  #found: Form | undefined;
  #isBroken = false;

  /** Opens the store, readable by its owner only. A broken one is begun anew; one that cannot be used is a warning. */
  constructor(options: CacheOptions) {
    this.#options = options;
    const { dir, host, token, sleep } = options;
    const fingerprint = createHash('sha256').update(`${host} ${token}`).digest('hex').slice(0, 16);
    this.#key = `${host} ${fingerprint}`;
    this.#lock = new FolderLock({ path: join(dir, `${NAME}.lock`), sleep });
    try {
      this.#store = new Conf({
        cwd: dir,
        configName: NAME,
        configFileMode: 0o600,
        accessPropertiesByDotNotation: false,
        clearInvalidConfig: true,
        deserialize: (text) => this.#parse(text),
      });
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** The form of the Authorization header that worked last. */
  get form(): Form | undefined {
    const entry = this.#found ?? this.#read();
    const form = isObject(entry) ? entry['form'] : entry;
    return form === 'quoted' || form === 'unquoted' ? form : undefined;
  }

  /** Is written with the next reservation, or at the end. */
  set form(form: Form) {
    if (this.#store !== null) this.#found = form;
  }

  /** Times of the calls of the last hour, ms since 1970, each at its latest. */
  calls(now: number): Iterable<number> {
    return this.#ledger(this.#read(), now).times();
  }

  /**
   * Takes one of the reserved calls, to be made now.
   *
   * @returns false if there is none: `reserve` first. True if the folder cannot be used: the tap is then on its own
   */
  take(now: number): boolean {
    if (this.#store === null) return true;
    const { count, end } = this.#grant;
    if (this.#made >= count || now >= end) return false;
    this.#made += 1;
    return true;
  }

  /**
   * Reserves calls, so that `take` has some, unless all taps of the token have used up what they have together.
   *
   * @returns how long to wait before asking again; 0 ms if there are calls now
   * @throws the signal's reason
   */
  async reserve(now: number, signal: AbortSignal): Promise<Wait> {
    const answer = await this.#change(now, signal, (ledger) =>
      ledger.reserve(this.#tap, this.#options),
    );
    if (answer === null && this.#store !== null) this.#giveUp('the lock was never released');
    if (answer !== null && 'ms' in answer) return answer;
    if (answer !== null) this.#grant = answer;
    return { ms: 0, why: '' };
  }

  /** Gives back what was reserved and not made, at the end of a run. */
  async close(now: number): Promise<void> {
    if (this.#found === undefined && this.#grant.count === 0) return;
    await this.#change(now, new AbortController().signal, () => undefined, LOOKS_AT_END);
  }

  /** Changes the entry while no other tap does; null if that was not possible. What was made so far is settled first. */
  async #change<T>(
    now: number,
    signal: AbortSignal,
    change: (ledger: Ledger) => T,
    looks?: number,
  ): Promise<T | null> {
    try {
      const done = await this.#lock.hold(() => this.#rewrite(now, change), signal, looks);
      if (done === null) return null;
      this.#grant = NO_GRANT;
      this.#made = 0;
      this.#found = undefined;
      return done.value;
    } catch (error) {
      signal.throwIfAborted();
      this.#giveUp(error);
      return null;
    }
  }

  #rewrite<T>(now: number, change: (ledger: Ledger) => T): { readonly value: T } {
    const entry = this.#store?.get(this.#key);
    const ledger = this.#ledger(entry, now);
    ledger.settle(this.#tap, this.#grant, this.#made, this.#options);
    const value = change(ledger);
    const form = this.#found ?? (isObject(entry) ? entry['form'] : undefined);
    this.#store?.set(this.#key, { ...(form !== undefined && { form }), ...ledger.entry() });
    return { value };
  }

  #read(): unknown {
    try {
      return this.#store?.get(this.#key);
    } catch (error) {
      this.#giveUp(error);
      return undefined;
    }
  }

  #ledger(entry: unknown, now: number): Ledger {
    const ledger = new Ledger(entry, now);
    if (ledger.isOdd) this.#warnBroken('holds calls in an unknown form');
    return ledger;
  }

  /** Reads the file's text. Conf takes a SyntaxError for an empty store. */
  #parse(text: string): Record<string, unknown> {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = undefined;
    }
    if (isObject(value)) return copyOf(value);
    this.#warnBroken(
      value === undefined ? 'is not valid JSON' : `holds ${kindOf(value)} instead of an object`,
    );
    throw new SyntaxError('broken');
  }

  #warnBroken(what: string): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#options.warn(
      `cache_dir: ${NAME}.json in ${this.#options.dir} ${what}; it is replaced, and the calls of the last hour are not counted`,
    );
  }

  #giveUp(error: unknown): void {
    this.#store = null;
    const code = systemCode(error) ?? 'unknown';
    const why = typeof error === 'string' ? error : code;
    this.#options.warn(
      `cache_dir: ${this.#options.dir} cannot be used (${why}): calls_per_hour now counts the calls of this run only`,
    );
  }
}

function copyOf(value: JsonObject): Record<string, unknown> {
  return { ...value };
}
