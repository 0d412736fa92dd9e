/** What an answer to a request means: a page, something to try again, or an error in words. Pure. */
import type { Code } from '../codes.js';
import { ApiError, type ApiFault } from '../errors.js';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What came of one try: an answer, or the code of why there was none. */
export type Outcome =
  | { readonly status: number; readonly headers: Headers; readonly text: string }
  | { readonly status: null; readonly code: string };

/** The settings that messages speak of. */
export interface Limits {
  readonly host: string;
  readonly requestTimeoutS: number;
  readonly maxResponseMb: number;
  /** Set if the host has not answered once: how long the run waited for that. */
  readonly firstAnswerS?: number | undefined;
}

/** The code of an outcome whose body is over `max_response_mb`. */
export const TOO_LARGE = 'TOO_LARGE';
/** The code of an outcome whose answer was not whole after `request_timeout_s`. */
export const TIMED_OUT = 'TIMED_OUT';
/** The code of an outcome whose connection timed out. */
export const NO_CONNECTION = 'NO_CONNECTION';
/** The code of an outcome whose body broke off, or is not packed as its header says. */
export const NOT_UNPACKED = 'NOT_UNPACKED';
/** The code of an outcome whose body is not UTF-8. */
export const NOT_TEXT = 'NOT_TEXT';
/** A fault in the tenant's data comes back on every try (`docs/api.md`, "Rows"). */
const DATA_FAULT = 'to_datetime';
const DATA_FAULT_RETRIES = 2;
/** The two 4xx that say "later": Request Timeout and Too Early. Like a 5xx, they are worth another try. */
const PASSING = new Set([408, 425]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** The statuses that come with a page: as the API made it, or as a proxy changed it. */
const PAGES = new Set([200, 203]);
/** Types of bodies that a message names. Other values of the header may be anything, even the token. */
const TYPES =
  /^(?:text\/(?:html|plain|xml|csv)|application\/(?:json|xml|octet-stream|problem\+json))(?=$|[ ;])/i;

/** What an outcome that is no page means, in words. */
export function faultOf(stream: string, outcome: Outcome, limits: Limits): ApiError {
  const { host, requestTimeoutS, maxResponseMb, firstAnswerS } = limits;
  if (outcome.status === null) {
    const { code } = outcome;
    if (code === TOO_LARGE) {
      return new ApiError(
        `${stream}: the response is larger than max_response_mb (${maxResponseMb})`,
        'unreadable',
        { code: 'RESPONSE_TOO_LARGE' },
      );
    }
    if (code === NOT_TEXT) {
      return new ApiError(
        `${stream}: the response is not valid UTF-8: tell ECI's support if this persists`,
        'unreadable',
      );
    }
    const late =
      firstAnswerS === undefined
        ? `no complete response within ${requestTimeoutS} s (request_timeout_s)`
        : 'no complete response';
    const why = code === TIMED_OUT ? late : reason(code);
    const first =
      firstAnswerS === undefined
        ? ''
        : `; it has not responded once within ${firstAnswerS} s: check base_url and the network`;
    return new ApiError(`${stream}: the request to ${host} failed: ${why}${first}`, 'unreachable');
  }
  const { status, headers, text } = outcome;
  const fault = (message: string, kind: ApiFault, code?: Code): ApiError =>
    new ApiError(`${stream}: ${message}`, kind, { status, ...(code && { code }) });
  if (status === 401) {
    return fault(
      'the API refuses the token (HTTP 401): check api_token, api_token_name and base_url',
      'unauthorized',
    );
  }
  if (status === 403) {
    return fault(
      'the token has no access to this stream (HTTP 403): ask ECI for access, or deselect it',
      'forbidden',
    );
  }
  if (status === 407) {
    return fault(
      'the proxy requires authentication (HTTP 407): set a user name and password in HTTPS_PROXY',
      'unreachable',
    );
  }
  if (PASSING.has(status)) return fault(`the API responded with HTTP ${status}`, 'server-error');
  if (status === 404) {
    return fault(
      'the API does not accept the request (HTTP 404): if this happens for all streams, check base_url',
      'bad-request',
    );
  }
  if (status >= 400 && status < 500)
    return fault(`the API does not accept the request (HTTP ${status})`, 'bad-request');
  if (isDataFault(outcome)) {
    return fault(
      `the API fails on the tenant's own data (HTTP 500 naming ${DATA_FAULT}): a date stored in Bolt is invalid. Tell ECI's support ` +
        `the stream and this error; until then deselect the stream`,
      'server-error',
      'TENANT_DATA_FAULT',
    );
  }
  if (status >= 500) return fault(`the API responded with HTTP ${status}`, 'server-error');
  if (REDIRECTS.has(status)) {
    return fault(
      `the API redirects (HTTP ${status}) to another host or in a loop, which is not followed: check base_url`,
      'unreadable',
    );
  }
  if (!PAGES.has(status))
    return fault(`the API responded with HTTP ${status}, which has no page`, 'server-error');
  const [type = 'unknown type'] = TYPES.exec(header(headers, 'content-type') ?? '') ?? [];
  return fault(
    `the response is not JSON (${type}, ${text.length} characters): check base_url if this persists`,
    'unreadable',
  );
}

/** Where a redirect leads that stays with the host that was asked; null for one that does not, and for any other outcome. */
export function redirectOf(outcome: Outcome, asked: URL): URL | null {
  const location =
    outcome.status !== null && REDIRECTS.has(outcome.status)
      ? header(outcome.headers, 'location')
      : undefined;
  if (location === undefined || !URL.canParse(location, asked.href)) return null;
  const to = new URL(location, asked);
  // Name and password in it would take the place of the token.
  return to.origin === asked.origin && to.username === '' && to.password === '' ? to : null;
}

export function header(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function isDataFault(outcome: Outcome): boolean {
  return outcome.status === 500 && outcome.text.includes(DATA_FAULT);
}

/**
 * How often a request with this outcome is made again: 5xx, 408, 425, broken connections, time-outs and bodies that are no JSON are
 * worth another try.
 */
export function retriesOf(outcome: Outcome, maxRetries: number): number {
  if (outcome.status === null) return outcome.code === TOO_LARGE ? 0 : maxRetries;
  if (isDataFault(outcome)) return Math.min(DATA_FAULT_RETRIES, maxRetries);
  const { status } = outcome;
  const isFinal = REDIRECTS.has(status) || (status >= 400 && status < 500 && !PASSING.has(status));
  return isFinal ? 0 : maxRetries;
}

/** Whether the status is one that comes with a page; the body may still not be JSON. */
export function isPage(outcome: Outcome): outcome is Extract<Outcome, { text: string }> {
  return outcome.status !== null && PAGES.has(outcome.status);
}

/** Whether something came from the host, be it only a part of an answer. */
export function isAnswer(outcome: Outcome): boolean {
  return outcome.status !== null || [TOO_LARGE, NOT_UNPACKED, NOT_TEXT].includes(outcome.code);
}

const REASONS: Readonly<Record<string, string>> = {
  [NO_CONNECTION]: 'connection timed out',
  [NOT_UNPACKED]: 'the response broke off, or is not compressed as its header says',
  ETIMEDOUT: 'the connection timed out (ETIMEDOUT)',
  ECONNREFUSED: 'the connection was refused (ECONNREFUSED)',
  ECONNRESET: 'the connection broke (ECONNRESET)',
  ENOTFOUND: 'the host is unknown (ENOTFOUND): check base_url',
  EAI_AGAIN: 'the name lookup failed (EAI_AGAIN)',
  EPROTO: 'the TLS handshake failed (EPROTO): check base_url',
  CERT_HAS_EXPIRED:
    "its certificate has expired (CERT_HAS_EXPIRED): check this machine's clock, or inform the operator of the host",
  CERT_NOT_YET_VALID:
    "its certificate is not valid yet (CERT_NOT_YET_VALID): check this machine's clock",
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another host (ERR_TLS_CERT_ALTNAME_INVALID): check base_url',
};

/** Why there was no answer, in words. */
function reason(code: string): string {
  const known = REASONS[code];
  if (known !== undefined) return known;
  return /CERT|SIGNATURE|ISSUER/.test(code)
    ? `its certificate is not trusted (${code}): set NODE_EXTRA_CA_CERTS to the certificate of a private authority`
    : code;
}
