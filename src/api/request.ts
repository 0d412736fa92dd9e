/** One request over HTTP, and nothing about what its answer means. */
import { got, RequestError, TimeoutError, type Agents, type Response } from 'got';
import { authorization, type Form } from './authorization.js';
import { ENCODINGS, textOf } from './body.js';
import { isPage, NO_CONNECTION, TIMED_OUT, TOO_LARGE, type Outcome } from './outcome.js';

export interface RequestOptions {
  readonly token: string;
  readonly tokenName?: string | undefined;
  readonly xsrfToken?: string | undefined;
  readonly userAgent: string;
  readonly maxResponseMb: number;
  /** Where a proxy is between. */
  readonly agent?: Agents | undefined;
  /** Aborted when the run ends; the request is dropped. */
  readonly signal: AbortSignal;
}

const MB = 1024 * 1024;
const CONNECT_MS = 15_000;

/**
 * Makes a request, once. Redirects are not followed.
 *
 * @param form how the token stands in its header
 * @param timeoutS after which it ends, whatever the server does
 * @returns the answer, or why there was none
 * @throws the signal's reason where the run ends before
 */
export async function request(
  url: URL,
  form: Form,
  timeoutS: number,
  options: RequestOptions,
): Promise<Outcome> {
  const { token, tokenName, xsrfToken, userAgent, maxResponseMb, agent, signal } = options;
  const connect = Math.min(CONNECT_MS, timeoutS * 1000);
  const promise = got(url, {
    headers: {
      accept: 'application/json',
      'accept-encoding': ENCODINGS,
      authorization: authorization(form, token, tokenName),
      'user-agent': userAgent,
      ...(xsrfToken === undefined ? {} : { cookie: `XSRF-TOKEN=${xsrfToken}` }),
    },
    // Retries and redirects are the client's, since each is a call: they share one pace and one budget.
    retry: { limit: 0 },
    followRedirect: false,
    responseType: 'buffer',
    // `body.ts` does it, at less cost.
    decompress: false,
    throwHttpErrors: false,
    timeout: { lookup: connect, connect, secureConnect: connect },
    signal,
    ...(agent && { agent }),
  });
  let early: Outcome | null = null;
  const end = (outcome: Outcome): void => {
    early ??= outcome;
    promise.cancel();
  };
  // Its own timer: those of got end with an upgrade, and with it the last thing that would end the request.
  const timer = setTimeout(() => end({ status: null, code: TIMED_OUT }), timeoutS * 1000);
  // What comes over the wire; what it is unpacked is looked at when it is there. One that is announced is not waited for.
  void promise.on('downloadProgress', ({ transferred, total = 0 }) => {
    if (Math.max(transferred, total) > maxResponseMb * MB) end({ status: null, code: TOO_LARGE });
  });
  void promise.on('request', (sent) => {
    // An upgraded socket is nobody's: it would keep the process alive.
    sent.once('upgrade', ({ statusCode = 101, headers }, socket) => {
      socket.destroy();
      end({ status: statusCode, headers, text: '' });
    });
  });
  try {
    return outcomeOf(await promise, maxResponseMb * MB);
  } catch (error) {
    signal.throwIfAborted();
    // The error itself is dropped here: it holds the request with its headers, and so the token.
    return early ?? { status: null, code: codeOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** What arrived. Of an answer that is no page the status counts, whether or not its body can be read. */
function outcomeOf(
  { statusCode: status, headers, body }: Response<Uint8Array>,
  most: number,
): Outcome {
  const read = textOf(body, headers['content-encoding'], most);
  if ('text' in read) return { status, headers, text: read.text };
  const refusal: Outcome = { status, headers, text: '' };
  return isPage(refusal) ? { status: null, code: read.code } : refusal;
}

/** Why a request had no answer. */
function codeOf(error: unknown): string {
  if (error instanceof TimeoutError) return NO_CONNECTION;
  return error instanceof RequestError ? error.code : 'UNKNOWN';
}
