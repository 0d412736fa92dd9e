import { expect } from 'chai';
import { inspect } from 'node:util';
import { describe as describeError } from '#src/errors.js';
import { Simulator, type Fault } from '#src/simulator/simulator.js';
import { FAULT_KINDS } from '#src/simulator/api/faults.js';
import { serve } from '#src/simulator/serve.js';
import { clientOf, rejection, type RigOptions } from '../support/client.js';
import { FakeClock } from '../support/clock.js';
import { listen } from '../support/server.js';

/** All of them contain one word, so that one search finds each, even if encoded for a URL. */
const SECRETS = { token: 'hush+hush/hush=', tokenName: 'hush name', xsrfToken: 'hush%20crumb' };
const FOUND = /hush/i;

/** Everything that a careless logger could write about an error. */
function writings(error: unknown): string[] {
  const all = [
    inspect(error, { depth: 10, showHidden: true, getters: true }),
    JSON.stringify(error, Object.getOwnPropertyNames(error ?? {})),
    describeError(error),
    String(error),
  ];
  if (!(error instanceof Error)) return all;
  return [
    ...all,
    error.stack ?? '',
    JSON.stringify(error),
    ...(error.cause === undefined ? [] : writings(error.cause)),
  ];
}

async function leaks(root: string, options: RigOptions = {}): Promise<string[]> {
  const { client, calls, waits } = clientOf(root, {
    ...SECRETS,
    requestTimeoutS: 0.1,
    maxRetries: 1,
    maxResponseMb: 1,
    ...options,
  });
  const error = await rejection(client.get('jobs', '/jobs', { next_batch: 'x' }));
  return [...writings(error), JSON.stringify(calls), ...waits].filter((text) => FOUND.test(text));
}

describe('Client: secrets', () => {
  const faults: Fault[] = [
    ...FAULT_KINDS.filter((kind) =>
      ['reset', 'cut', 'stalled', 'garbled', 'empty', 'html', 'large'].includes(kind),
    ).map((kind) => ({ kind })),
    { kind: 'slow', ms: 5000 },
    { kind: 'redirect', location: 'https://elsewhere.example/?token=hush' },
    { kind: 'redirect', location: '/open/v1/jobs?token=hush' },
    ...[400, 401, 403, 404, 407, 410, 422, 500, 502, 503].map((status): Fault => ({
      kind: 'status',
      status,
      body: 'hush',
    })),
    { kind: 'status', status: 500, body: 'hush to_datetime' },
    { kind: 'html', headers: { 'content-type': 'hush/hush; charset=hush' }, body: 'hush' },
  ];
  for (const fault of faults) {
    it(`stay out of errors and reports: ${fault.kind} ${fault.status ?? fault.location ?? ''}`, async () => {
      const { token, tokenName, xsrfToken } = SECRETS;
      const simulator = new Simulator({
        token,
        tokenName,
        xsrfToken,
        requireName: true,
        callsPerHour: Infinity,
      });
      simulator.fault({ ...fault, times: Infinity });
      const served = await serve(simulator);
      try {
        expect(await leaks(`${served.url}/open/v1`)).to.deep.equal([]);
        expect(simulator.calls.length).to.be.above(0);
      } finally {
        await served.close();
      }
    });
  }

  it('stay out of them if the API sends them back', async () => {
    for (const status of [200, 302, 401, 403, 404, 429, 500, 503]) {
      const server = await listen((request, response) => {
        const echo = String(request.headers.authorization);
        const headers = {
          'content-type': echo,
          'retry-after': echo,
          location: encodeURI(echo),
          'x-echo': echo,
        };
        response.writeHead(status, echo, headers).end(JSON.stringify(request.headers) + echo);
      });
      const clock = new FakeClock();
      try {
        expect(
          await leaks(server.url, status === 429 ? { clock, deadline: 1000 } : {}),
        ).to.deep.equal([]);
        expect(server.requests[0]?.headers.authorization).to.match(FOUND);
      } finally {
        await server.close();
      }
    }
  });

  it('stay out of them if the API sends them back as a media type', async () => {
    for (const type of ['text/hush', 'application/hush+hush', 'text/html; hush']) {
      const { url, close } = await listen((_, response) =>
        response.setHeader('content-type', type).end('<html>'),
      );
      expect(await leaks(url, { clock: new FakeClock() })).to.deep.equal([]);
      await close();
    }
  });

  it('stay out of them if there is no response', async () => {
    expect(await leaks('http://127.0.0.1:1/open/v1')).to.deep.equal([]);
    const { url, close } = await listen((_, response) => response.end('{}'));
    expect(await leaks(url.replace('http:', 'https:'))).to.deep.equal([]);
    await close();
    // Not valid in a header: the message of got would quote it.
    expect(await leaks(url, { tokenName: 'hush\nhush' })).to.deep.equal([]);
  });

  it('stay out of the reason that a run ends with', async () => {
    const stop = new AbortController();
    stop.abort(new Error('the run is over'));
    expect(await leaks('http://127.0.0.1:1/open/v1', { signal: stop.signal })).to.deep.equal([]);
  });
});
