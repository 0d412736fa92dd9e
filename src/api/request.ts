/** Sends one HTTP request. `outcome.ts` decides what its response means. */
import { got, RequestError, TimeoutError, type Agents, type Response } from 'got';
import { authorization, type Form } from './authorization.js';
import { ENCODINGS, decodeBody } from './body.js';
import { isPage, NO_CONNECTION, TIMED_OUT, TOO_LARGE, type Outcome } from './outcome.js';

export interface RequestOptions {
  readonly token: string;
  readonly tokenName?: string | undefined;
  readonly xsrfToken?: string | undefined;
  readonly userAgent: string;
  readonly maxResponseMb: number;
  /** Set if a proxy is used. */
  readonly agent?: Agents | undefined;
  /** Aborted when the run ends. */
  readonly signal: AbortSignal;
}

const MB = 1024 * 1024;
const CONNECT_MS = 15_000;

/**
 * Sends a request once. Redirects are not followed.
 *
 * @param form the form of the Authorization header
 * @param timeoutS limit of the whole request, in seconds
 * @returns the response, or a code of `outcome.ts` or of the system if there was none
 * @throws the signal's reason if it is aborted
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
    // The client retries and follows redirects itself, since each is a call of the budget.
    retry: { limit: 0 },
    followRedirect: false,
    responseType: 'buffer',
    // `body.ts` decompresses faster.
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
  // got stops its timers when the server upgrades the connection; nothing would end the request.
  const timer = setTimeout(() => end({ status: null, code: TIMED_OUT }), timeoutS * 1000);
  // Counts compressed bytes, or the announced length. `decodeBody` limits the decompressed size.
  void promise.on('downloadProgress', ({ transferred, total = 0 }) => {
    if (Math.max(transferred, total) > maxResponseMb * MB) end({ status: null, code: TOO_LARGE });
  });
  void promise.on('request', (sent) => {
    // got does not close an upgraded socket, which would keep the process alive.
    sent.once('upgrade', ({ statusCode = 101, headers }, socket) => {
      socket.destroy();
      end({ status: statusCode, headers, text: '' });
    });
  });
  try {
    return readResponse(await promise, maxResponseMb * MB);
  } catch (error) {
    signal.throwIfAborted();
    // The error is dropped, since it holds the request headers and so the token.
    return early ?? { status: null, code: failureCode(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Reads a response. If it is not a page, its status counts even if its body is unreadable. */
function readResponse(
  { statusCode: status, headers, body }: Response<Uint8Array>,
  maxBytes: number,
): Outcome {
  const read = decodeBody(body, headers['content-encoding'], maxBytes);
  if ('text' in read) return { status, headers, text: read.text };
  const outcome: Outcome = { status, headers, text: '' };
  return isPage(outcome) ? { status: null, code: read.code } : outcome;
}

function failureCode(error: unknown): string {
  if (error instanceof TimeoutError) return NO_CONNECTION;
  return error instanceof RequestError ? error.code : 'UNKNOWN';
}
