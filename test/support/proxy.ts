/** A proxy on loopback: takes whole addresses in plain HTTP, and opens tunnels for CONNECT. */

import { createServer, request as ask } from 'node:http';
import { connect, type Socket } from 'node:net';
import { portOf } from './server.js';

export interface Proxy {
  readonly url: string;
  readonly port: number;
  /** The hosts that tunnels were asked for, and the addresses that were asked in plain HTTP. */
  readonly asked: string[];
  /** How many connections were made to it. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

export interface ProxyOptions {
  /** Where all tunnels lead, on loopback; names need not exist so. */
  readonly to: number;
  /** `name:password`; without them it answers 407. */
  readonly credentials?: string;
}

export async function startProxy({ to, credentials }: ProxyOptions): Promise<Proxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (wanted !== undefined && request.headers['proxy-authorization'] !== wanted) {
      response.writeHead(407).end();
      return;
    }
    const { pathname, search } = new URL(request.url ?? '');
    const { 'proxy-authorization': _, ...headers } = request.headers;
    ask({ host: '127.0.0.1', port: to, path: pathname + search, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    }).end();
  });
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
  });
  server.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '');
    if (wanted !== undefined && request.headers['proxy-authorization'] !== wanted) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const tunnel = connect(to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      tunnel.pipe(socket).pipe(tunnel);
    });
    sockets.add(tunnel);
    for (const end of [socket, tunnel]) end.on('error', () => end.destroy());
  });
  const port = await portOf(server);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
