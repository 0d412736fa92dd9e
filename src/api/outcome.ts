/** What a response means: a page, another attempt, or an error. Pure. */
import type { Code } from '../codes.js';
import { ApiError, type ApiFault } from '../errors.js';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Result of one attempt: a response, or the code that says why there was none. */
export type Outcome =
  | { readonly status: number; readonly headers: Headers; readonly text: string }
  | { readonly status: null; readonly code: string };

/** What error messages name. */
export interface ErrorContext {
  readonly host: string;
  readonly requestTimeoutS: number;
  readonly maxResponseMb: number;
  /** Set if the host has never responded in this run: the time that it had, in seconds. */
  readonly firstResponseS?: number | undefined;
}

/** The body is larger than `max_response_mb`. */
export const TOO_LARGE = 'TOO_LARGE';
/** The response was not complete within `request_timeout_s`. */
export const TIMED_OUT = 'TIMED_OUT';
/** The connection timed out. */
export const NO_CONNECTION = 'NO_CONNECTION';
/** The body broke off, or is not compressed as its header says. */
export const NOT_DECOMPRESSED = 'NOT_DECOMPRESSED';
/** The body is not UTF-8. */
export const NOT_TEXT = 'NOT_TEXT';
/**
 * In the body of a 500 that an invalid date in the tenant's data causes (`docs/api.md`, "Rows").
 * It rarely helps to retry.
 */
