/** A simulator on loopback: a plain HTTP server around it, with the faults that need a socket. */

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { failure, type Answer } from './api/answer.js';
import type { Simulator } from './simulator.js';
import { half } from './api/faults.js';

const zip = promisify(gzip);
/** Smaller bodies are not worth it. */
const ZIPPED_FROM = 1024;

export interface ServeOptions {
  /** 0, the default, takes any free one. */
  readonly port?: number;
  /** How long each answer waits; the simulator's own setting without. */
  readonly latencyMs?: number;
  readonly host?: '127.0.0.1';
  /** Whether large answers are gzipped for clients that take it; true without. */
  readonly compress?: boolean;
}

export interface Served {
  /** With the port, without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** Breaks what is open and frees the port. */
  readonly close: () => Promise<void>;
}

/** Serves a simulator until it is closed. Rejects if the port is taken. */
export async function serve(simulator: Simulator, options: ServeOptions = {}): Promise<Served> {
  const latencyMs = options.latencyMs ?? simulator.latencyMs;
  const compress = options.compress ?? true;
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    handle(simulator, request, response, { latencyMs, compress }).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://${host}:${port}`, port, close };
}

interface Manner {
  readonly latencyMs: number;
  readonly compress: boolean;
}

async function handle(
  simulator: Simulator,
  request: IncomingMessage,
  response: ServerResponse,
  manner: Manner,
): Promise<void> {
  const foreign = foreignSender(request.headers);
  if (foreign !== undefined) return write(failure(403, foreign), response, false);
  if (manner.latencyMs > 0) await wait(manner.latencyMs, undefined, { ref: false });
  const answer = await simulator.answer({
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', 'http://127.0.0.1'),
    header: (name) => String(request.headers[name] ?? '') || null,
    body: () => text(request),
  });
  if (answer.broken) return breakOff(answer, response);
  const zipped = manner.compress && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  return write(answer, response, zipped);
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

/**
 * Why a request is refused, or undefined. A web page that a user of this machine looks at could
 * send requests here: as another origin, or under a name of its own that it points at loopback.
 */
function foreignSender(headers: IncomingHttpHeaders): string | undefined {
  const { host = '', origin } = headers;
  if (host !== '' && !LOOPBACK.test(host)) return 'The simulator answers under a loopback name only';
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site' || (origin !== undefined && origin !== `http://${host}`))
    return 'The simulator takes no requests of web pages';
  return undefined;
}

async function write({ status, headers, body }: Answer, response: ServerResponse, zipped: boolean): Promise<void> {
  if (typeof body !== 'string') {
    response.writeHead(status, headers);
    return pipeline(Readable.from(body), response);
  }
  const plain = Buffer.from(body);
  const small = !zipped || plain.length < ZIPPED_FROM;
  const bytes = small ? plain : await zip(plain, { level: 1 });
  response.writeHead(status, {
    ...headers,
    ...(small ? {} : { 'content-encoding': 'gzip' }),
    'content-length': bytes.length,
  });
  response.end(bytes);
  return undefined;
}

/** A reset is nothing at all; otherwise half of what was announced comes, and then the end, or nothing more. */
async function breakOff({ status, headers, body, broken }: Answer, response: ServerResponse): Promise<void> {
  if (broken === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const part = half(body);
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(part) * 2 });
  await new Promise((resolve) => response.write(part, resolve));
  if (broken === 'cut') response.destroy();
}
