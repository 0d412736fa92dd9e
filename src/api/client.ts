/** API client. Every attempt waits for the pacer and is reported to `onCall`. */
import { setMaxListeners } from 'node:events';
import type { Form, FormFinder } from './authorization.js';
import type { Budget } from './budget.js';
import type { ApiError } from '../errors.js';
import { cameFromHost, header, toApiError, type Headers, type Outcome } from './outcome.js';
import type { Clock } from './clock.js';
import type { Pace, Permit } from './pace.js';
import type { ApiResponse, Query } from './query.js';
import { request, type RequestOptions } from './request.js';
import { parseAllowance, serverTime } from './retry.js';
import { Attempts, type Retry, type Verdict } from './attempts.js';

/** One attempt of a request: what logs, metrics and the summary count. */
export interface Call {
  readonly stream: string;
  /** The HTTP status, or the code that says why there was no response. */
  readonly status: number | string;
  /** Time from sending the request to the end of the body, ms. */
  readonly ms: number;
  readonly query: Query;
  /** Time that it waited before it was sent, because of 429s, ms. */
  readonly pausedMs: number;
  /** Set if the request is sent again. */
  readonly retry?: Retry;
}

export interface ClientOptions extends RequestOptions {
  /** The API's root, `https://host/open/v1`. */
  readonly root: URL;
  /** Limit of one attempt. */
  readonly requestTimeoutS: number;
  /** If the host has sent nothing within this time, all requests fail. */
  readonly firstResponseS: number;
  readonly maxRetries: number;
  readonly finder: FormFinder;
  readonly pace: Pace;
  readonly budget: Budget;
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly onCall: (call: Call) => void;
  /** Called with each response, pages or not. Its headers may hold cookies: do not log them. */
  readonly onHeaders?: ((answer: Answered) => void) | undefined;
}

/** The head of one response, and the form of the header that the request had. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly form: Form;
}

/** A host that is up may need this long for its first response. */
const MIN_TIMEOUT_S = 1;

export class Client {
  readonly #options: ClientOptions;
  /** Set by a 401: all further requests fail with the same error. */
  #unauthorized: ApiError | null = null;
  /** When the first request was sent, ms since 1970. */
  #firstSentAt: number | null = null;
  /** Whether the host has sent anything in this run. */
  #isReached = false;
  /** Set if `firstResponseS` has passed without a response: all further requests fail with it. */
  #silence: Outcome | null = null;
  /** The request that finds out the form of the header. All others wait for it. */
  #finding: Promise<unknown> | null = null;

  constructor(options: ClientOptions) {
    this.#options = options;
    // Each pending request adds a listener, and Node warns about more than ten.
    setMaxListeners(0, options.signal);
  }

  /**
   * Fetches one page.
   *
   * @param stream the stream's name, for messages
   * @param path relative to the API's root
   * @throws ApiError if the API does not give the page
   * @throws StopError if the run has to end
   */
  async get(stream: string, path: string, query: Query): Promise<ApiResponse> {
    while (!this.#options.finder.proven && this.#finding !== null) await this.#finding;
    const response = this.#fetch(stream, path, query);
    if (this.#options.finder.proven) return response;
    const finding = response.catch(() => undefined).then(() => (this.#finding = null));
    this.#finding = finding;
    return response;
  }

  async #fetch(stream: string, path: string, query: Query): Promise<ApiResponse> {
    const { pace, clock, onCall } = this.#options;
    const attempts = new Attempts(this.#url(path, query), {
      ...this.#options,
      toApiError: (outcome) => this.#toApiError(stream, outcome),
    });
    for (;;) {
      if (this.#unauthorized !== null) throw this.#unauthorized;
      if (this.#silence !== null) throw this.#toApiError(stream, this.#silence);
      const permit = await pace.permit();
      const sentAt = clock.now();
      const outcome = await this.#send(permit, attempts);
      const arrivedAt = clock.now();
      const judged = attempts.judge(outcome, arrivedAt);
      const verdict = this.#failIfSilent(stream, outcome, judged, arrivedAt);
      onCall({
        stream,
        status: outcome.status ?? outcome.code,
        ms: arrivedAt - sentAt,
        query,
        pausedMs: permit.pausedMs,
        ...('retry' in verdict && { retry: verdict.retry }),
      });
      if ('body' in verdict) {
        const time = outcome.status === null ? undefined : serverTime(outcome.headers);
        return { ...verdict, arrivedAt, ...(time !== undefined && { serverTime: time }) };
      }
      if ('error' in verdict) {
        if (verdict.error.fault === 'unauthorized') this.#unauthorized = verdict.error;
        throw verdict.error;
      }
      if (verdict.retry.ms) await pace.wait(verdict.retry.ms);
    }
  }

  /** Sends one attempt. Its permit is always returned to the pacer. */
  async #send(permit: Permit, { url, form }: Attempts): Promise<Outcome> {
    const { pace, budget, clock } = this.#options;
    const { onHeaders } = this.#options;
    let outcome: Outcome;
    try {
      outcome = await request(url, form, this.#timeoutS(), this.#options);
    } catch (error) {
      pace.unanswered(permit);
      throw error;
    }
    if (outcome.status === null) {
      pace.unanswered(permit);
      return outcome;
    }
    const left = parseAllowance(outcome.headers, clock.now());
    if (left !== null) budget.limit(left.left, left.until, clock.now());
    const { headers } = outcome;
    onHeaders?.({ status: outcome.status, headers, form });
    if (outcome.status === 429)
      pace.throttled(permit, header(headers, 'retry-after'), serverTime(headers));
    else pace.answered(permit);
    return outcome;
  }

  /**
   * Returns the timeout of the next attempt, in seconds. Until the host has responded once, all
   * attempts share `firstResponseS`.
   */
  #timeoutS(): number {
    const { clock, requestTimeoutS, firstResponseS } = this.#options;
    if (this.#isReached) return requestTimeoutS;
    this.#firstSentAt ??= clock.now();
    const left = firstResponseS - (clock.now() - this.#firstSentAt) / 1000;
    return Math.min(requestTimeoutS, Math.max(MIN_TIMEOUT_S, left));
  }

  /** Turns a retry into an error if the host has sent nothing within `firstResponseS`. */
  #failIfSilent(stream: string, outcome: Outcome, verdict: Verdict, now: number): Verdict {
    this.#isReached ||= cameFromHost(outcome);
    if (this.#isReached || 'body' in verdict) return verdict;
    const wait = 'retry' in verdict ? (verdict.retry.ms ?? 0) : Infinity;
    const end = (this.#firstSentAt ?? now) + this.#options.firstResponseS * 1000;
    // The next attempt must have time for a response.
    if (now + wait + MIN_TIMEOUT_S * 1000 <= end) return verdict;
    this.#silence = outcome;
    return { error: this.#toApiError(stream, outcome) };
  }

  #url(path: string, query: Query): URL {
    const url = new URL(this.#options.root.href.replace(/\/$/, '') + path);
    url.search = new URLSearchParams(query).toString();
    return url;
  }

  #toApiError(stream: string, outcome: Outcome): ApiError {
    const { root, agent, requestTimeoutS, maxResponseMb } = this.#options;
    const host = agent ? `${root.host} (through the proxy that the environment names)` : root.host;
    const firstResponseS = this.#silence === null ? undefined : this.#options.firstResponseS;
    return toApiError(stream, outcome, { host, requestTimeoutS, maxResponseMb, firstResponseS });
  }
}
