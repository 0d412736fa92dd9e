/** Requests to the API: authentication, pace, retries, and what each answer means. */
import { setMaxListeners } from 'node:events';
import { got, RequestError, TimeoutError, type Agents } from 'got';
import { authorization, otherForm, type Form, type FormFinder, type Refusal } from './authorization.js';
import type { Budget } from './budget.js';
import type { ApiError } from './errors.js';
import type { Clock, Pace, Turn } from './pace.js';
import type { Query } from './paginate.js';
import {
  faultOf,
  header,
  isSuccess,
  NO_CONNECTION,
  parse,
  redirectOf,
  retriesOf,
  TIMED_OUT,
  TOO_LARGE,
  type Outcome,
} from './outcome.js';
import { allowance, askedWait, retryAfter } from './retry.js';
import type { Answer } from './walk.js';

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
  /** Set where the request is made again: the wait before that, or null where the pace after a 429 decides. */
  readonly retry?: { readonly ms: number | null; readonly why: string };
}

export interface ClientOptions {
  /** The API's root, `https://host/open/v1`. */
  readonly root: URL;
  readonly token: string;
  readonly tokenName?: string | undefined;
  readonly xsrfToken?: string | undefined;
  readonly userAgent: string;
  readonly requestTimeoutS: number;
  readonly maxRetries: number;
  readonly maxResponseMb: number;
  readonly agent?: Agents | undefined;
  readonly finder: FormFinder;
  readonly pace: Pace;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly random: () => number;
  /** Aborted when the run ends; requests on their way are dropped. */
  readonly signal: AbortSignal;
  readonly onCall: (call: Call) => void;
}

const MB = 1024 * 1024;
const CONNECT_MS = 15_000;
const MOST_REDIRECTS = 3;

export class Client {
  readonly #options: ClientOptions;
  /** A 401 holds for every request to come. */
  #refused: ApiError | null = null;
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
    const { finder, pace, clock, random, maxRetries } = this.#options;
    const page = this.#url(path, query);
    let url = page;
    let redirects = 0;
    let form = finder.form;
    let refusal: Refusal | null = null;
    for (let tries = 0; ;) {
      if (this.#refused !== null) throw this.#refused;
      const turn = await pace.turn();
      const began = clock.now();
      const outcome = await this.#send(turn, url, form);
      const arrivedAt = clock.now();
      const report = (retry?: Call['retry']): void =>
        this.#options.onCall({
          stream,
          status: outcome.status ?? outcome.code,
          ms: arrivedAt - began,
          query,
          pausedMs: turn.pausedMs,
          ...(retry && { retry }),
        });

      if (outcome.status === 429) {
        report({ ms: null, why: 'HTTP 429' });
        continue;
      }
      if (isSuccess(outcome)) {
        const body = parse(outcome.text);
        if (body !== undefined) {
          finder.worked(form);
          report();
          return { body, arrivedAt };
        }
      }
      const redirect = redirectOf(outcome, url);
      if (redirect !== null && redirects < MOST_REDIRECTS) {
        report({ ms: 0, why: `HTTP ${outcome.status}` });
        url = redirect;
        redirects += 1;
        continue;
      }
      let fault = this.#faultOf(stream, outcome);
      if (outcome.status !== null && finder.isInDoubt(outcome.status, refusal !== null)) {
        if (refusal === null) {
          report({ ms: 0, why: `HTTP ${outcome.status} with the token ${form}` });
          refusal = { form, fault };
          form = otherForm(form);
          continue;
        }
        fault = finder.judge(refusal, { form, fault });
      }
      if (fault.fault === 'refused') this.#refused = fault;
      if (tries >= retriesOf(outcome, maxRetries)) {
        report();
        throw fault;
      }
      const asked = outcome.status === null ? null : askedWait(header(outcome.headers, 'retry-after'), arrivedAt);
      const wait = Math.max(asked ?? 0, retryAfter(tries, random()));
      report({ ms: wait, why: fault.message });
      tries += 1;
      url = page;
      redirects = 0;
      await pace.rest(wait);
    }
  }

  /** One try; its turn is brought back whatever comes of it. */
  async #send(turn: Turn, url: URL, form: Form): Promise<Outcome> {
    const { pace, budget, clock } = this.#options;
    let outcome: Outcome;
    try {
      outcome = await this.#request(url, form);
    } catch (error) {
      pace.unanswered(turn);
      throw error;
    }
    if (outcome.status === null) pace.unanswered(turn);
    else {
      const left = allowance(outcome.headers, clock.now());
      if (left !== null) budget.limit(left.left, left.until, clock.now());
      if (outcome.status === 429) pace.refused(turn, header(outcome.headers, 'retry-after'));
      else pace.answered(turn);
    }
    return outcome;
  }

  async #request(url: URL, form: Form): Promise<Outcome> {
    const { token, tokenName, xsrfToken, userAgent, requestTimeoutS, maxResponseMb, agent, signal } = this.#options;
    const connect = Math.min(CONNECT_MS, requestTimeoutS * 1000);
    const promise = got(url, {
      headers: {
        accept: 'application/json',
        authorization: authorization(form, token, tokenName),
        'user-agent': userAgent,
        ...(xsrfToken === undefined ? {} : { cookie: `XSRF-TOKEN=${xsrfToken}` }),
      },
      // Retries and redirects are ours, since each is a call: they share one pace and one budget.
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      timeout: { lookup: connect, connect, secureConnect: connect, request: requestTimeoutS * 1000 },
      signal,
      ...(agent && { agent }),
    });
    let tooLarge = false;
    // What counts is the unpacked size, since that is what memory holds; one that is announced is not waited for.
    void promise.on('downloadProgress', ({ transferred, total = 0 }) => {
      if (tooLarge || Math.max(transferred, total) <= maxResponseMb * MB) return;
      tooLarge = true;
      promise.cancel();
    });
    try {
      const { statusCode, headers, body } = await promise;
      return { status: statusCode, headers, text: body };
    } catch (error) {
      signal.throwIfAborted();
      // The error itself is dropped here: it holds the request with its headers, and so the token.
      return { status: null, code: tooLarge ? TOO_LARGE : codeOf(error) };
    }
  }

  #url(path: string, query: Query): URL {
    const url = new URL(this.#options.root.href.replace(/\/$/, '') + path);
    url.search = new URLSearchParams(query).toString();
    return url;
  }

  #faultOf(stream: string, outcome: Outcome): ApiError {
    const { root, agent, requestTimeoutS, maxResponseMb } = this.#options;
    const host = agent ? `${root.host} (through the proxy that the environment names)` : root.host;
    return faultOf(stream, outcome, { host, requestTimeoutS, maxResponseMb });
  }
}

/** Why a request had no answer. */
function codeOf(error: unknown): string {
  if (error instanceof TimeoutError) return error.event === 'request' ? TIMED_OUT : NO_CONNECTION;
  return error instanceof RequestError ? error.code : 'UNKNOWN';
}
