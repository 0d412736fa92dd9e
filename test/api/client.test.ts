import { expect } from 'chai';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { StopError } from '#src/errors.js';
import { Simulator, type SimulatorOptions } from '#src/simulator/simulator.js';
import { clientOf, fault, rejection, type ClientRig, type RigOptions } from '../support/client.js';
import { FakeClock, NOON, until } from '../support/clock.js';

const ROOT = 'https://bolt.test/open/v1';
type Handler = (request: Request) => Response | Promise<Response>;

/** The API. Each test sets it. */
let handler: Handler = () => HttpResponse.error();
let requests: Request[] = [];
const server = setupServer(
  http.all('https://bolt.test/*', ({ request }) => {
    requests.push(request);
    return handler(request);
  }),
);

/** Sends these responses one after another, then always `{}`. */
function answers(...responses: (() => Response)[]): void {
  const left = [...responses];
  handler = () => left.shift()?.() ?? HttpResponse.json({});
}

function repeated<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}

const status = (
  code: number,
  headers: Record<string, string> = {},
  body = '',
): (() => Response) => {
  return () => new HttpResponse([204, 304].includes(code) ? null : body, { status: code, headers });
};

function simulated(
  options: SimulatorOptions,
  rig: RigOptions = {},
): ClientRig & { simulator: Simulator } {
  const clock = rig.clock ?? new FakeClock();
  const simulator = new Simulator({
    rows: 5,
    callsPerHour: Infinity,
    now: () => clock.now(),
    ...options,
  });
  handler = (request) => simulator.fetch(request);
  return { simulator, ...clientOf(ROOT, { ...rig, clock }) };
}

const to = (location: string): (() => Response) => status(302, { location });

const seconds = ({ clock }: ClientRig): number[] =>
  clock.slept.map((ms) => ms / 1000).filter((wait) => wait >= 1);

