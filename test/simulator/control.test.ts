import { expect } from 'chai';
import { Simulator } from '#src/simulator/simulator.js';
import { ask, get, held, idAt, isRow, type Row, simulated } from './client.js';

async function post(
  simulator: Simulator,
  name: string,
  body: unknown,
): Promise<{ status: number; value: Row }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await simulator.fetch(
    new Request(`https://bolt.test/_simulator/${name}`, { method: 'POST', body: text }),
  );
  const value: unknown = await response.json();
  return { status: response.status, value: isRow(value) ? value : {} };
}

describe('the control endpoints', () => {
  it('change, add and remove rows, and let them evolve', async () => {
    const simulator = simulated();
    const id = idAt(simulator, 'jobs', 0);
    expect(
      await post(simulator, 'change', { stream: 'jobs', id, fields: { lot: 'X' } }),
    ).to.deep.equal({
      status: 200,
      value: { done: true },
    });
    expect(held(simulator, 'jobs')[0]?.['lot']).to.equal('X');
    const { value } = await post(simulator, 'add', { stream: 'jobs' });
    expect(held(simulator, 'jobs').at(-1)?.['id']).to.equal(value['id']);
    await post(simulator, 'remove', { stream: 'jobs', id });
    expect(idAt(simulator, 'jobs', 0)).not.to.equal(id);
    await post(simulator, 'restore', { stream: 'jobs', id, fields: { lot: 'Y' } });
    expect(held(simulator, 'jobs')[0]).to.include({ id, lot: 'Y' });
    const scheduled = idAt(simulator, 'schedules', 0);
    await post(simulator, 'remove', { stream: 'schedules', id: scheduled });
    await post(simulator, 'restore', { stream: 'work_orders', id: scheduled, rowOnly: true });
    expect(idAt(simulator, 'work_orders', 0)).to.equal(scheduled);
    expect(idAt(simulator, 'schedules', 0)).not.to.equal(scheduled);
    const twin = simulated();
    expect((await post(simulated(), 'evolve', { changes: 30 })).value).to.deep.equal(
      twin.evolve(30),
    );
  });

  it('set faults, clear them, and make tokens stale', async () => {
    const simulator = simulated();
    await post(simulator, 'fault', { kind: 'status', status: 502, times: null });
    expect([
      (await get(simulator, '/jobs')).status,
      (await get(simulator, '/jobs')).status,
    ]).to.deep.equal([502, 502]);
    await post(simulator, 'clear', '');
    const { refresh_token, next_batch } = await get(simulator, '/jobs');
    await post(simulator, 'fault', { kind: 'status' });
    expect([
      (await get(simulator, '/jobs')).status,
      (await get(simulator, '/jobs')).status,
    ]).to.deep.equal([500, 200]);
    await post(simulator, 'expire', { kinds: ['refresh_token'] });
    expect((await get(simulator, '/jobs', { refresh_token })).status).to.equal(422);
    expect((await get(simulator, '/jobs', { next_batch })).status).to.equal(200);
    await post(simulator, 'expire', {});
    expect((await get(simulator, '/jobs', { next_batch })).status).to.equal(422);
  });

  it('append events', async () => {
    const simulator = simulated();
    const id = idAt(simulator, 'jobs', 0);
    await post(simulator, 'event', { stream: 'job_events', event: { event: 'archive' } });
    await post(simulator, 'bad-event', { stream: 'jobs', id, defect: 'text-snapshot' });
    const [one, other] = held(simulator, 'job_events').slice(-2);
    expect(one).to.include({ event: 'archive' });
    expect(other).to.include({ event: 'destroy', job: 'Row 12' });
  });

  it('count the calls of the API, their own left out and free', async () => {
    const simulator = new Simulator({ callsPerHour: 2 });
    for (const path of ['/jobs', '/dogs', '/jobs']) await get(simulator, path);
    await post(simulator, 'clear', {});
    const response = await simulator.fetch(new Request('https://bolt.test/_simulator/calls'));
    expect(await response.json()).to.deep.equal({ jobs: { 200: 1, 429: 1 }, other: { 404: 1 } });
  });

  it('give rows as NDJSON, as they are sent', async () => {
    const simulator = simulated({ rowsByStream: { jobs: 1_203 } });
    const response = await simulator.fetch(new Request('https://bolt.test/_simulator/rows/jobs'));
    expect(response.headers.get('content-type')).to.equal('application/x-ndjson');
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).to.deep.equal(held(simulator, 'jobs'));
  });

  it('say what is wrong with what they got', async () => {
    const simulator = simulated();
    const errors: [name: string, body: unknown, status: number, message: string][] = [
      ['change', '{', 400, 'The body is not JSON'],
      ['change', '[]', 400, 'The body is not a JSON object'],
      ['change', {}, 400, '"stream" takes text, got undefined'],
      ['change', { stream: 'jobs', id: '5' }, 400, '"id" takes a whole number, got "5"'],
      ['change', { stream: 'jobs', id: 5, fields: 3 }, 400, '"fields" takes an object, got 3'],
      [
        'change',
        { stream: 'jobs', id: 5 },
        404,
        'Stream jobs has no row 5; take an id from its rows.',
      ],
      [
        'restore',
        { stream: 'jobs', id: 5 },
        404,
        'Stream jobs has no removed row 5; take an id that was removed.',
      ],
      [
        'add',
        { stream: 'dogs' },
        404,
        'There is no list "dogs"; take a list of streams.ts, or work_order_statuses.',
      ],
      ['evolve', { changes: 0.5 }, 400, '"changes" takes a whole number, got 0.5'],
      ['evolve', { changes: 10_001 }, 400, '"changes" takes a number from 0 to 10000, got 10001'],
      ['evolve', { changes: -1 }, 400, '"changes" takes a number from 0 to 10000, got -1'],
      [
        'expire',
        { kinds: ['x'] },
        400,
        '"kinds" takes a list of next_batch, refresh_token, event_token, got ["x"]',
      ],
      [
        'expire',
        { kinds: 'x' },
        400,
        '"kinds" takes a list of next_batch, refresh_token, event_token, got "x"',
      ],
      ['event', { stream: 'jobs' }, 404, 'There is no feed "jobs"; take a feed of streams.ts.'],
      ['toString', {}, 404, 'There is no POST /_simulator/toString here'],
      ['calls', {}, 404, 'There is no POST /_simulator/calls here'],
    ];
    for (const [name, body, status, message] of errors) {
      expect(await post(simulator, name, body), message).to.deep.equal({
        status,
        value: { status, error: message },
      });
    }
    const id = idAt(simulator, 'jobs', 0);
    expect(
      (await post(simulator, 'bad-event', { stream: 'jobs', id, defect: 'x' })).value['error'],
    ).to.match(/^"defect" takes one of no-key, .*, got "x"$/);
    expect((await post(simulator, 'fault', { kind: 'x' })).value['error']).to.match(
      /^"kind" takes one of status, .*, got "x"$/,
    );
    const get404 = await simulator.fetch(new Request('https://bolt.test/_simulator/evolve'));
    expect(get404.status).to.equal(404);
    expect(
      (await simulator.fetch(new Request('https://bolt.test/_simulator/rows/dogs'))).status,
    ).to.equal(404);
    expect((await simulator.fetch(ask('/jobs'))).status).to.equal(200);
  });

  it('let no fault of the simulator itself pass for a wrong request', async () => {
    const simulator = simulated();
    simulator.evolve = () => {
      throw new TypeError('a bug');
    };
    const error: unknown = await post(simulator, 'evolve', { changes: 1 }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.an('error').with.property('message', 'a bug');
  });
});
