/** Serves a simulator over HTTP on loopback, with the faults that need a socket. */

import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { firstHalf } from './api/faults.js';
import { failure, type SimulatedResponse } from './api/simulated-response.js';
import type { Simulator } from './simulator.js';

const zip = promisify(gzip);
/** Smaller bodies are not compressed. */
const MIN_GZIP_BYTES = 1024;

export interface ServeOptions {
  /** Default: 0, which selects a free port. */
  readonly port?: number;
  /** How long to wait before each response. Default: the option of the simulator. */
  readonly latencyMs?: number;
  readonly host?: '127.0.0.1';
  /** Whether to gzip large responses for clients that accept it. Default: true. */
  readonly compress?: boolean;
}

export interface Served {
  /** The URL with the port, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Closes all connections and frees the port. */
  readonly close: () => Promise<void>;
}

/**
 * Serves a simulator until `close` is called.
 *
 * @returns where it is served
 * @throws the error of `listen`, such as EADDRINUSE
 */
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
  const plain = await simulator.answer({
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', 'http://127.0.0.1'),
    header: (name) => String(request.headers[name] ?? '') || null,
    body: () => text(request),
  });
  const answer = { ...plain, headers: { date: simulator.date, ...plain.headers } };
  if (answer.broken) return breakOff(answer, response);
  const zipped = manner.compress && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  return write(answer, response, zipped);
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

/**
 * Why a request is refused, or undefined. A web page that is open in a browser on this machine
 * could send requests here: from another origin, or to a host name of its site that resolves to
 * loopback.
 */
function foreignSender(headers: IncomingHttpHeaders): string | undefined {
  const { host = '', origin } = headers;
  if (host !== '' && !LOOPBACK.test(host))
    return 'The simulator answers under a loopback name only';
  const site = headers['sec-fetch-site'];
  if (
    site === 'cross-site' ||
    site === 'same-site' ||
    (origin !== undefined && origin !== `http://${host}`)
  )
    return 'The simulator takes no requests of web pages';
  return undefined;
}

async function write(
  { status, headers, body }: SimulatedResponse,
  response: ServerResponse,
  zipped: boolean,
): Promise<void> {
  if (typeof body !== 'string') {
    response.writeHead(status, headers);
    return pipeline(Readable.from(body), response);
  }
  const plain = Buffer.from(body);
  const small = !zipped || plain.length < MIN_GZIP_BYTES;
  const bytes = small ? plain : await zip(plain, { level: 1 });
  response.writeHead(status, {
    ...headers,
    ...(small ? {} : { 'content-encoding': 'gzip' }),
    'content-length': bytes.length,
  });
  response.end(bytes);
  return undefined;
}

/** Resets the connection, or sends half of the body and then closes it or leaves it open. */
async function breakOff(
  { status, headers, body, broken }: SimulatedResponse,
  response: ServerResponse,
): Promise<void> {
  if (broken === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const part = firstHalf(body);
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(part) * 2 });
  await new Promise((resolve) => response.write(part, resolve));
  if (broken === 'cut') response.destroy();
}