describe('Client', () => {
  before(() => server.listen({ onUnhandledRequest: 'error' }));
  after(() => server.close());
  beforeEach(() => {
    requests = [];
  });

  describe('a request', () => {
    it('encodes its parameters, and sends the headers', async () => {
      handler = () => HttpResponse.json({ jobs: [] });
      const { client, calls } = clientOf(ROOT, { xsrfToken: 'crumb' });
      const answer = await client.get('jobs', '/jobs', { next_batch: 'a+b/c=--d' });
      expect(answer).to.deep.equal({
        body: { jobs: [] },
        size: '{"jobs":[]}'.length,
        arrivedAt: NOON,
      });
      const [request] = requests;
      expect(request?.method).to.equal('GET');
      expect(request?.url).to.equal(`${ROOT}/jobs?next_batch=a%2Bb%2Fc%3D--d`);
      expect(Object.fromEntries(request!.headers)).to.include({
        accept: 'application/json',
        authorization: 'Token token="simulated-token", name="simulator"',
        'user-agent': 'test/1',
        cookie: 'XSRF-TOKEN=crumb',
      });
      expect(request?.headers.get('accept-encoding')).to.equal('gzip, br');
      expect(calls).to.deep.equal([
        { stream: 'jobs', status: 200, ms: 0, query: { next_batch: 'a+b/c=--d' }, pausedMs: 0 },
      ]);
    });

    it('has no cookie and no name unless they are set', async () => {
      answers();
      const { client } = clientOf(`${ROOT}/`, { tokenName: undefined });
      await client.get('jobs', '/jobs', {});
      expect(requests[0]?.url).to.equal(`${ROOT}/jobs`);
      expect(requests[0]?.headers.get('authorization')).to.equal('Token token="simulated-token"');
      expect(requests[0]?.headers.has('cookie')).to.equal(false);
    });

    it('sends the cookie that a tenant requires', async () => {
      const without = simulated({ xsrfToken: 'crumb' });
      expect((await fault(without.client.get('jobs', '/jobs', {}))).fault).to.equal('unauthorized');
      const rig = simulated({ xsrfToken: 'crumb' }, { xsrfToken: 'crumb' });
      expect((await rig.client.get('jobs', '/jobs', {})).body).to.have.property('jobs');
    });

    it('ends with the reason of the signal, while pending and before', async () => {
      handler = () => new Promise<Response>(() => undefined);
      const { client, stop, calls } = clientOf(ROOT);
      const asked = rejection(client.get('jobs', '/jobs', {}));
      await until(() => requests.length === 1);
      const reason = new StopError('stopped by SIGTERM', 'SIGTERM');
      stop.abort(reason);
      expect(await asked).to.equal(reason);
      expect(await rejection(client.get('jobs', '/jobs', {}))).to.equal(reason);
      expect(calls).to.deep.equal([]);
    });
  });

  describe('a failed request', () => {
    const passing: [name: string, response: () => Response, why: RegExp][] = [
      ['500', status(500), /HTTP 500$/],
      ['502', status(502), /HTTP 502$/],
      ['503', status(503), /HTTP 503$/],
      ['504', status(504), /HTTP 504$/],
      ['a broken connection', () => HttpResponse.error(), /the request to .* failed/],
      ['an empty body', status(200), /not JSON \(.*, 0 characters\)/],
      [
        'a web page',
        status(200, { 'content-type': 'text/html' }, '<html>'),
        /not JSON \(text\/html, 6 characters\)/,
      ],
      [
        'half of a body',
        status(200, { 'content-type': 'application/json' }, '{"jobs":['),
        /not JSON \(application\/json/,
      ],
      ['nothing', status(204), /HTTP 204, which has no page/],
      ['an answer that is not ready', status(202, {}, '{}'), /HTTP 202, which has no page/],
      ['a part of a page', status(206, {}, '{}'), /HTTP 206, which has no page/],
      ['304', status(304), /HTTP 304, which has no page/],
      [
        'a body that is not UTF-8',
        () => new HttpResponse(new Uint8Array([0x22, 0xe9, 0x22])) as Response,
        /not valid UTF-8/,
      ],
    ];
    for (const [name, response, why] of passing) {
      it(`is sent again after ${name}, with growing waits`, async () => {
        answers(...repeated(3, response));
        const rig = clientOf(ROOT);
        expect((await rig.client.get('jobs', '/jobs', { next_batch: 'x' })).body).to.deep.equal({});
        expect(seconds(rig)).to.deep.equal([2, 4, 8]);
        expect(rig.calls.map(({ retry }) => retry?.ms)).to.deep.equal([
          2000,
          4000,
          8000,
          undefined,
        ]);
        for (const { retry } of rig.calls.slice(0, 3))
          expect(retry?.why)
            .to.match(/^jobs: /)
            .and.to.match(why);
        expect(new Set(requests.map(({ url }) => url)).size).to.equal(1);
      });
    }

    it('is sent again max_retries times, and then fails', async () => {
      handler = status(503);
      const rig = clientOf(ROOT, { maxRetries: 3 });
      const error = await fault(rig.client.get('jobs', '/jobs', {}));
      expect(error).to.include({
        fault: 'server-error',
        status: 503,
        message: 'jobs: the API responded with HTTP 503',
      });
      expect(requests).to.have.length(4);
      expect(rig.calls).to.have.length(4);
      expect(rig.calls.at(-1)).not.to.have.property('retry');
    });

    it('waits with jitter', async () => {
      answers(...repeated(2, status(500)));
      const rig = clientOf(ROOT, { random: () => 1 });
      await rig.client.get('jobs', '/jobs', {});
      expect(seconds(rig)).to.deep.equal([2.5, 5]);
    });

    it('waits as long as a 503 requests, and at least as long as usual', async () => {
      answers(
        status(503, { 'retry-after': '120' }),
        status(503, { 'retry-after': '1' }),
        status(503, { 'retry-after': '-1' }),
      );
      const rig = clientOf(ROOT);
      await rig.client.get('jobs', '/jobs', {});
      expect(seconds(rig)).to.deep.equal([120, 4, 8]);
    });

    it('does not wait beyond the deadline', async () => {
      answers(status(503, { 'retry-after': '120' }));
      const { client, clock } = clientOf(ROOT, { deadline: 119_000 });
      expect(await rejection(client.get('jobs', '/jobs', {}))).to.be.instanceOf(StopError);
      expect(clock.slept).to.deep.equal([]);
    });

    it("is sent again twice if the tenant's data is invalid, and says what to tell ECI", async () => {
      handler = status(
        500,
        {},
        '{"status":500,"exception":"#<NoMethodError: undefined method `to_datetime\' for nil>"}',
      );
      const error = await fault(clientOf(ROOT).client.get('work_orders', '/work_orders', {}));
      expect(requests).to.have.length(3);
      expect(error.message).to.match(/^work_orders: .*to_datetime.*Tell ECI's support/);
    });

    it('is not sent again after another 4xx', async () => {
      const { client } = clientOf(ROOT);
      answers();
      await client.get('jobs', '/jobs', {});
      for (const code of [400, 403, 404, 405, 409, 410, 422, 451]) {
        requests = [];
        handler = status(code, { 'retry-after': '1' });
        const error = await fault(client.get('jobs', '/jobs', {}));
        expect([error.status, requests.length]).to.deep.equal([code, 1]);
        expect(error.fault).to.equal(code === 403 ? 'forbidden' : 'bad-request');
      }
    });
  });

  describe('redirects', () => {
    it('are followed on the same host, as calls of the same budget, with the token', async () => {
      answers(to('/open/v1/other?page=2'), to(`${ROOT}/third`));
      const { client, calls, budget } = clientOf(ROOT, { callsPerHour: 100 });
      await client.get('jobs', '/jobs', { next_batch: 'x' });
      expect(requests.map(({ url }) => url)).to.deep.equal([
        `${ROOT}/jobs?next_batch=x`,
        `${ROOT}/other?page=2`,
        `${ROOT}/third`,
      ]);
      for (const { headers } of requests)
        expect(headers.get('authorization')).to.include('simulated-token');
      expect(calls.map((call) => [call.status, call.retry])).to.deep.equal([
        [302, { ms: 0, why: 'HTTP 302' }],
        [302, { ms: 0, why: 'HTTP 302' }],
        [200, undefined],
      ]);
      expect(budget.room(NOON)).to.equal(97);
    });

    it('are followed three times in each attempt', async () => {
      answers(to('/a'), to('/b'), to('/c'), status(500), to('/a'), to('/b'), to('/c'));
      await clientOf(ROOT).client.get('jobs', '/jobs', {});
      expect(requests.map(({ url }) => new URL(url).pathname)).to.deep.equal([
        '/open/v1/jobs',
        '/a',
        '/b',
        '/c',
        '/open/v1/jobs',
        '/a',
        '/b',
        '/c',
      ]);
      requests = [];
      handler = to('/open/v1/jobs');
      const error = await fault(clientOf(ROOT).client.get('jobs', '/jobs', {}));
      expect(error).to.include({ fault: 'unreadable', status: 302 });
      expect(requests).to.have.length(4);
    });
  });

  describe('429', () => {
    it('does not count towards max_retries', async () => {
      answers(...repeated(5, status(429)));
      const rig = clientOf(ROOT, { maxRetries: 0 });
      expect((await rig.client.get('jobs', '/jobs', {})).body).to.deep.equal({});
      expect(seconds(rig)).to.deep.equal([2, 4, 8, 16, 32]);
      expect(rig.calls.slice(0, 5).map(({ retry }) => retry)).to.deep.equal(
        repeated(5, { ms: null, why: 'HTTP 429' }),
      );
      expect(rig.waits[0]).to.equal('8 s: the API responded with 429 (too many calls)');
      expect(rig.calls.map(({ pausedMs }) => pausedMs / 1000)).to.deep.equal([0, 2, 4, 8, 16, 32]);
    });

    it('pauses all streams; the others wait for the response to one probe', async () => {
      const clock = new FakeClock({ held: true });
      const release: ((response: Response) => void)[] = [];
      handler = () => new Promise((resolve) => release.push(resolve));
      const { client, waits } = clientOf(ROOT, { clock, remembered: 'quoted' });
      const first = client.get('cities', '/cities', {});
      await clock.advance(1000);
      await until(() => release.length === 1);
      release.shift()!(HttpResponse.json({}));
      await first;

      const streams = ['jobs', 'crews', 'offices'];
      const asked = streams.map((stream) => client.get(stream, `/${stream}`, {}));
      await clock.advance(1000);
      await until(() => release.length === 3);
      requests = [];
      release.shift()!(status(429, { 'retry-after': '60' })());
      release.shift()!(status(429)());
      release.shift()!(status(429, { 'retry-after': '30' })());
      await until(() => clock.sleeping === 1);
      const late = client.get('types', '/types', {});
      await clock.advance(59_990);
      expect(requests).to.deep.equal([]);
      await clock.advance(10);
      await until(() => release.length === 1);
      await clock.advance(600_000);
      expect(requests).to.have.length(1);
      release.shift()!(HttpResponse.json({}));
      await until(() => clock.sleeping === 1);
      await clock.advance(1000);
      await until(() => release.length === 3);
      for (const resolve of release) resolve(HttpResponse.json({}));
      await Promise.all([...asked, late]);
      expect(waits).to.deep.equal([
        '60 s: the API responded with 429 (too many calls) and requests this wait',
      ]);
    });

    it('continues if the probe has no response', async () => {
      answers(status(429), () => HttpResponse.error());
      const rig = clientOf(ROOT, { remembered: 'quoted' });
      expect((await rig.client.get('jobs', '/jobs', {})).body).to.deep.equal({});
      expect(rig.calls).to.have.length(3);
    });

    it('ends all requests with the reason of the signal, even those that wait for the probe', async () => {
      const clock = new FakeClock({ held: true });
      answers(status(200, {}, '{}'), status(429, { 'retry-after': '1' }));
      const { client, stop } = clientOf(ROOT, { clock, remembered: 'quoted' });
      await client.get('jobs', '/jobs', {});
      const asked = [rejection(client.get('jobs', '/jobs', {}))];
      await clock.advance(1);
      await until(() => clock.sleeping === 1);
      handler = () => new Promise<Response>(() => undefined);
      await clock.advance(1000);
      await until(() => requests.length === 3);
      asked.push(rejection(client.get('crews', '/crews', {})));
      const reason = new StopError('stopped by SIGTERM', 'SIGTERM');
      stop.abort(reason);
      expect(await Promise.all(asked)).to.deep.equal([reason, reason]);
    });

    it('obeys the rate limit headers of a successful response', async () => {
      const left = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '90' };
      answers(status(200, left, '{}'));
      const rig = clientOf(ROOT);
      await rig.client.get('jobs', '/jobs', {});
      await rig.client.get('jobs', '/jobs', {});
      expect(seconds(rig)).to.deep.equal([90]);
      expect(rig.waits).to.deep.equal(['90 s: the API reports that its allowance is used up']);
    });
  });

  describe('the form of the header', () => {
    for (const authForm of ['quoted', 'unquoted'] as const) {
      for (const remembered of ['quoted', 'unquoted', undefined] as const) {
        for (const refusalStatus of [400, 401, 403, 422]) {
          const extra = (remembered ?? 'quoted') === authForm ? 0 : 1;
          it(`${authForm}, ${remembered ?? 'none'} remembered, ${refusalStatus}: ${extra} more`, async () => {
            const rig = simulated({ authForm, refusalStatus }, remembered ? { remembered } : {});
            for (const stream of ['jobs', 'crews', 'jobs'])
              await rig.client.get(stream, `/${stream}`, {});
            expect(rig.simulator.calls).to.have.length(3 + extra);
            expect(rig.simulator.calls.at(-1)?.authorization).to.equal(authForm);
            expect(rig.found).to.deep.equal(remembered === authForm ? [] : [authForm]);
          });
        }
      }
    }

    it('is found by one request if several start at once', async () => {
      const rig = simulated({ authForm: 'unquoted' });
      const streams = ['jobs', 'crews', 'cities', 'offices'];
      await Promise.all(streams.map((stream) => rig.client.get(stream, `/${stream}`, {})));
      expect(rig.simulator.calls).to.have.length(5);
      expect(rig.simulator.calls.map(({ status }) => status)).to.deep.equal([
        401, 200, 200, 200, 200,
      ]);
      expect(rig.calls[0]?.retry).to.deep.equal({ ms: 0, why: 'HTTP 401 with the token quoted' });
    });

    it('is found by one request at a time, even if several fail', async () => {
      let inFlight = 0;
      let most = 0;
      handler = async () => {
        most = Math.max(most, ++inFlight);
        await new Promise((resolve) => setTimeout(resolve, 5));
        inFlight -= 1;
        return HttpResponse.json({}, { status: 404 });
      };
      const { client } = clientOf(ROOT);
      await Promise.allSettled(
        ['jobs', 'crews', 'cities', 'offices'].map((name) => client.get(name, `/${name}`, {})),
      );
      expect([requests.length, most]).to.deep.equal([4, 1]);
    });

    it('is found by the next request if the first one fails', async () => {
      const rig = simulated({ authForm: 'unquoted' }, { maxRetries: 0 });
      rig.simulator.fault({ kind: 'status', stream: 'jobs' });
      const asked = ['jobs', 'crews', 'cities'].map((stream) =>
        rig.client.get(stream, `/${stream}`, {}),
      );
      const outcomes = await Promise.allSettled(asked);
      expect(outcomes.map((outcome) => outcome.status)).to.deep.equal([
        'rejected',
        'fulfilled',
        'fulfilled',
      ]);
      expect(rig.found).to.deep.equal(['unquoted']);
    });

    it('is found by a response that is not a page, if the other form got a 401', async () => {
      for (const staleStatus of [400, 404, 410, 422] as const) {
        const rig = simulated({ authForm: 'unquoted', staleStatus });
        const error = await fault(rig.client.get('jobs', '/jobs', { refresh_token: 'stale' }));
        expect([error.fault, error.status]).to.deep.equal(['bad-request', staleStatus]);
        expect(error.message).to.match(
          / HTTP 401, so if other streams fail too, check api_token and api_token_name$/,
        );
        await rig.client.get('jobs', '/jobs', {});
        expect(rig.simulator.calls).to.have.length(3);
      }
    });

    it('stays open after a 401 in both forms: all later requests fail', async () => {
      const rig = simulated({ token: 'another' });
      const error = await fault(rig.client.get('jobs', '/jobs', {}));
      expect(error).to.include({ fault: 'unauthorized', status: 401 });
      expect(error.message).to.include('check api_token, api_token_name');
      expect(await fault(rig.client.get('crews', '/crews', {}))).to.equal(error);
      expect(rig.simulator.calls.map(({ authorization }) => authorization)).to.deep.equal([
        'quoted',
        'unquoted',
      ]);
    });

    it('stays open if the name is missing', async () => {
      const rig = simulated({ requireName: true }, { tokenName: undefined });
      expect((await fault(rig.client.get('jobs', '/jobs', {}))).message).to.include(
        'api_token_name',
      );
      expect(rig.simulator.calls).to.have.length(2);
    });

    it('stays open after a 403 in both forms, and the next stream is requested', async () => {
      const rig = simulated({});
      rig.simulator.fault({ kind: 'status', status: 403, stream: 'jobs', times: 2 });
      expect((await fault(rig.client.get('jobs', '/jobs', {}))).fault).to.equal('forbidden');
      await rig.client.get('crews', '/crews', {});
      expect(rig.simulator.calls).to.have.length(3);
    });

    it('is found by a 401 and a 403: the form with the 403 is right', async () => {
      const rig = simulated({ authForm: 'unquoted' });
      rig.simulator.fault({ kind: 'status', status: 403, stream: 'jobs' });
      expect((await fault(rig.client.get('jobs', '/jobs', {}))).fault).to.equal('forbidden');
      await rig.client.get('crews', '/crews', {});
      expect(rig.simulator.calls.map(({ status }) => status)).to.deep.equal([401, 403, 200]);
    });

    it('is kept after a 429 and a 500', async () => {
      const rig = simulated({ authForm: 'unquoted' });
      rig.simulator.fault({ kind: 'status', status: 429 });
      rig.simulator.fault({ kind: 'status', status: 500 });
      await rig.client.get('jobs', '/jobs', {});
      expect(rig.simulator.calls.map(({ status }) => status)).to.deep.equal([401, 429, 500, 200]);
    });

    it('is not tried again after a 401 during a run: all later requests fail', async () => {
      const rig = simulated({});
      await rig.client.get('jobs', '/jobs', {});
      rig.simulator.fault({ kind: 'status', status: 401 });
      const error = await fault(rig.client.get('jobs', '/jobs', {}));
      expect(error.fault).to.equal('unauthorized');
      expect(await fault(rig.client.get('crews', '/crews', {}))).to.equal(error);
      expect(rig.simulator.calls).to.have.length(2);
    });
  });
});