const DATA_FAULT = 'to_datetime';
const DATA_FAULT_RETRIES = 2;
/** Request Timeout and Too Early: the only 4xx besides 429 that are retried. */
const RETRIED_4XX = new Set([408, 425]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** The statuses of a page: 200, or 203 if a proxy has changed it. */
const PAGES = new Set([200, 203]);
/** Media types that a message may name. Other values of the header could hold anything. */
const TYPES =
  /^(?:text\/(?:html|plain|xml|csv)|application\/(?:json|xml|octet-stream|problem\+json))(?=$|[ ;])/i;

/** Returns the error for an outcome other than a JSON page; its message begins with `stream`. */
export function toApiError(stream: string, outcome: Outcome, context: ErrorContext): ApiError {
  if (outcome.status === null) return errorWithoutResponse(stream, outcome.code, context);
  const { status, headers, text } = outcome;
  const error = (message: string, fault: ApiFault, code?: Code): ApiError =>
    new ApiError(`${stream}: ${message}`, fault, { status, ...(code && { code }) });
  if (status === 401) {
    return error(
      'the API refuses the token (HTTP 401): check api_token, api_token_name and base_url',
      'unauthorized',
    );
  }
  if (status === 403) {
    return error(
      'the token has no access to this stream (HTTP 403): ask ECI for access, or deselect it',
      'forbidden',
    );
  }
  if (status === 407) {
    return error(
      'the proxy requires authentication (HTTP 407): set a user name and password in HTTPS_PROXY',
      'unreachable',
    );
  }
  if (RETRIED_4XX.has(status))
    return error(`the API responded with HTTP ${status}`, 'server-error');
  if (status === 404) {
    return error(
      'the API does not accept the request (HTTP 404): ' +
        'if this happens for all streams, check base_url',
      'bad-request',
    );
  }
  if (status >= 400 && status < 500)
    return error(`the API does not accept the request (HTTP ${status})`, 'bad-request');
  if (isDataFault(outcome)) {
    return error(
      `the API fails on the tenant's own data (HTTP 500 naming ${DATA_FAULT}): a date stored in ` +
        "Bolt is invalid. Tell ECI's support the stream and this error; until then deselect the " +
        'stream',
      'server-error',
      'TENANT_DATA_FAULT',
    );
  }
  if (status >= 500) return error(`the API responded with HTTP ${status}`, 'server-error');
  if (REDIRECTS.has(status)) {
    return error(
      `the API redirects (HTTP ${status}) to another host or in a loop, which is not followed: ` +
        'check base_url',
      'unreadable',
    );
  }
  if (!PAGES.has(status))
    return error(
      `the API responded with HTTP ${status}, which has no page`,
      'server-error',
      'RESPONSE_UNREADABLE',
    );
  const [type = 'unknown type'] = TYPES.exec(header(headers, 'content-type') ?? '') ?? [];
  return error(
    `the response is not JSON (${type}, ${text.length} characters): ` +
      'check base_url if this persists',
    'unreadable',
  );
}

function errorWithoutResponse(stream: string, code: string, context: ErrorContext): ApiError {
  const { host, requestTimeoutS, maxResponseMb, firstResponseS } = context;
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
    firstResponseS === undefined
      ? `no complete response within ${requestTimeoutS} s (request_timeout_s)`
      : 'no complete response';
  const why = code === TIMED_OUT ? late : describeCode(code);
  const never =
    firstResponseS === undefined
      ? ''
      : `; it has not responded once within ${firstResponseS} s: check base_url and the network`;
  return new ApiError(
    `${stream}: the request to ${host} failed: ${why}${never}`,
    'unreachable',
    code === NOT_DECOMPRESSED ? { code: 'RESPONSE_UNREADABLE' } : {},
  );
}

/**
 * Returns where a redirect leads.
 *
 * @param requested the URL that was redirected
 * @returns null if it leads to another origin, or the outcome is not a redirect
 */
export function redirectTarget(outcome: Outcome, requested: URL): URL | null {
  const location =
    outcome.status !== null && REDIRECTS.has(outcome.status)
      ? header(outcome.headers, 'location')
      : undefined;
  if (location === undefined || !URL.canParse(location, requested.href)) return null;
  const to = new URL(location, requested);
  // A user name and password in the URL would replace the Authorization header.
  return to.origin === requested.origin && to.username === '' && to.password === '' ? to : null;
}

/** Returns the value of a header; the first one if there are several. */
export function header(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function isDataFault(outcome: Outcome): boolean {
  return outcome.status === 500 && outcome.text.includes(DATA_FAULT);
}

/**
 * Returns how often a request with this outcome is retried. 5xx, 408, 425, broken connections,
 * timeouts and bodies that are not JSON are.
 */
export function allowedRetries(outcome: Outcome, maxRetries: number): number {
  if (outcome.status === null) return outcome.code === TOO_LARGE ? 0 : maxRetries;
  if (isDataFault(outcome)) return Math.min(DATA_FAULT_RETRIES, maxRetries);
  const { status } = outcome;
  const isFinal =
    REDIRECTS.has(status) || (status >= 400 && status < 500 && !RETRIED_4XX.has(status));
  return isFinal ? 0 : maxRetries;
}

/** Whether the status is that of a page. Its body may still not be JSON. */
export function isPage(outcome: Outcome): outcome is Extract<Outcome, { text: string }> {
  return outcome.status !== null && PAGES.has(outcome.status);
}

/** Whether the host has sent anything, even if only a part of a response. */
export function cameFromHost(outcome: Outcome): boolean {
  return outcome.status !== null || [TOO_LARGE, NOT_DECOMPRESSED, NOT_TEXT].includes(outcome.code);
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  [NO_CONNECTION]: 'connection timed out',
  [NOT_DECOMPRESSED]: 'the response broke off, or is not compressed as its header says',
  ETIMEDOUT: 'the connection timed out (ETIMEDOUT)',
  ECONNREFUSED: 'the connection was refused (ECONNREFUSED)',
  ECONNRESET: 'the connection broke (ECONNRESET)',
  ENOTFOUND: 'the host is unknown (ENOTFOUND): check base_url',
  EAI_AGAIN: 'the name lookup failed (EAI_AGAIN)',
  EPROTO: 'the TLS handshake failed (EPROTO): check base_url',
  CERT_HAS_EXPIRED:
    "its certificate has expired (CERT_HAS_EXPIRED): check this machine's clock, " +
    'or inform the operator of the host',
  CERT_NOT_YET_VALID:
    "its certificate is not valid yet (CERT_NOT_YET_VALID): check this machine's clock",
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another host (ERR_TLS_CERT_ALTNAME_INVALID): check base_url',
};

function describeCode(code: string): string {
  const description = DESCRIPTIONS[code];
  if (description !== undefined) return description;
  return /CERT|SIGNATURE|ISSUER/.test(code)
    ? `its certificate is not trusted (${code}): ` +
        'set NODE_EXTRA_CA_CERTS to the certificate of a private authority'
    : code;
}
