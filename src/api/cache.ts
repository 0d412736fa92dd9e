/** What is remembered between runs, by host and token: the calls of the last hour, and the form of the header that worked. */
import { createHash } from 'node:crypto';
import { Conf } from '../store.js';
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
/** No tap makes more calls in a span: a count above it is none. */
const MOST = 1_000_000;
const NAME = 'calls';

export class Cache {
  readonly #options: CacheOptions;
  readonly #key: string;
  #store: Conf<Record<string, Entry>> | null = null;
  /** Calls that are written down but not made yet, and the end of the span that they stand in. */
  #ahead = 0;
  #end = 0;

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
    for (const [end, count] of spansOf(this.#entry(), now)) {
      for (let call = 0; call < count; call += 1) yield end;
    }
  }

  /** Writes a call down before it is made. */
  note(now: number): void {
    if (this.#ahead === 0 || now >= this.#end) this.#reserve(this.#options.batch, now);
    this.#ahead -= 1;
  }

  /** Takes back what was written down but not made. */
  close(now: number): void {
    if (this.#ahead > 0) this.#reserve(0, now);
  }

  /** Writes calls down in the span of now, and takes back what of an earlier span was not made. */
  #reserve(count: number, now: number): void {
    const end = endOf(now);
    this.#change((entry) => {
      // Read anew each time: another tap of the same token may have written meanwhile.
      const spans = spansOf(entry, now);
      add(spans, this.#end, -this.#ahead);
      add(spans, end, count);
      return { ...entry, calls: [...spans] };
    });
    this.#ahead = count;
    this.#end = end;
  }

  #entry(): Entry {
    let entry: unknown;
    this.#try(() => (entry = this.#store?.get(this.#key)));
    return typeof entry === 'object' && entry !== null ? entry : {};
  }

  #change(change: (entry: Entry) => Entry): void {
    const entry = change(this.#entry());
    this.#try(() => this.#store?.set(this.#key, entry));
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

/** The end of the span that a time is in. */
function endOf(now: number): number {
  return (Math.floor(now / SPAN) + 1) * SPAN;
}

/** The counts of the last hour by the ends of their spans, whatever the file holds. What a clock that was set back makes of the future, counts as now. */
function spansOf({ calls }: Entry, now: number): Map<number, number> {
  const spans = new Map<number, number>();
  for (const span of Array.isArray(calls) ? calls : []) {
    const [end, count]: unknown[] = Array.isArray(span) ? span : [];
    if (typeof end !== 'number' || typeof count !== 'number' || !(count > 0 && count <= MOST)) continue;
    if (end > now - HOUR) add(spans, Math.min(end, endOf(now)), Math.floor(count));
  }
  return spans;
}

function add(spans: Map<number, number>, end: number, count: number): void {
  const sum = (spans.get(end) ?? 0) + count;
  if (sum > 0) spans.set(end, sum);
  else spans.delete(end);
}
