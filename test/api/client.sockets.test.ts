import { expect } from 'chai';
import type { RequestListener, ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { StopError } from '#src/errors.js';
import { Simulator, type Fault, type SimulatorOptions } from '#src/simulator/simulator.js';
import { serve } from '#src/simulator/serve.js';
import { clientOf, fault, rejection, type ClientRig, type RigOptions } from '../support/client.js';
import { FakeClock, NOON, settle, until } from '../support/clock.js';
import { listen, portOf, type Listening } from '../support/server.js';

const MB = 1024 * 1024;
const BODY = JSON.stringify({ jobs: Array.from({ length: 500 }, (_, id) => ({ id })) });
const HOUR = 3_600_000;
const NOTHING = (): number => 0;

/** Writes until the reader closes. Returns how much was written. */
function pour(response: NodeJS.WritableStream): () => number {
  const piece = Buffer.alloc(64 * 1024, ' ');
  let written = 0;
  const more = (): void => {
    do written += 1;
    while (response.write(piece));
  };
  response.on('drain', more);
  more();
  return () => written * piece.length;
}

/** Walks cities to the end. Returns the number of pages. */
async function walk({ client }: ClientRig): Promise<number> {
  let pages = 0;
  for (let query: Record<string, string> | null = {}; query !== null;) {
    const { body } = await client.get('cities', '/cities', query);
    pages += 1;
    const next: unknown =
      typeof body === 'object' && body !== null && 'next_batch' in body ? body.next_batch : null;
    query = typeof next === 'string' ? { next_batch: next } : null;
  }
  return pages;
}

describe('Client on real sockets', () => {
  let open: { close: () => Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.map(({ close }) => close()));
    open = [];
  });

  async function listening(answer: RequestListener): Promise<Listening> {
    const server = await listen(answer);
    open.push(server);
    return server;
  }

  async function refused(answer: RequestListener): Promise<void> {
    const server = await listening(answer);
    const { client, calls } = clientOf(server.url, { maxResponseMb: 1 });
    const error = await fault(client.get('jobs', '/jobs', {}));
    expect(error).to.include({
      fault: 'unreadable',
      message: 'jobs: the response is larger than max_response_mb (1)',
    });
    expect(calls).to.have.length(1);
  }

  async function simulated(
    options: SimulatorOptions = {},
    rig: RigOptions = {},
  ): Promise<ClientRig & { simulator: Simulator; root: string }> {
    const clock = rig.clock ?? new FakeClock();
    const simulator = new Simulator({
      rows: 200,
      callsPerHour: Infinity,
      now: () => clock.now(),
      ...options,
    });
    const served = await serve(simulator);
    open.push(served);
    const root = `${served.url}/open/v1`;
    return { simulator, root, ...clientOf(root, { ...rig, clock }) };
  }

  const encodings: [encoding: string, bytes: Buffer][] = [
    ['identity', Buffer.from(BODY)],
    ['gzip', gzipSync(BODY)],
    ['deflate', deflateSync(BODY)],
    ['br', brotliCompressSync(BODY)],
  ];
  for (const [encoding, bytes] of encodings) {
    it(`reads ${encoding} of ${bytes.length} bytes`, async () => {
      const { url } = await listening((_, response) => {
        response.writeHead(200, { 'content-encoding': encoding }).end(bytes);
      });
      expect((await clientOf(url).client.get('jobs', '/jobs', {})).body).to.deep.equal(
        JSON.parse(BODY),
      );
    });
  }

  it('uses the status of an error response whose body cannot be decompressed', async () => {
    let status = 429;
    const { url } = await listening((_, response) => {
      response
        .writeHead(status, { 'content-encoding': 'gzip', 'retry-after': '7' })
        .end('Slow down.');
      status = 401;
    });
    const { client, calls } = clientOf(url);
    expect(await fault(client.get('jobs', '/jobs', {}))).to.include({
      fault: 'unauthorized',
      status: 401,
    });
    expect(calls.map((call) => [call.status, call.pausedMs])).to.deep.equal([
      [429, 0],
      [401, 7000],
      [401, 0],
    ]);
  });

  it('reuses its connection', async () => {
    const { url, connections } = await listening((_, response) => response.end('{}'));
    const { client } = clientOf(url);
    for (let asked = 0; asked < 5; asked += 1) await client.get('jobs', '/jobs', {});
    expect(connections()).to.equal(1);
  });

  describe('sends a request again after', () => {
    const faults: [fault: Fault, why: RegExp][] = [
      [{ kind: 'reset' }, /the connection broke \(ECONNRESET\)/],
      [{ kind: 'cut' }, /the connection broke \(ECONNRESET\)/],
      [{ kind: 'stalled' }, /no complete response within 0.2 s \(request_timeout_s\)/],
      [{ kind: 'slow', ms: 5000 }, /no complete response within 0.2 s \(request_timeout_s\)/],
      [{ kind: 'garbled' }, /not JSON/],
      [{ kind: 'empty' }, /not JSON/],
      [{ kind: 'html' }, /not JSON \(text\/html/],
      [{ kind: 'status', status: 500 }, /HTTP 500/],
    ];
    for (const [broken, why] of faults) {
      it(broken.kind, async () => {
        const { client, simulator, calls } = await simulated({}, { requestTimeoutS: 0.2 });
        await client.get('jobs', '/jobs', {});
        simulator.fault(broken);
        expect((await client.get('jobs', '/jobs', {})).body).to.have.property('jobs');
        expect(calls[1]?.retry?.why).to.match(why);
        expect(simulator.calls).to.have.length(3);
      });
    }

    const cuts: [name: string, cut: (response: ServerResponse) => void][] = [
      ['a chunked body that is cut', (response) => response.write(BODY, () => response.destroy())],
      [
        'a gzipped body that is cut',
        (response) => {
          response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': 5000 });
          response.write(gzipSync(BODY).subarray(0, 500), () => response.destroy());
        },
      ],
      [
        'a gzipped body that lacks its end',
        (response) =>
          response
            .writeHead(200, { 'content-encoding': 'gzip' })
            .end(gzipSync(BODY).subarray(0, 500)),
      ],
      [
        'a body that is not gzipped as it says',
        (response) => response.setHeader('content-encoding', 'gzip').end(BODY),
      ],
      ['an answer that is no HTTP', (response) => response.socket?.end('hello\r\n\r\n')],
    ];
    for (const [name, cut] of cuts) {
      it(name, async () => {
        let left = 1;
        const { url } = await listening((_, response) => {
          left -= 1;
          if (left >= 0) cut(response);
          else response.end(BODY);
        });
        const { client, calls } = clientOf(url, { requestTimeoutS: 1 });
        expect((await client.get('jobs', '/jobs', {})).body).to.have.property('jobs');
        expect(calls).to.have.length(2);
        expect(calls[0]?.status).to.be.a('string').and.not.equal('TIMED_OUT');
        expect(calls[0]?.retry?.why).to.match(
          /broke off, or is not compressed as its header says|the connection broke|HPE_/,
        );
      });
    }
  });

  describe('says why there was no response', () => {
    it('a port where nothing listens', async () => {
      const server = createServer();
      const port = await portOf(server);
      await new Promise((resolve) => server.close(resolve));
      const { client, calls } = clientOf(`http://127.0.0.1:${port}`, { maxRetries: 2 });
      const error = await fault(client.get('jobs', '/jobs', {}));
      expect(error.message).to.equal(
        `jobs: the request to 127.0.0.1:${port} failed: the connection was refused (ECONNREFUSED)`,
      );
      expect(error.fault).to.equal('unreachable');
      expect(calls).to.have.length(3);
    });

    it('a host that does not exist', async () => {
      const { client } = clientOf('https://bolt.invalid', { maxRetries: 0, requestTimeoutS: 2 });
      const error = await fault(client.get('jobs', '/jobs', {}));
      expect(error.message).to.match(/ENOTFOUND|EAI_AGAIN|connection timed out/);
      expect(error.fault).to.equal('unreachable');
    });

    it('a host without TLS', async () => {
      const { port } = await listening((_, response) => response.end('{}'));
      const { client } = clientOf(`https://127.0.0.1:${port}`, { maxRetries: 0 });
      expect((await fault(client.get('jobs', '/jobs', {}))).message).to.match(
        /the TLS handshake failed \(\w+\)/,
      );
    });

    it('a host that accepts the connection and sends nothing', async () => {
      const sockets: Socket[] = [];
      const server = createServer((socket) => sockets.push(socket));
      const port = await portOf(server);
      const { client } = clientOf(`https://127.0.0.1:${port}`, {
        maxRetries: 0,
        requestTimeoutS: 0.1,
      });
      const error = await fault(client.get('jobs', '/jobs', {}));
      expect(error.message).to.match(/connection timed out|no complete response within 0.1 s/);
      for (const socket of sockets) socket.destroy();
      server.close();
    });
  });

  describe('ends a request within request_timeout_s if the server', () => {
    /** Writes raw bytes repeatedly. */
    const trickle = (response: ServerResponse, first: string, more: string): void => {
      const { socket } = response;
      socket?.write(first);
      const timer = setInterval(() => socket?.write(more), 20);
      socket?.once('close', () => clearInterval(timer));
      socket?.on('error', () => undefined);
    };
    const ends: [name: string, answer: (response: ServerResponse) => void][] = [
      [
        'sends 1xx for ever',
        (response) => trickle(response, '', 'HTTP/1.1 103 Early Hints\r\n\r\n'),
      ],
      [
        'sends header by header',
        (response) => trickle(response, 'HTTP/1.1 200 OK\r\n', 'x-more: 1\r\n'),
      ],
      [
        'sends its body byte by byte',
        (response) => trickle(response, 'HTTP/1.1 200 OK\r\n\r\n', ' '),
      ],
      ['says nothing', () => undefined],
    ];
    for (const [name, answer] of ends) {
      it(name, async () => {
        const { url } = await listening((_, response) => answer(response));
        const { client, calls } = clientOf(url, { requestTimeoutS: 0.3, maxRetries: 1 });
        const error = await fault(client.get('jobs', '/jobs', {}));
        expect(error.message).to.match(/no complete response within 0.3 s \(request_timeout_s\)$/);
        expect(calls.map(({ status }) => status)).to.deep.equal(['TIMED_OUT', 'TIMED_OUT']);
      });
    }

    it('changes to another protocol (101): the request ends at once, and so does its socket', async () => {
      let closed = 0;
      const server = createServer((socket) => {
        socket.on('error', () => undefined).once('close', () => (closed += 1));
        socket.once('data', () =>
          socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
        );
      });
      const port = await portOf(server);
      const { client, calls } = clientOf(`http://127.0.0.1:${port}`, {
        requestTimeoutS: 60,
        maxRetries: 2,
      });
      const error = await fault(client.get('jobs', '/jobs', {}));
      expect(error).to.include({ fault: 'server-error', status: 101 });
      expect(calls).to.have.length(3);
      await until(() => closed === 3);
      server.close();
    });
  });

  describe('a host that has not responded yet', () => {
    it('fails after firstResponseS, for all streams', async () => {
      const server = createServer();
      const port = await portOf(server);
      await new Promise((resolve) => server.close(resolve));
      const rig = clientOf(`http://127.0.0.1:${port}`, { firstResponseS: 12 });
      const error = await fault(rig.client.get('jobs', '/jobs', {}));
      expect(error.message).to.match(
        /^jobs: .*ECONNREFUSED.*it has not responded once within 12 s: check base_url/,
      );
      expect(rig.clock.slept).to.deep.equal([2000, 4000]);
      expect((await fault(rig.client.get('crews', '/crews', {}))).message).to.match(
        /^crews: .*not responded once/,
      );
      expect(rig.calls).to.have.length(3);
    });

    it('has less than request_timeout_s for its first response', async () => {
      const { url } = await listening(() => undefined);
      const { client, calls } = clientOf(url, { firstResponseS: 0.5, requestTimeoutS: 60 });
      const error = await fault(client.get('jobs', '/jobs', {}));
      expect(error.message).to.match(/not responded once within 0.5 s/);
      expect(calls).to.have.length(1);
    });

    it('keeps its retries once it has sent anything', async () => {
      let asked = 0;
      const { url } = await listening((_, response) => {
        asked += 1;
        if (asked === 1) response.writeHead(503).end();
        else if (asked < 9) response.destroy();
        else response.end('{}');
      });
      const rig = clientOf(url, { firstResponseS: 1 });
      await rig.client.get('jobs', '/jobs', {});
      expect(rig.calls).to.have.length(9);
    });
  });

  describe('rejects a body over max_response_mb', () => {
    it('whose size is announced, without waiting for it', async () => {
      await refused((_, response) =>
        response.writeHead(200, { 'content-length': 1 + MB }).write('{'),
      );
    });

    it('whose size is not', async () => {
      let poured = NOTHING;
      await refused((_, response) => (poured = pour(response)));
      expect(poured()).to.be.below(16 * MB);
    });

    it('that is small when compressed', async () => {
      const packed = gzipSync(Buffer.alloc(128 * MB, ' '));
      expect(packed.length).to.be.below(MB);
      const before = process.memoryUsage().rss;
      await refused((_, response) => response.setHeader('content-encoding', 'gzip').end(packed));
      expect(process.memoryUsage().rss - before).to.be.below(96 * MB);
    });

    it('that is compressed and does not end', async () => {
      let poured = NOTHING;
      await refused((_, response) => {
        response.setHeader('content-encoding', 'gzip');
        poured = pour(response);
      });
      expect(poured()).to.be.below(16 * MB);
    });

    it('and accepts one of exactly that size', async () => {
      const body = `"${'x'.repeat(MB - 2)}"`;
      const { url } = await listening((request, response) => {
        const zipped = request.url === '/jobs';
        if (zipped) response.setHeader('content-encoding', 'gzip');
        response.end(zipped ? gzipSync(body) : body);
      });
      const { client } = clientOf(url, { maxResponseMb: 1 });
      for (const path of ['/jobs', '/crews']) {
        expect((await client.get('jobs', path, {})).body).to.have.length(MB - 2);
      }
    });
  });

  it('sends no request to another host after a redirect', async () => {
    const other = await listening((_, response) => response.end('{}'));
    let location = '';
    const first = await listening((_, response) => response.writeHead(302, { location }).end());
    for (location of [
      `${other.url}/jobs`,
      `//127.0.0.1:${other.port}/jobs`,
      `http://localhost:${first.port}/jobs`,
    ]) {
      const error = await fault(clientOf(first.url).client.get('jobs', '/jobs', {}));
      expect(error.message).to.equal(
        'jobs: the API redirects (HTTP 302) to another host or in a loop, which is not followed: check base_url',
      );
    }
    expect(other.requests).to.deep.equal([]);
    expect(first.requests).to.have.length(3);
  });

  it('aborts pending requests when the run ends', async () => {
    const { client, simulator, stop } = await simulated();
    simulator.fault({ kind: 'stalled', times: Infinity });
    const asked = rejection(client.get('jobs', '/jobs', {}));
    while (simulator.calls.length === 0) await settle();
    const reason = new StopError('stopped by SIGINT', 'SIGINT');
    stop.abort(reason);
    expect(await asked).to.equal(reason);
  });

  describe('keeps within the allowance', () => {
    it('walks 2,000 pages at 1,000 an hour without a 429, in the shortest time', async () => {
      const options = {
        rowsByStream: { cities: 2000 },
        pageSize: 1,
        ugly: false,
        callsPerHour: 1000,
      };
      const rig = await simulated(options, { callsPerHour: 1000, callsPerSecond: 5 });
      expect(await walk(rig)).to.equal(2000);
      expect(new Set(rig.simulator.calls.map(({ status }) => status))).to.deep.equal(
        new Set([200]),
      );
      const least = HOUR + 999 * 200;
      expect(rig.clock.now() - NOON).to.be.within(least, least * 1.02);
    });

    for (const retryAfter of ['seconds', 'date', 'none'] as const) {
      it(`finishes after a burst of another client, Retry-After: ${retryAfter}`, async () => {
        const options = {
          rowsByStream: { cities: 60 },
          pageSize: 1,
          ugly: false,
          callsPerHour: 100,
          retryAfter,
        };
        const rig = await simulated(options, { callsPerHour: 100, callsPerSecond: 20 });
        const other = clientOf(rig.root, { clock: rig.clock, callsPerSecond: 1000 });
        await Promise.all(Array.from({ length: 80 }, () => other.client.get('jobs', '/jobs', {})));
        expect(await walk(rig)).to.equal(60);
        const refused = rig.simulator.calls.filter(({ status }) => status === 429).length;
        expect(refused).to.be.within(1, retryAfter === 'none' ? 30 : 12);
        expect(rig.clock.now() - NOON).to.be.below(2 * HOUR);
      });
    }

    it('finishes several streams at once, without a warning of Node', async () => {
      const warnings: string[] = [];
      const warned = (warning: Error): unknown => warnings.push(warning.message);
      process.on('warning', warned);
      const rig = await simulated({
        rows: 100,
        pageSize: 1,
        ugly: false,
        callsPerHour: 120,
        retryAfter: 'none',
      });
      const streams = ['jobs', 'crews', 'cities', 'types'];
      const asked = streams.flatMap((stream) =>
        Array.from({ length: 40 }, () => rig.client.get(stream, `/${stream}`, {})),
      );
      await Promise.all(asked);
      const served = rig.simulator.calls.filter(({ status }) => status === 200).length;
      expect(served).to.equal(160);
      await settle();
      process.off('warning', warned);
      expect(warnings).to.deep.equal([]);
    });
  });
});
