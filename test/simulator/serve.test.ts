import { expect } from 'chai';
import { Agent, get as httpGet, type IncomingHttpHeaders } from 'node:http';
import type { Simulator, SimulatorOptions } from '#src/simulator/simulator.js';
import { serve, type Served, type ServeOptions } from '#src/simulator/serve.js';
import { gunzipSync } from 'node:zlib';
import { ask, AUTHORIZATION, simulated } from './client.js';

/** What arrived over the socket, and how it ended. */
interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly port: number | undefined;
  readonly error: string | undefined;
}

describe('serve', () => {
  let open: Served[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  async function served(
    options: ServeOptions & SimulatorOptions = {},
  ): Promise<{ simulator: Simulator; url: string }> {
    const { port, compress, ...rest } = options;
    const simulator = simulated(rest);
    const one = await serve(simulator, {
      ...(port !== undefined && { port }),
      ...(compress !== undefined && { compress }),
    });
    open.push(one);
    return { simulator, url: `${one.url}/open/v1` };
  }

  function hear(
    url: string,
    headers: Record<string, string> = {},
    until = (_: Buffer) => false,
  ): Promise<Heard> {
    return new Promise((resolve) => {
      const request = httpGet(
        url,
        { agent, headers: { authorization: AUTHORIZATION, ...headers } },
        (response) => {
          const pieces: Buffer[] = [];
          const port = response.socket.localPort;
          const done = (error?: Error): void => {
            const { statusCode: status = 0, headers } = response;
            resolve({ status, headers, bytes: Buffer.concat(pieces), port, error: error?.message });
          };
          response.on('data', (piece: Buffer) => {
            pieces.push(piece);
            if (until(Buffer.concat(pieces))) {
              done();
              request.destroy();
            }
          });
          response.on('end', () => done());
          response.on('error', done);
        },
      );
      request.on('error', (error) =>
        resolve({ status: 0, headers: {}, bytes: Buffer.of(), port: 0, error: error.message }),
      );
    });
  }

  afterEach(async () => {
    await Promise.all(open.map(({ close }) => close()));
    open = [];
  });
  after(() => agent.destroy());

  it('answers as fetch does, on loopback, over persistent connections', async () => {
    const { simulator, url } = await served();
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+\/open\/v1$/);
    const first = await hear(`${url}/jobs?x=%2B`);
    const second = await hear(`${url}/dogs`);
    expect(first.bytes.toString()).to.equal(await (await simulated().fetch(ask('/jobs'))).text());
    expect(Number(first.headers['content-length'])).to.equal(first.bytes.length);
    expect(first.headers['content-type']).to.equal('application/json; charset=utf-8');
    expect([second.status, second.port]).to.deep.equal([404, first.port]);
    expect(simulator.calls[0]).to.deep.include({
      stream: 'jobs',
      query: { x: '+' },
      authorization: 'quoted',
    });
    expect((await hear(`${url}/jobs`, { authorization: '' })).status).to.equal(401);
  });

  it('has the simulated time in the Date header', async () => {
    const { url } = await served({ now: () => Date.UTC(2031, 0, 1, 12) });
    expect((await hear(`${url}/jobs`)).headers.date).to.equal('Wed, 01 Jan 2031 12:00:00 GMT');
  });

  it('gzips large responses for clients that accept it; an option disables it', async () => {
    const gzip = { 'accept-encoding': 'gzip, deflate, br' };
    const { url } = await served();
    const zipped = await hear(`${url}/jobs`, gzip);
    expect(zipped.headers['content-encoding']).to.equal('gzip');
    expect(Number(zipped.headers['content-length'])).to.equal(zipped.bytes.length);
    expect(gunzipSync(zipped.bytes).toString()).to.equal(
      (await hear(`${url}/jobs`)).bytes.toString(),
    );
    expect((await hear(`${url}/offices`, gzip)).headers['content-encoding']).to.equal(undefined);
    const other = await served({ compress: false });
    expect((await hear(`${other.url}/jobs`, gzip)).headers['content-encoding']).to.equal(undefined);
  });

  it('breaks connections: reset, cut, stalled', async () => {
    const { simulator, url } = await served();
    const right = (await hear(`${url}/jobs`)).bytes;
    simulator.fault({ kind: 'reset' });
    expect(await hear(`${url}/jobs`)).to.include({ status: 0, error: 'read ECONNRESET' });
    simulator.fault({ kind: 'cut' });
    const cut = await hear(`${url}/jobs`);
    expect([cut.status, cut.error]).to.deep.equal([200, 'aborted']);
    expect(cut.bytes.length).to.be.below(Number(cut.headers['content-length']));
    expect(right.subarray(0, cut.bytes.length).equals(cut.bytes)).to.equal(true);
    simulator.fault({ kind: 'stalled' });
    const half = Math.floor(right.toString().length / 2);
    const stalled = await hear(`${url}/jobs`, {}, (bytes) => bytes.toString().length >= half);
    expect(Number(stalled.headers['content-length'])).to.equal(stalled.bytes.length * 2);
    expect((await hear(`${url}/jobs`)).bytes.equals(right)).to.equal(true);
  });

  it('streams large bodies', async () => {
    const { simulator, url } = await served();
    simulator.fault({ kind: 'large', bytes: 1_000_000 });
    const { headers, bytes } = await hear(`${url}/jobs`);
    expect(headers['content-length']).to.equal(undefined);
    expect(bytes.length).to.be.greaterThan(1_000_000);
    const rows = await hear(url.replace('/open/v1', '/_simulator/rows/jobs'));
    expect(rows.bytes.toString().trimEnd().split('\n')).to.have.length(250);
  });

  it('serves the control endpoints', async () => {
    const { simulator, url } = await served();
    const control = new URL('/_simulator/evolve', url);
    const response = await fetch(control, { method: 'POST', body: '{"changes": 5}' });
    expect(response.status).to.equal(200);
    expect(simulator.world.seq).to.be.greaterThan(3);
    simulator.evolve = () => {
      throw new TypeError('a bug');
    };
    const broken: unknown = await fetch(control, { method: 'POST', body: '{"changes": 5}' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(broken).to.be.an('error');
  });

  it('takes nothing from web pages, nor under a name that is not loopback', async () => {
    const { simulator, url } = await served();
    const { host } = new URL(url);
    const refused: Record<string, string>[] = [
      { origin: 'https://example.com' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { host: 'rebound.example.com' },
      { host: `127.0.0.1.example.com:80` },
    ];
    for (const headers of refused) {
      for (const path of ['jobs', '../../_simulator/calls']) {
        expect((await hear(`${url}/${path}`, headers)).status, JSON.stringify(headers)).to.equal(
          403,
        );
      }
    }
    expect(simulator.calls).to.deep.equal([]);
    const taken: Record<string, string>[] = [
      { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
      { host: 'localhost:8910' },
      { host: '[::1]:8910' },
    ];
    for (const headers of taken) expect((await hear(`${url}/jobs`, headers)).status).to.equal(200);
  });

  it('waits for the latency of the options', async () => {
    const simulator = simulated({ latencyMs: 2 });
    open.push(await serve(simulator), await serve(simulator, { latencyMs: 0, host: '127.0.0.1' }));
    for (const { url } of open) expect((await hear(`${url}/open/v1/cities`)).status).to.equal(200);
  });

  it('rejects when the port is taken, frees it when closed', async () => {
    await served();
    const { port, close } = open[0]!;
    const error: unknown = await serve(simulated(), { port }).catch((thrown: unknown) => thrown);
    expect(error).to.be.an('error').with.property('code', 'EADDRINUSE');
    await close();
    open = [await serve(simulated(), { port })];
    expect(open[0]?.port).to.equal(port);
  });
});
