/** Faults on demand. A fault applies to the next authorized calls that match it. */

import type { Page } from './pages.js';
import { failure, type SimulatedResponse } from './simulated-response.js';

export interface Fault {
  /** Applies only to calls of this stream's path. Default: all calls. */
  readonly stream?: string | undefined;
  /** How many matching calls to skip first. */
  readonly after?: number | undefined;
  /** How many calls to apply to. Default: 1; Infinity for all. */
  readonly times?: number | undefined;
  readonly kind: FaultKind;
  /** For `status` (default: 500), `html` and `redirect`. */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** For `status` and `html`. */
  readonly body?: string | undefined;
  /** For `slow`: how long to wait before the response. */
  readonly ms?: number | undefined;
  /** For `redirect`. */
  readonly location?: string | undefined;
  /** For `large`: the minimum size of the response. Default: 80 MB. */
  readonly bytes?: number | undefined;
}

export const FAULT_KINDS = [
  /** A status with headers and body. */
  'status',
  /** The connection is reset before the response. */
  'reset',
  /** The connection closes in the middle of the body. */
  'cut',
  /** The response stops in the middle of the body; the connection stays open. */
  'stalled',
  /** The response comes after `ms`. */
  'slow',
  /** Half of the JSON, as a complete response. */
  'garbled',
  /** Status 200 without a body. */
  'empty',
  /** An HTML page. */
  'html',
  'redirect',
  /** A JSON object that is much larger than a page. */
  'large',
  /** An object without the key of the rows. */
  'missing-rows',
  /** `refresh_token` and `event_token` are missing. */
  'no-token',
  /** `refresh_token` and `event_token` are null. */
  'null-token',
  /** `next_batch` is the token of the request. */
  'same-next-batch',
  /** The rows of the previous page. The next request gets the right rows. */
  'repeat-page',
  /** A page without rows in the middle of a walk. */
  'empty-page',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export class Faults {
  #pending: { fault: Fault; skip: number; left: number }[] = [];

  add(fault: Fault): void {
    this.#pending.push({ fault, skip: fault.after ?? 0, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#pending = [];
  }

  /**
   * Returns the fault for a call, if there is one. The call counts as a skipped call for each fault
   * that matches it.
   *
   * @param stream the stream whose path was called
   */
  take(stream: string | undefined): Fault | undefined {
    let found: Fault | undefined;
    for (const entry of this.#pending) {
      if (entry.fault.stream !== undefined && entry.fault.stream !== stream) continue;
      if (entry.skip > 0) {
        entry.skip -= 1;
      } else if (!found && entry.left > 0) {
        entry.left -= 1;
        found = entry.fault;
      }
    }
    this.#pending = this.#pending.filter(({ left }) => left > 0);
    return found;
  }
}

/** The faults that replace the response. */
const REPLACEMENTS: Partial<Record<FaultKind, (fault: Fault) => SimulatedResponse>> = {
  status(fault) {
    const response = failure(fault.status ?? 500, 'Simulated fault', fault.headers);
    return fault.body === undefined ? response : { ...response, body: fault.body };
  },
  html: (fault) => ({
    status: fault.status ?? 200,
    headers: { 'content-type': 'text/html; charset=utf-8', ...fault.headers },
    body: fault.body ?? '<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>',
  }),
  redirect: (fault) => ({
    status: fault.status ?? 302,
    headers: { location: fault.location ?? '/users/sign_in', ...fault.headers },
    body: '',
  }),
  large: (fault) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: padding(fault.bytes ?? 80_000_000),
  }),
};

/** Returns the response that replaces any other; undefined if the fault does not replace it. */
export function replaceResponse(fault: Fault): SimulatedResponse | undefined {
  return REPLACEMENTS[fault.kind]?.(fault);
}

function* padding(bytes: number): Generator<string> {
  const piece = ' '.repeat(1 << 16);
  yield '{"padding": "';
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece;
  yield '"}';
}

/**
 * Applies a fault to the tokens of a page.
 *
 * @param sent the `next_batch` of the request
 * @returns a changed copy
 */
export function alterPage(kind: FaultKind, page: Page, sent: string | null): Page {
  const tokens = { ...page.tokens };
  for (const token of ['refresh_token', 'event_token']) {
    if (!(token in tokens)) continue;
    if (kind === 'no-token') delete tokens[token];
    if (kind === 'null-token') tokens[token] = null;
  }
  if (kind === 'same-next-batch' && sent !== null) tokens['next_batch'] = sent;
  return { ...page, tokens };
}

/** The faults that change a successful response. */
const ALTERATIONS: Partial<Record<FaultKind, (response: SimulatedResponse) => SimulatedResponse>> =
  {
    reset: (response) => ({ ...response, broken: 'reset' }),
    cut: (response) => ({ ...response, broken: 'cut' }),
    stalled: (response) => ({ ...response, broken: 'stalled' }),
    garbled: (response) => ({ ...response, body: firstHalf(response.body) }),
    empty: (response) => ({ ...response, body: '' }),
    'missing-rows': (response) => ({ ...response, body: '{"message": "ok"}' }),
  };

/** Applies a fault to the body or the connection of a response. Returns a changed copy. */
export function alterResponse(kind: FaultKind, response: SimulatedResponse): SimulatedResponse {
  return ALTERATIONS[kind]?.(response) ?? response;
}

/** Returns the first half of a body. */
export function firstHalf(body: string | Iterable<string>): string {
  const text = typeof body === 'string' ? body : [...body].join('');
  return text.slice(0, Math.floor(text.length / 2));
}
