/** Converts a simulated response to a web `Response`. */

import { firstHalf } from './api/faults.js';
import type { SimulatedResponse } from './api/simulated-response.js';

/** Statuses for which `Response` accepts no body. */
const BODILESS = new Set([204, 205, 304]);

/**
 * Converts a response, with its fault if it has one: a reset is `Response.error()`, a cut body is
 * shorter than its `content-length`, a stalled body never ends.
 */
export function toWebResponse({ status, headers, body, broken }: SimulatedResponse): Response {
  const head = new Headers(headers);
  if (broken === 'reset') return Response.error();
  if (broken === 'cut' && typeof body === 'string') {
    head.set('content-length', String(Buffer.byteLength(body)));
  }
  const init = { status, headers: head };
  if (broken === 'cut') return new Response(firstHalf(body), init);
  if (broken === 'stalled') return new Response(toStream([firstHalf(body)], false), init);
  if (BODILESS.has(status)) return new Response(null, init);
  return new Response(typeof body === 'string' ? body : toStream(body, true), init);
}

/** Makes a stream of pieces. It closes after the last piece only if `closes` is true. */
function toStream(pieces: Iterable<string>, closes: boolean): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.iterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = iterator.next();
      if (done !== true) controller.enqueue(encoder.encode(value));
      else if (closes) controller.close();
    },
  });
}
