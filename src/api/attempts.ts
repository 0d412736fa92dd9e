/** Decides what follows from each attempt of one request. Clock and chance are passed in. */
import { otherForm, type FailedForm, type Form, type FormFinder } from './authorization.js';
import type { ApiError } from '../errors.js';
import { parse } from '../system/exact-json.js';
import { allowedRetries, header, isPage, redirectTarget, type Outcome } from './outcome.js';
import { parseRetryAfter, retryDelay, serverTime } from './retry.js';

/** Another attempt: the wait before it in ms, or null if the pause after a 429 decides. */
export interface Retry {
  readonly ms: number | null;
  readonly why: string;
}

/** A page, an error, or another attempt. */
export type Verdict =
  | { readonly body: unknown; readonly size: number }
  | { readonly error: ApiError }
  | { readonly retry: Retry };

export interface AttemptsOptions {
  readonly finder: FormFinder;
  readonly maxRetries: number;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** Turns an outcome other than a page into an error. */
  readonly toApiError: (outcome: Outcome) => ApiError;
}

const MAX_REDIRECTS = 3;

/** The attempts of one request. */
export class Attempts {
  readonly #options: AttemptsOptions;
  readonly #page: URL;
  /** The URL of the next attempt, and its form of the Authorization header. */
  url: URL;
  form: Form;
  #retries = 0;
  #redirects = 0;
  /** Set if the request has failed in the other form. */
  #failedForm: FailedForm | null = null;

  constructor(page: URL, options: AttemptsOptions) {
    this.#options = options;
    this.#page = page;
    this.url = page;
    this.form = options.finder.form;
  }

  /**
   * Decides what follows from an attempt at `url` in `form`, and sets both for the next one.
   *
   * @param now ms since 1970
   */
  judge(outcome: Outcome, now: number): Verdict {
    if (outcome.status === 429) return { retry: { ms: null, why: 'HTTP 429' } };
    const text = isPage(outcome) ? outcome.text : '';
    const body = parse(text);
    if (body !== undefined) {
      this.#options.finder.confirm(this.form);
      return { body, size: text.length };
    }
    const target = redirectTarget(outcome, this.url);
    if (target !== null && this.#redirects < MAX_REDIRECTS) {
      this.url = target;
      this.#redirects += 1;
      return { retry: { ms: 0, why: `HTTP ${String(outcome.status)}` } };
    }
    const error = this.#options.toApiError(outcome);
    return this.#tryOtherForm(outcome, error) ?? this.#retryOrFail(outcome, error, now);
  }

  /** Tries the other form of the header, and then compares both; null if it cannot be the cause. */
  #tryOtherForm({ status }: Outcome, error: ApiError): Verdict | null {
    const { finder } = this.#options;
    const first = this.#failedForm;
    if (status === null || !finder.mayDependOnForm(status, first !== null)) return null;
    const failed = { form: this.form, error };
    if (first !== null) return { error: finder.compare(first, failed) };
    this.#failedForm = failed;
    this.form = otherForm(this.form);
    return { retry: { ms: 0, why: `HTTP ${status} with the token ${failed.form}` } };
  }

  #retryOrFail(outcome: Outcome, error: ApiError, now: number): Verdict {
    const { maxRetries, random } = this.#options;
    if (this.#retries >= allowedRetries(outcome, maxRetries)) return { error };
    const requested =
      outcome.status === null
        ? null
        : parseRetryAfter(header(outcome.headers, 'retry-after'), now, serverTime(outcome.headers));
    const ms = Math.max(requested ?? 0, retryDelay(this.#retries, random()));
    this.#retries += 1;
    this.url = this.#page;
    this.#redirects = 0;
    return { retry: { ms, why: error.message } };
  }
}
