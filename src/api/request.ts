/** One request over HTTP, and nothing about what its answer means. */
import { got, RequestError, TimeoutError, type Agents } from 'got';
import { authorization, type Form } from './authorization.js';
import { NO_CONNECTION, TIMED_OUT, TOO_LARGE, type Outcome } from './outcome.js';

export interface RequestOptions {
  readonly token: string;
  readonly tokenName?: string | undefined;
  readonly xsrfToken?: string | undefined;
  readonly userAgent: string;
  readonly requestTimeoutS: number;
  readonly maxResponseMb: number;
  /** Where a proxy is between. */
  readonly agent?: Agents | undefined;
  /** Aborted when the run ends; the request is dropped. */
  readonly signal: AbortSignal;
}

const MB = 1024 * 1024;
const CONNECT_MS = 15_000;
/** Bytes that are decoded at once. */
const PIECE = 4096;

/**
 * Makes a request, once. Redirects are not followed.
 *
 * @param form how the token stands in its header
 * @returns the answer, or why there was none
 * @throws the signal's reason where the run ends before
 */
export async function request(url: URL, form: Form, options: RequestOptions): Promise<Outcome> {
  const { token, tokenName, xsrfToken, userAgent, requestTimeoutS, maxResponseMb, agent, signal } = options;
  const connect = Math.min(CONNECT_MS, requestTimeoutS * 1000);
  const promise = got(url, {
    headers: {
      accept: 'application/json',
      authorization: authorization(form, token, tokenName),
      'user-agent': userAgent,
      ...(xsrfToken === undefined ? {} : { cookie: `XSRF-TOKEN=${xsrfToken}` }),
    },
    // Retries and redirects are the client's, since each is a call: they share one pace and one budget.
    retry: { limit: 0 },
    followRedirect: false,
    responseType: 'buffer',
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
    return { status: statusCode, headers, text: textOf(body) };
  } catch (error) {
    signal.throwIfAborted();
    // The error itself is dropped here: it holds the request with its headers, and so the token.
    return { status: null, code: tooLarge ? TOO_LARGE : codeOf(error) };
  }
}

/**
 * The text of a body in UTF-8. It is decoded in pieces, cut where a character of one byte begins: most of a page is plain ASCII, which Node decodes
 * many times faster, but only where there is nothing else in the piece.
 */
function textOf(body: Uint8Array): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let text = '';
  for (let from = 0; from < bytes.length;) {
    let to = Math.min(from + PIECE, bytes.length);
    while (to < bytes.length && !isAsciiAt(bytes, to)) to += 1;
    text += bytes.toString('utf8', from, to);
    from = to;
  }
  return text;
}

function isAsciiAt(bytes: Buffer, at: number): boolean {
  return (bytes[at] ?? 0) < 0x80;
}

/** Why a request had no answer. */
function codeOf(error: unknown): string {
  if (error instanceof TimeoutError) return error.event === 'request' ? TIMED_OUT : NO_CONNECTION;
  return error instanceof RequestError ? error.code : 'UNKNOWN';
}
