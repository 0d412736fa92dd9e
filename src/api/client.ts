/** Asks the API for pages: each try waits for its turn, and is told of. */
import { setMaxListeners } from 'node:events';
import type { FormFinder } from './authorization.js';
import type { Budget } from './budget.js';
import type { ApiError } from '../errors.js';
import { faultOf, header, isAnswer, type Outcome } from './outcome.js';
import type { Clock } from './clock.js';
import type { Pace, Turn } from './pace.js';
import type { Answer, Query } from './query.js';
import { request, type RequestOptions } from './request.js';
import { allowance, dateOf } from './retry.js';
import { Tries, type Retry, type Verdict } from './tries.js';

/** One call, as logs, metrics and the closing summary count it. */
export interface Call {
  readonly stream: string;
  /** The HTTP status, or why there was no answer. */
  readonly status: number | string;
  /** From sending to the end of the body. */
  readonly ms: number;
  readonly query: Query;
  /** ms that it waited after a 429 before it could be made. */
  readonly pausedMs: number;
  /** Set where the request is made again. */
  readonly retry?: Retry;
}

export interface ClientOptions extends RequestOptions {
  /** The API's root, `https://host/open/v1`. */
  readonly root: URL;
  /** A request ends then, whatever the server does. */
  readonly requestTimeoutS: number;
  /** After this time without any answer of the host, the run has none to expect. */
  readonly firstAnswerS: number;
  readonly maxRetries: number;
  readonly finder: FormFinder;
  readonly pace: Pace;
  readonly budget: Budget;
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly onCall: (call: Call) => void;
}

/** A shorter time-out says nothing about a host. */
const SHORTEST_TIMEOUT_S = 1;

export class Client {
  readonly #options: ClientOptions;
  /** A 401 holds for every request to come. */
  #refused: ApiError | null = null;
  /** When the first request was sent, until the host has answered one. */
  #sentFirst: number | null = null;
  #isReached = false;
  /** What came of the last try of a host that did not answer in time. */
  #silence: Outcome | null = null;
  /** The request that finds out the form of the header; the others wait for it. */
  #finding: Promise<unknown> | null = null;

  constructor(options: ClientOptions) {
    this.#options = options;
    // Each request on its way listens to it, and Node would warn of the eleventh.
    setMaxListeners(0, options.signal);
  }

  /**
   * Asks for one page.
   *
   * @param stream its name, for messages
   * @param path below the API's root
   * @throws ApiError where the API does not give it
   * @throws StopError where the run ends before
   */
  async get(stream: string, path: string, query: Query): Promise<Answer> {
    while (!this.#options.finder.proven && this.#finding !== null) await this.#finding;
    const answer = this.#ask(stream, path, query);
    if (this.#options.finder.proven) return answer;
    const finding = answer.catch(() => undefined).then(() => (this.#finding = null));
    this.#finding = finding;
    return answer;
  }

  async #ask(stream: string, path: string, query: Query): Promise<Answer> {
    const { pace, clock, onCall } = this.#options;
    const tries = new Tries(this.#url(path, query), {
      ...this.#options,
      faultOf: (outcome) => this.#faultOf(stream, outcome),
    });
    for (;;) {
      if (this.#refused !== null) throw this.#refused;
      if (this.#silence !== null) throw this.#faultOf(stream, this.#silence);
      const turn = await pace.turn();
      const sentAt = clock.now();
      const outcome = await this.#send(turn, tries);
      const arrivedAt = clock.now();
      const verdict = this.#orSilence(stream, outcome, tries.judge(outcome, arrivedAt), arrivedAt);
      const call = {
        stream,
        status: outcome.status ?? outcome.code,
        ms: arrivedAt - sentAt,
        query,
      };
      onCall({
        ...call,
        pausedMs: turn.pausedMs,
        ...('retry' in verdict && { retry: verdict.retry }),
      });
      if ('body' in verdict) return { ...verdict, arrivedAt };
      if ('fault' in verdict) {
        if (verdict.fault.fault === 'unauthorized') this.#refused = verdict.fault;
        throw verdict.fault;
      }
      if (verdict.retry.ms) await pace.rest(verdict.retry.ms);
    }
  }

  /** One try; its turn is brought back whatever comes of it. */
  async #send(turn: Turn, { url, form }: Tries): Promise<Outcome> {
    const { pace, budget, clock } = this.#options;
    let outcome: Outcome;
    try {
      outcome = await request(url, form, this.#timeoutS(), this.#options);
    } catch (error) {
      pace.unanswered(turn);
      throw error;
    }
    if (outcome.status === null) {
      pace.unanswered(turn);
      return outcome;
    }
    const left = allowance(outcome.headers, clock.now());
    if (left !== null) budget.limit(left.left, left.until, clock.now());
    const { headers } = outcome;
    if (outcome.status === 429) pace.refused(turn, header(headers, 'retry-after'), dateOf(headers));
    else pace.answered(turn);
    return outcome;
  }

  /** s that a request has. Until the host has answered once, all tries together have `firstAnswerS`. */
  #timeoutS(): number {
    const { clock, requestTimeoutS, firstAnswerS } = this.#options;
    if (this.#isReached) return requestTimeoutS;
    this.#sentFirst ??= clock.now();
    const left = firstAnswerS - (clock.now() - this.#sentFirst) / 1000;
    return Math.min(requestTimeoutS, Math.max(SHORTEST_TIMEOUT_S, left));
  }

  /** A try that is not worth another if the host has been silent for too long; the verdict for all others. */
  #orSilence(stream: string, outcome: Outcome, verdict: Verdict, now: number): Verdict {
    this.#isReached ||= isAnswer(outcome);
    if (this.#isReached || 'body' in verdict) return verdict;
    const wait = 'retry' in verdict ? (verdict.retry.ms ?? 0) : Infinity;
    const end = (this.#sentFirst ?? now) + this.#options.firstAnswerS * 1000;
    // A try needs some time of its own.
    if (now + wait + SHORTEST_TIMEOUT_S * 1000 <= end) return verdict;
    this.#silence = outcome;
    return { fault: this.#faultOf(stream, outcome) };
  }

  #url(path: string, query: Query): URL {
    const url = new URL(this.#options.root.href.replace(/\/$/, '') + path);
    url.search = new URLSearchParams(query).toString();
    return url;
  }

  #faultOf(stream: string, outcome: Outcome): ApiError {
    const { root, agent, requestTimeoutS, maxResponseMb } = this.#options;
    const host = agent ? `${root.host} (through the proxy that the environment names)` : root.host;
    const firstAnswerS = this.#silence === null ? undefined : this.#options.firstAnswerS;
    return faultOf(stream, outcome, { host, requestTimeoutS, maxResponseMb, firstAnswerS });
  }
}
