/** What is remembered between runs, by host and token: the calls of the last hour, and the form of the header that worked. */
import { createHash } from 'node:crypto';
import Conf from 'conf';
import type { Form } from './authorization.js';
import { HOUR } from './budget.js';

/** An entry of the store: calls are counted in spans, each named by its end (ms since 1970). */
interface Entry {
  readonly form?: Form;
  readonly calls?: readonly (readonly [end: number, count: number])[];
}

export interface CacheOptions {
  /** The folder (`cache_dir`). */
  readonly dir: string;
  readonly host: string;
  readonly token: string;
  /** Calls that are written down at once, ahead of being made. */
  readonly batch: number;
  /** Told once where the store cannot be used; the run goes on without it. */
  readonly warn: (message: string) => void;
}

const SPAN = 10_000;
const NAME = 'calls';

export class Cache {
  readonly #options: CacheOptions;
  readonly #key: string;
  #store: Conf<Record<string, Entry>> | null = null;
  /** Calls that are written down but not made yet. */
  #ahead = 0;

  /** Opens the store, readable by its owner alone. A broken one is begun anew; one that cannot be used is a warning. */
  constructor(options: CacheOptions) {
    this.#options = options;
    const fingerprint = createHash('sha256').update(`${options.host} ${options.token}`).digest('hex').slice(0, 16);
    this.#key = `${options.host} ${fingerprint}`;
    const open = (clearInvalidConfig: boolean): Conf<Record<string, Entry>> =>
      new Conf({
        cwd: options.dir,
        configName: NAME,
        configFileMode: 0o600,
        accessPropertiesByDotNotation: false,
        clearInvalidConfig,
      });
    this.#try(() => {
      try {
        this.#store = open(false);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        options.warn(`cache_dir: ${NAME}.json in ${options.dir} is broken; it is begun anew`);
        this.#store = open(true);
      }
    });
  }

  /** The form of the Authorization header that worked last. */
  get form(): Form | undefined {
    const form = this.#entry().form;
    return form === 'quoted' || form === 'unquoted' ? form : undefined;
  }

  set form(form: Form) {
    this.#change((entry) => ({ ...entry, form }));
  }

  /** Times of the calls of the last hour, ms since 1970, each at its latest. */
  *calls(now: number): Generator<number, void, undefined> {
    for (const [end, count] of this.#spans(this.#entry(), now)) {
      for (let call = 0; call < count; call += 1) yield end;
    }
  }

  /** Writes a call down before it is made. */
  note(now: number): void {
    if (this.#ahead === 0) {
      this.#add(this.#options.batch, now);
      this.#ahead = this.#options.batch;
    }
    this.#ahead -= 1;
  }

  /** Takes back what was written down but not made. */
  close(now: number): void {
    if (this.#ahead > 0) this.#add(-this.#ahead, now);
    this.#ahead = 0;
  }

  #add(count: number, now: number): void {
    this.#change((entry) => {
      // Read anew each time: another tap of the same token may have written meanwhile.
      const spans = new Map(this.#spans(entry, now));
      const end = count > 0 ? Math.ceil((now + 1) / SPAN) * SPAN : Math.max(...spans.keys());
      spans.set(end, Math.max(0, (spans.get(end) ?? 0) + count));
      return { ...entry, calls: [...spans] };
    });
  }

  /** The spans of the last hour, whatever the file holds. */
  #spans(entry: Entry, now: number): [number, number][] {
    if (!Array.isArray(entry.calls)) return [];
    return entry.calls.flatMap((span: unknown): [number, number][] => {
      if (!Array.isArray(span)) return [];
      const [end, count]: unknown[] = span;
      const isWhole = typeof end === 'number' && typeof count === 'number' && count > 0 && count <= 1_000_000;
      return isWhole && end > now - HOUR ? [[end, Math.floor(count)]] : [];
    });
  }

  #entry(): Entry {
    let entry: unknown;
    this.#try(() => (entry = this.#store?.get(this.#key)));
    return typeof entry === 'object' && entry !== null ? entry : {};
  }

  #change(change: (entry: Entry) => Entry): void {
    this.#try(() => this.#store?.set(this.#key, change(this.#entry())));
  }

  #try(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#store = null;
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      this.#options.warn(
        `cache_dir: ${this.#options.dir} cannot be used (${code}): calls of earlier runs are not counted, nor these by later ones`,
      );
    }
  }
}
