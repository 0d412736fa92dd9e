import { expect } from 'chai';
import { ask, get, simulated } from './client.js';

describe('tokens of the simulator', () => {
  it('have the format of Rails, with characters that a URL has to encode', async () => {
    const simulator = simulated();
    const { next_batch = '', refresh_token = '' } = await get(simulator, '/jobs');
    const { event_token = '' } = await get(simulator, '/jobs/events');
    const all = [next_batch, refresh_token, event_token];
    for (const token of all) expect(token).to.match(/^[A-Za-z0-9+/]+=*--[0-9a-f]{64}$/);
    for (const sign of ['=', '+', '/']) expect(all.join('')).to.include(sign);
    const payload: unknown = JSON.parse(
      Buffer.from(event_token.split('--')[0] ?? '', 'base64').toString(),
    );
    expect(payload).to.deep.equal({
      event_id: 90_000_198,
      page_size: 100,
      path: '/open/v1/jobs/events',
    });
  });

  it('are valid only for their path, kind and signature', async () => {
    const simulator = simulated();
    const { next_batch = '', refresh_token = '' } = await get(simulator, '/jobs');
    const { event_token } = await get(simulator, '/jobs/events');
    const answers = [
      await get(simulator, '/work_orders', { next_batch }),
      await get(simulator, '/work_orders', { refresh_token }),
      await get(simulator, '/work_orders/events', { event_token }),
      await get(simulator, '/jobs', { next_batch: refresh_token }),
      await get(simulator, '/jobs', { refresh_token: `${refresh_token.slice(0, -1)}_` }),
      await get(simulator, '/jobs', { refresh_token: 'none' }),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([422, 422, 422, 422, 422, 422]);
    expect(answers[0]?.body).to.deep.equal({
      status: 422,
      error: 'next_batch is invalid or has expired',
    });
    expect(answers[1]?.body).to.deep.equal({
      status: 422,
      error: 'refresh_token is invalid or has expired',
    });
    expect((await get(simulator, '/jobs', { next_batch: '', refresh_token: '' })).status).to.equal(
      200,
    );
  });

  it('expire by kind; the status for an expired one is an option', async () => {
    const simulator = simulated({ staleStatus: 410 });
    const ask3 = async (tokens: {
      next_batch?: unknown;
      refresh_token?: unknown;
      event_token?: unknown;
    }): Promise<number[]> => [
      (await get(simulator, '/jobs', { next_batch: tokens.next_batch })).status,
      (await get(simulator, '/jobs', { refresh_token: tokens.refresh_token })).status,
      (await get(simulator, '/jobs/events', { event_token: tokens.event_token })).status,
    ];
    const fresh = async (): Promise<Parameters<typeof ask3>[0]> => {
      const { next_batch, refresh_token } = await get(simulator, '/jobs');
      return {
        next_batch,
        refresh_token,
        event_token: (await get(simulator, '/jobs/events')).event_token,
      };
    };
    const tokens = await fresh();
    expect(await ask3(tokens)).to.deep.equal([200, 200, 200]);
    simulator.expire(['next_batch']);
    expect(await ask3(tokens)).to.deep.equal([410, 200, 200]);
    simulator.expire();
    expect(await ask3(tokens)).to.deep.equal([410, 410, 410]);
    expect(await ask3(await fresh())).to.deep.equal([200, 200, 200]);
    const foreign = new Request(ask('/jobs/events', { event_token: tokens.event_token }));
    expect((await simulator.fetch(foreign)).status).to.equal(410);
  });
});
