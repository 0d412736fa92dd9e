import { expect } from 'chai';
import { Simulator, type SimulatorOptions } from '#src/simulator/simulator.js';
import { ask, AUTHORIZATION, get, simulated } from './client.js';

const BARE = 'Token token=simulated-token, name=simulator';

async function statusOf(
  options: SimulatorOptions,
  authorization: string,
  also: Record<string, string> = {},
): Promise<number> {
  return (await simulated(options).fetch(ask('/cities', {}, { authorization, ...also }))).status;
}

describe('authorization', () => {
  it('accepts the token in either form of the header', async () => {
    expect(await statusOf({}, AUTHORIZATION)).to.equal(200);
    expect(await statusOf({}, BARE)).to.equal(200);
    expect(await statusOf({}, 'Token token=simulated-token')).to.equal(200);
    expect(await statusOf({}, 'Token token="simulated-token"')).to.equal(200);
    expect(
      await statusOf(
        { token: 'a/b+c=', tokenName: 'other one' },
        'Token token="a/b+c=", name="other one"',
      ),
    ).to.equal(200);
    expect(
      await statusOf(
        { token: 'a/b+c=', tokenName: 'other one' },
        'Token token=a/b+c=, name=other one',
      ),
    ).to.equal(200);
  });

  it('rejects another token, name, order or scheme', async () => {
    for (const wrong of [
      'Token token="other", name="simulator"',
      'Token token="simulated-token", name="other"',
      'Token name="simulator", token="simulated-token"',
      'Token token="simulated-token",name="simulator"',
      'Token token="simulated-token", name=simulator',
      'Bearer simulated-token',
    ]) {
      expect(await statusOf({}, wrong), wrong).to.equal(401);
    }
    const { headers } = new Request('https://bolt.test');
    expect(
      (await simulated().fetch(new Request('https://bolt.test/open/v1/jobs', { headers }))).status,
    ).to.equal(401);
  });

  it('can require one form, a name and a cookie', async () => {
    expect(await statusOf({ authForm: 'quoted' }, BARE)).to.equal(401);
    expect(await statusOf({ authForm: 'quoted' }, AUTHORIZATION)).to.equal(200);
    expect(await statusOf({ authForm: 'unquoted', refusalStatus: 403 }, AUTHORIZATION)).to.equal(
      403,
    );
    expect(await statusOf({ authForm: 'unquoted' }, BARE)).to.equal(200);
    expect(await statusOf({ requireName: true }, 'Token token="simulated-token"')).to.equal(401);
    expect(await statusOf({ requireName: true }, AUTHORIZATION)).to.equal(200);
    expect(await statusOf({ xsrfToken: 'x1' }, AUTHORIZATION)).to.equal(401);
    expect(
      await statusOf({ xsrfToken: 'x1' }, AUTHORIZATION, { cookie: 'a=b; XSRF-TOKEN=x1' }),
    ).to.equal(200);
  });

  it('is answered with 401; neither the response nor the call log shows the token', async () => {
    const simulator = simulated();
    const response = await simulator.fetch(
      ask('/jobs', { page: '2' }, { authorization: 'Token token=secret-one' }),
    );
    expect(response.headers.get('www-authenticate')).to.equal('Token realm="Application"');
    expect(await response.json()).to.deep.equal({
      status: 401,
      error: 'HTTP Token: Access denied.',
    });
    expect(simulator.calls).to.have.length(1);
    expect(simulator.calls[0]).to.deep.include({
      path: '/open/v1/jobs',
      stream: 'jobs',
      query: { page: '2' },
      authorization: 'unquoted',
      status: 401,
    });
    expect(JSON.stringify(simulator.calls)).not.to.include('secret-one');
  });
});

describe('paths and methods', () => {
  it('answer 404 for an unknown path, 405 for a method other than GET', async () => {
    const simulator = simulated();
    expect((await get(simulator, '/dogs')).body).to.deep.equal({ status: 404, error: 'Not Found' });
    expect((await get(simulator, '/jobs/')).status).to.equal(404);
    const post = await simulator.fetch(new Request(ask('/jobs'), { method: 'POST' }));
    expect([post.status, post.headers.get('allow')]).to.deep.equal([405, 'GET']);
    expect(simulator.calls.map(({ stream, status }) => [stream, status])).to.deep.equal([
      [undefined, 404],
      [undefined, 404],
      ['jobs', 405],
    ]);
  });
});

function clocked(options: SimulatorOptions): {
  simulator: Simulator;
  call: (at: number) => Promise<Response>;
} {
  let time = 0;
  const simulator = new Simulator({ rows: 5, now: () => time, ...options });
  return {
    simulator,
    call: (at) => {
      time = at;
      return simulator.fetch(ask('/cities'));
    },
  };
}

describe('the rate limit', () => {
  const HOUR = 3_600_000;

  it('is 1,000 calls in any hour by default', async () => {
    const { call } = clocked({});
    for (let made = 0; made < 1_000; made++) expect((await call(made)).status).to.equal(200);
    expect((await call(1_000)).status).to.equal(429);
  });

  it('counts calls of the last hour, including rejected ones', async () => {
    const { call } = clocked({ callsPerHour: 2 });
    expect((await call(0)).status).to.equal(200);
    expect((await call(60_000)).status).to.equal(200);
    const refused = await call(120_500);
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([
      429,
      String(3_540),
    ]);
    expect((await call(HOUR)).status, 'the refused one counts').to.equal(429);
    expect((await call(2 * HOUR)).status).to.equal(200);
  });

  it('allows a call again at the time that Retry-After gives', async () => {
    for (const retryAfter of ['seconds', 'date'] as const) {
      const { call } = clocked({ callsPerHour: 3, retryAfter });
      for (const at of [0, 10_000, 20_000]) await call(at);
      await call(30_400);
      const value = (await call(40_400)).headers.get('retry-after') ?? '';
      const until = retryAfter === 'date' ? Date.parse(value) : 40_400 + Number(value) * 1000;
      expect((await clocked({}).call(0)).status).to.equal(200);
      expect((await call(until)).status, retryAfter).to.equal(200);
    }
    const { call } = clocked({ callsPerHour: 0, retryAfter: 'none' });
    expect((await call(0)).headers.get('retry-after')).to.equal(null);
    expect((await clocked({ callsPerHour: 0 }).call(5)).headers.get('retry-after')).to.equal(
      '3600',
    );
  });
});
