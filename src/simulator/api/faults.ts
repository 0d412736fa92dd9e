/** Faults on demand: what is added here happens to the next calls that are let in and fit. */

import { type Answer, failure } from './answer.js';
import type { Page } from './pages.js';

export interface Fault {
  /** Only calls of this stream's own path; any call without. */
  readonly stream?: string | undefined;
  /** Leaves the first `after` fitting calls alone. */
  readonly after?: number | undefined;
  /** How many calls are hit: 1 without, Infinity for all. */
  readonly times?: number | undefined;
  readonly kind: FaultKind;
  /** For `status` (500 without), `html` and `redirect`. */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** For `status` and `html`. */
  readonly body?: string | undefined;
  /** For `slow`: how long the answer takes. */
  readonly ms?: number | undefined;
  /** For `redirect`. */
  readonly location?: string | undefined;
  /** For `large`: how many bytes the answer has at least; 80 MB without. */
  readonly bytes?: number | undefined;
}

export const FAULT_KINDS = [
  /** Another status, with headers and body. */
  'status',
  /** The connection breaks before an answer. */
  'reset',
  /** It breaks in the middle of the body. */
  'cut',
  /** It stays open in the middle of the body, and nothing more comes. */
  'stalled',
  /** The answer takes `ms`. */
  'slow',
  /** Half of the JSON, sent as if it were all. */
  'garbled',
  /** 200 without a body. */
  'empty',
  /** A web page. */
  'html',
  'redirect',
  /** An object far larger than a page. */
  'large',
  /** The object lacks the rows' key. */
  'missing-rows',
  /** `refresh_token` and `event_token` are left out, or null. */
  'no-token',
  'null-token',
  /** `next_batch` is the one that was sent. */
  'same-next-batch',
  /** The rows of the page before, once more; the right ones come next. */
  'repeat-page',
  /** No rows, though the walk is not at its end. */
  'empty-page',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export class Faults {
  #waiting: { fault: Fault; skip: number; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, skip: fault.after ?? 0, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault that hits a call of a stream, if any; each fitting call counts for all that wait. */
  take(stream: string | undefined): Fault | undefined {
    let hit: Fault | undefined;
    for (const waiting of this.#waiting) {
      if (waiting.fault.stream !== undefined && waiting.fault.stream !== stream) continue;
      if (waiting.skip > 0) {
        waiting.skip -= 1;
      } else if (!hit && waiting.left > 0) {
        waiting.left -= 1;
        hit = waiting.fault;
      }
    }
    this.#waiting = this.#waiting.filter(({ left }) => left > 0);
    return hit;
  }
}

/** The kinds that need no right answer to begin with. */
const ANSWERS: Partial<Record<FaultKind, (fault: Fault) => Answer>> = {
  status(fault) {
    const answer = failure(fault.status ?? 500, 'Simulated fault', fault.headers);
    return fault.body === undefined ? answer : { ...answer, body: fault.body };
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

/** An answer that comes in place of any other; undefined for faults of another sort. */
export function instead(fault: Fault): Answer | undefined {
  return ANSWERS[fault.kind]?.(fault);
}

function* padding(bytes: number): Generator<string> {
  const piece = ' '.repeat(1 << 16);
  yield '{"padding": "';
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece;
  yield '"}';
}

/** A page with what the fault does to it; `sent` is the `next_batch` that was asked with. */
export function alteredPage(kind: FaultKind, page: Page, sent: string | null): Page {
  const tokens = { ...page.tokens };
  for (const token of ['refresh_token', 'event_token']) {
    if (!(token in tokens)) continue;
    if (kind === 'no-token') delete tokens[token];
    if (kind === 'null-token') tokens[token] = null;
  }
  if (kind === 'same-next-batch' && sent !== null) tokens['next_batch'] = sent;
  return { ...page, tokens };
}

/** The kinds that do something to a right answer. */
const ALTERED: Partial<Record<FaultKind, (answer: Answer) => Answer>> = {
  reset: (answer) => ({ ...answer, broken: 'reset' }),
  cut: (answer) => ({ ...answer, broken: 'cut' }),
  stalled: (answer) => ({ ...answer, broken: 'stalled' }),
  garbled: (answer) => ({ ...answer, body: half(answer.body) }),
  empty: (answer) => ({ ...answer, body: '' }),
  'missing-rows': (answer) => ({ ...answer, body: '{"message": "ok"}' }),
};

/** An answer with what the fault does to its bytes. */
export function alteredAnswer(kind: FaultKind, answer: Answer): Answer {
  return ALTERED[kind]?.(answer) ?? answer;
}

/** The first half of a body. */
export function half(body: string | Iterable<string>): string {
  const text = typeof body === 'string' ? body : [...body].join('');
  return text.slice(0, Math.floor(text.length / 2));
}
