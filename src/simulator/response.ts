/** An answer as a web `Response`, its faults included as far as one can hold them. */

import type { Answer } from './api/answer.js';
import { half } from './api/faults.js';

/** Statuses that a `Response` takes no body with. */
const BODILESS = new Set([204, 205, 304]);

/** The response of an answer. A reset is `Response.error()`; a cut body is shorter than its `content-length`; a stalled one never ends. */
export function responseOf(answer: Answer): Response {
  const { status, body } = answer;
  const headers = new Headers(answer.headers);
  if (answer.broken === 'reset') return Response.error();
  if (answer.broken === 'cut' && typeof body === 'string')
    headers.set('content-length', String(Buffer.byteLength(body)));
  if (answer.broken === 'cut') return new Response(half(body), { status, headers });
  if (answer.broken === 'stalled') return new Response(streamOf([half(body)], false), { status, headers });
  if (BODILESS.has(status)) return new Response(null, { status, headers });
  return new Response(typeof body === 'string' ? body : streamOf(body, true), { status, headers });
}

/** Pieces as a stream. One that does not end goes on waiting after the last piece. */
function streamOf(pieces: Iterable<string>, ends: boolean): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.iterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = iterator.next();
      if (done !== true) controller.enqueue(encoder.encode(value));
      else if (ends) controller.close();
    },
  });
}
