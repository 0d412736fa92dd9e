/**
 * What taps with the same host and token share through `cache_dir`: the calls of the last hour, and
 * the form of the Authorization header that worked.
 */
import { createHash, randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../system/write-file.js';
import type { Form } from './authorization.js';
import { FolderLock } from './folder-lock.js';
import { Ledger, type Grant, type CallLimits, type Wait } from './ledger.js';
import { isObject, kindOf, type JsonObject } from '../json.js';
import { systemCode } from '../errors.js';

export interface CacheOptions extends CallLimits {
  /** The folder (`cache_dir`). */
  readonly dir: string;
  readonly host: string;
  readonly token: string;
  /** Called if the file or the folder cannot be used. The run continues. */
  readonly warn: (message: string) => void;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const NAME = 'calls';
/** At its end a run waits 0.2 s for the lock: reservations that it leaves expire in an hour. */
const POLLS_AT_END = 10;
const NO_GRANT: Grant = { count: 0, end: -Infinity };

export class Cache {
  readonly #options: CacheOptions;
  readonly #key: string;
  /** The name of this tap in the ledger. */
  readonly #tap = randomBytes(6).toString('hex');
  readonly #lock: FolderLock;
  readonly #file: string;
  /** False if the folder cannot be used. */
  #isUsable = true;
  /** The reserved calls, and how many of them were made. */
  #grant = NO_GRANT;
  #made = 0;
  /** A form that is not in the file yet. */
  #newForm: Form | undefined;
  #hasWarned = false;

  /**
   * Creates the folder. The file is one that only its owner can read. A broken one is replaced. If
   * the folder cannot be used, a warning says so.
   */
  constructor(options: CacheOptions) {
    this.#options = options;
    const { dir, host, token, sleep } = options;
    this.#key = `${host} ${fingerprintOf(host, token)}`;
    this.#lock = new FolderLock({ path: join(dir, `${NAME}.lock`), sleep });
    this.#file = join(dir, `${NAME}.json`);
    try {
      mkdirSync(dir, { recursive: true });
      accessSync(dir, constants.W_OK);
      this.#load();
    } catch (error) {
      this.#disable(error);
    }
  }

  /** Whether an earlier command with this host and token has left an entry. */
  get isKnown(): boolean {
    return this.#read() !== undefined;
  }

  /** The form of the Authorization header that worked last; undefined if none did. */
  get form(): Form | undefined {
    const entry = this.#newForm ?? this.#read();
    const form = isObject(entry) ? entry['form'] : entry;
    return form === 'quoted' || form === 'unquoted' ? form : undefined;
  }

  /** It is written with the next reservation, or at the end. */
  set form(form: Form) {
    if (this.#isUsable) this.#newForm = form;
  }

  /** Returns the latest possible time of each call of the last hour, ms since 1970. */
  calls(now: number): Iterable<number> {
    return this.#ledger(this.#read(), now).times();
  }

  /**
   * Takes a reserved call, to be made now.
   *
   * @returns false if none is reserved. True if the folder cannot be used: only the budget of this
   *   tap counts then
   */
  take(now: number): boolean {
    if (!this.#isUsable) return true;
    const { count, end } = this.#grant;
    if (this.#made >= count || now >= end) return false;
    this.#made += 1;
    return true;
  }

  /**
   * Reserves calls for `take`, if the limits that all taps share allow it.
   *
   * @returns how long to wait before the next try; 0 ms if there are calls now
   * @throws the signal's reason if it is aborted
   */
  async reserve(now: number, signal: AbortSignal): Promise<Wait> {
    const reserved = await this.#change(now, signal, (ledger) =>
      ledger.reserve(this.#tap, this.#options),
    );
    if (reserved === null && this.#isUsable) this.#disable('the lock was never released');
    if (reserved !== null && 'ms' in reserved) return reserved;
    if (reserved !== null) this.#grant = reserved;
    return { ms: 0, why: '' };
  }

  /** Gives back the reserved calls that were not made, at the end of a run. */
  async close(now: number): Promise<void> {
    if (this.#newForm === undefined && this.#grant.count === 0) return;
    await this.#change(now, new AbortController().signal, () => undefined, POLLS_AT_END);
  }

  /**
   * Settles the calls made so far and changes the entry, under the lock.
   *
   * @returns what `change` returned; null if the lock or the folder could not be used
   */
  async #change<T>(
    now: number,
    signal: AbortSignal,
    change: (ledger: Ledger) => T,
    polls?: number,
  ): Promise<T | null> {
    try {
      const done = await this.#lock.hold(() => this.#rewrite(now, change), signal, polls);
      if (done === null) return null;
      this.#grant = NO_GRANT;
      this.#made = 0;
      this.#newForm = undefined;
      return done.value;
    } catch (error) {
      signal.throwIfAborted();
      this.#disable(error);
      return null;
    }
  }

  #rewrite<T>(now: number, change: (ledger: Ledger) => T): { readonly value: T } {
    const entries = this.#load();
    const entry = entries[this.#key];
    const ledger = this.#ledger(entry, now);
    ledger.settle(this.#tap, this.#grant, this.#made, this.#options);
    const value = change(ledger);
    const form = this.#newForm ?? (isObject(entry) ? entry['form'] : undefined);
    const changed = { ...(form !== undefined && { form }), ...ledger.entry() };
    replaceFile(this.#file, JSON.stringify({ ...entries, [this.#key]: changed }), 0o600);
    return { value };
  }

  #read(): unknown {
    if (!this.#isUsable) return undefined;
    try {
      return this.#load()[this.#key];
    } catch (error) {
      this.#disable(error);
      return undefined;
    }
  }

  #ledger(entry: unknown, now: number): Ledger {
    const ledger = new Ledger(entry, now);
    if (ledger.isDamaged) this.#warnBroken('holds calls in an unknown form');
    return ledger;
  }

  /** Reads the file: an entry for each host and token. A broken file counts as empty. */
  #load(): JsonObject {
    const text = this.#text();
    if (text === null) return {};
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = undefined;
    }
    if (isObject(value)) return value;
    this.#warnBroken(
      value === undefined ? 'is not valid JSON' : `holds ${kindOf(value)} instead of an object`,
    );
    return {};
  }

  /** Null if there is no file yet. */
  #text(): string | null {
    try {
      return readFileSync(this.#file, 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    }
  }

  #warnBroken(what: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#options.warn(
      `cache_dir: ${NAME}.json in ${this.#options.dir} ${what}; ` +
        'it is replaced, and the calls of the last hour are not counted',
    );
  }

  #disable(error: unknown): void {
    this.#isUsable = false;
    this.#newForm = undefined;
    this.#grant = NO_GRANT;
    const code = systemCode(error) ?? 'unknown';
    const why = typeof error === 'string' ? error : code;
    this.#options.warn(
      `cache_dir: ${this.#options.dir} cannot be used (${why}): ` +
        'calls_per_hour now counts the calls of this run only',
    );
  }
}

/** Tells the tenants of `cache_dir` apart, without the token. */
export function fingerprintOf(host: string, token: string): string {
  return createHash('sha256').update(`${host} ${token}`).digest('hex').slice(0, 16);
}
