/** What follows from each outcome of one request until it is answered or given up. Clock and chance are passed in. */
import { otherForm, type Form, type FormFinder, type Refusal } from './authorization.js';
import type { ApiError } from '../errors.js';
import { parse } from './json.js';
import { header, isPage, redirectOf, retriesOf, type Outcome } from './outcome.js';
import { askedWait, dateOf, retryAfter } from './retry.js';

/** Another try: the wait before it in ms, or null where the pace after a 429 decides. */
export interface Retry {
  readonly ms: number | null;
  readonly why: string;
}

/** A page, a fault, or another try. */
export type Verdict =
  | { readonly body: unknown; readonly size: number }
  | { readonly fault: ApiError }
  | { readonly retry: Retry };

export interface TriesOptions {
  readonly finder: FormFinder;
  readonly maxRetries: number;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** The fault in words that an outcome is. */
  readonly faultOf: (outcome: Outcome) => ApiError;
}

const MOST_REDIRECTS = 3;

export class Tries {
  readonly #options: TriesOptions;
  readonly #page: URL;
  /** What to ask next, and in which form of the header. */
  url: URL;
  form: Form;
  #made = 0;
  #redirects = 0;
  /** That it was refused in the other form. */
  #refusal: Refusal | null = null;

  constructor(page: URL, options: TriesOptions) {
    this.#options = options;
    this.#page = page;
    this.url = page;
    this.form = options.finder.form;
  }

  /** What follows from an outcome of asking for `url` in `form`; `now` in ms since 1970. */
  judge(outcome: Outcome, now: number): Verdict {
    if (outcome.status === 429) return { retry: { ms: null, why: 'HTTP 429' } };
    const text = isPage(outcome) ? outcome.text : '';
    const body = parse(text);
    if (body !== undefined) {
      this.#options.finder.worked(this.form);
      return { body, size: text.length };
    }
    const elsewhere = redirectOf(outcome, this.url);
    if (elsewhere !== null && this.#redirects < MOST_REDIRECTS) {
      this.url = elsewhere;
      this.#redirects += 1;
      return { retry: { ms: 0, why: `HTTP ${String(outcome.status)}` } };
    }
    return this.#refused(outcome) ?? this.#failed(outcome, this.#options.faultOf(outcome), now);
  }

  /** Where the form of the header may be at fault: the other form, and then what both refusals mean together. */
  #refused(outcome: Outcome): Verdict | null {
    const { finder, faultOf } = this.#options;
    if (outcome.status === null || !finder.isInDoubt(outcome.status, this.#refusal !== null))
      return null;
    const refusal = { form: this.form, fault: faultOf(outcome) };
    if (this.#refusal !== null) return { fault: finder.judge(this.#refusal, refusal) };
    this.#refusal = refusal;
    this.form = otherForm(this.form);
    return { retry: { ms: 0, why: `HTTP ${outcome.status} with the token ${refusal.form}` } };
  }

  #failed(outcome: Outcome, fault: ApiError, now: number): Verdict {
    const { maxRetries, random } = this.#options;
    if (this.#made >= retriesOf(outcome, maxRetries)) return { fault };
    const asked =
      outcome.status === null
        ? null
        : askedWait(header(outcome.headers, 'retry-after'), now, dateOf(outcome.headers));
    const ms = Math.max(asked ?? 0, retryAfter(this.#made, random()));
    this.#made += 1;
    this.url = this.#page;
    this.#redirects = 0;
    return { retry: { ms, why: fault.message } };
  }
}
