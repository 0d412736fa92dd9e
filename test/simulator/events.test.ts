import { expect } from 'chai';
import { STREAMS } from '#src/streams.js';
import { ask, follow, get, held, idAt, isRow, type Row, simulated } from './client.js';

const FEEDS = STREAMS.filter(({ paging }) => paging === 'events');

function snapshotOf(event: Row): Row {
  const row = event['job'] ?? event['work_order'] ?? event['status'];
  if (!isRow(row)) throw new Error('An event has no snapshot.');
  return row;
}

/** Events by the id of the row they are about, in order. */
function lives(events: readonly Row[]): Row[][] {
  const byId = new Map<unknown, Row[]>();
  for (const event of events) {
    const { id } = snapshotOf(event);
    const life = byId.get(id);
    if (life) life.push(event);
    else byId.set(id, [event]);
  }
  return [...byId.values()];
}

describe('feeds of the simulator', () => {
  for (const stream of FEEDS) {
    it(`${stream.name}: the pages hold every event once, oldest first, with keys of their own`, async () => {
      const simulator = simulated({ pageSize: 30 });
      const events = (await follow(simulator, stream.path)).flatMap(({ rows }) => rows);
      expect(events).to.deep.equal(held(simulator, stream.name));
      const times = events.map((event) => Date.parse(String(event['created_at'])));
      expect(times).to.deep.equal(times.toSorted((one, other) => one - other));
      const keys = events.map((event) =>
        [event['id'], snapshotOf(event)['id'], event['event'], event['created_at']]
          .slice(stream.name === 'work_order_events' ? 1 : 0)
          .join('_'),
      );
      expect(new Set(keys).size).to.equal(events.length);
    });

    it(`${stream.name}: tells lives from creation to the row as it is, or to its end`, () => {
      const simulator = simulated({ ugly: false });
      simulator.evolve(100);
      const list =
        stream.name === 'job_events'
          ? 'jobs'
          : stream.name === 'work_order_events'
            ? 'work_orders'
            : 'work_order_statuses';
      const rows = new Map(held(simulator, list).map((row) => [row['id'], row]));
      let destroyed = 0;
      for (const life of lives(held(simulator, stream.name))) {
        const last = life.at(-1)!;
        const now = rows.get(snapshotOf(last)['id']);
        if (last['event'] === 'destroy') destroyed += 1;
        expect(now).to.deep.equal(last['event'] === 'destroy' ? undefined : snapshotOf(last));
        for (const [at, event] of life.entries()) {
          const kind = event['event'];
          if (kind === 'create' || kind === 'destroy') expect(at).to.equal(kind === 'create' ? 0 : life.length - 1);
          expect('changes' in event).to.equal(kind === 'update');
        }
      }
      expect(destroyed).to.be.greaterThan(0);
    });
  }

  it('tell in `changes` what the snapshots show', () => {
    const events = held(simulated({ ugly: false, rowsByStream: { job_events: 2_500 } }), 'job_events');
    for (const life of lives(events)) {
      for (const [at, event] of life.entries()) {
        for (const [column, change] of Object.entries(isRow(event['changes']) ? event['changes'] : {})) {
          const before = life[at - 1] ? snapshotOf(life[at - 1]!)[column] : undefined;
          expect(change).to.deep.equal([before, snapshotOf(event)[column]]);
          expect(before).not.to.equal(snapshotOf(event)[column]);
        }
      }
    }
  });

  it('leave ids out of some work-order events, and authors out of some', () => {
    const simulator = simulated();
    expect(held(simulator, 'work_order_events').filter((event) => !('id' in event))).to.have.length(250);
    expect(held(simulator, 'job_events').filter((event) => !('id' in event))).to.have.length(0);
    expect(held(simulator, 'job_events').some((event) => event['author'] === null)).to.equal(true);
  });

  it('can be spoilt like rows', () => {
    const spoilt = [...simulated({ malformed: 1 }).rows('work_order_events')];
    for (const event of spoilt) expect(isRow(event) ? (event['event'] ?? null) : null).to.equal(null);
  });

  it('hold the change, the addition and the removal of a row, with its snapshot', async () => {
    const simulator = simulated({ now: () => Date.UTC(2031, 0, 1, 6) });
    const end = (await follow(simulator, '/jobs/events')).at(-1)?.event_token;
    const [row] = held(simulator, 'jobs');
    const id = Number(row?.['id']);
    simulator.change('jobs', id, { 'Home-Owner-Email': 'x@example.com', lot: '9' });
    const added = simulator.add('jobs');
    simulator.remove('jobs', id);
    simulator.change('customers', idAt(simulator, 'customers', 0), { name: 'told nowhere' });
    const rows = (await follow(simulator, '/jobs/events', end)).flatMap((page) => page.rows);
    expect(rows.map((event) => [event['event'], snapshotOf(event)['id']])).to.deep.equal([
      ['update', id],
      ['create', added],
      ['destroy', id],
    ]);
    expect(rows[0]?.['changes']).to.deep.equal({
      'Home-Owner-Email': [row?.['home_owner_email'] ?? null, 'x@example.com'],
      lot: [row?.['lot'], '9'],
    });
    expect(rows.map((event) => event['created_at'])).to.deep.equal(
      ['000', '001', '002'].map((ms) => `2031-01-01T00:00:00.${ms}-06:00`),
    );
  });

  it('hold as many events as was said, even of one row', () => {
    for (const [events, rows] of [
      [0, 5],
      [1, 5],
      [7, 1],
      [40, 0],
      [333, 60],
    ] as const) {
      const told = held(simulated({ ugly: false, rowsByStream: { job_events: events, jobs: rows } }), 'job_events');
      expect(told).to.have.length(events);
      for (const life of lives(told)) expect(life[0]?.['event']).to.equal('create');
    }
  });
});

describe('the end of a feed', () => {
  const options = { rowsByStream: { job_events: 25 }, pageSize: 10 };

  it('is empty under a new token by default', async () => {
    const simulator = simulated(options);
    const pages = await follow(simulator, '/jobs/events');
    expect(pages.map(({ rows }) => rows.length)).to.deep.equal([10, 10, 5, 0]);
    expect(new Set(pages.map(({ event_token }) => event_token)).size).to.equal(4);
    simulator.add('jobs');
    expect((await get(simulator, '/jobs/events', { event_token: pages[3]?.event_token })).rows).to.have.length(1);
  });

  it('can be empty under the token that was sent', async () => {
    const pages = await follow(simulated({ ...options, eventEnd: 'repeat-empty' }), '/jobs/events');
    expect(pages[3]?.rows).to.deep.equal([]);
    expect(pages[3]?.event_token).to.equal(pages[2]?.event_token);
  });

  it('can be the last page once more', async () => {
    const simulator = simulated({ ...options, eventEnd: 'repeat-page' });
    let sent: string | undefined;
    const pages = [];
    for (let page = 0; page < 5; page++) {
      const got = await get(simulator, '/jobs/events', sent === undefined ? {} : { event_token: sent });
      pages.push(got);
      sent = got.event_token;
    }
    expect(pages.map(({ rows }) => rows.length)).to.deep.equal([10, 10, 5, 5, 5]);
    expect(pages[4]?.rows).to.deep.equal(pages[2]?.rows);
    expect(pages[4]?.event_token).to.equal(pages[2]?.event_token);
    const other = await get(simulated({ ...options, eventEnd: 'repeat-page' }), '/jobs/events', { event_token: sent });
    expect(other.rows).to.have.length(10);
  });

  it('can be new events under the token that was sent', async () => {
    const simulator = simulated({ ...options, eventEnd: 'repeat-new' });
    const first = await get(simulator, '/jobs/events');
    const second = await get(simulator, '/jobs/events', { event_token: first.event_token });
    const third = await get(simulator, '/jobs/events', { event_token: second.event_token });
    expect([third.rows.length, third.event_token]).to.deep.equal([5, second.event_token]);
    simulator.add('jobs');
    expect((await get(simulator, '/jobs/events', { event_token: third.event_token })).rows).to.have.length(6);
  });

  it('comes at once for a feed without events', async () => {
    for (const eventEnd of ['empty', 'repeat-empty', 'repeat-page', 'repeat-new'] as const) {
      const simulator = simulated({ rowsByStream: { job_events: 0 }, eventEnd });
      const { rows, event_token } = await get(simulator, '/jobs/events');
      expect(rows).to.deep.equal([]);
      simulator.add('jobs');
      expect((await get(simulator, '/jobs/events', { event_token })).rows).to.have.length(1);
    }
  });

  it('may be all there is without a token: a 422 that says so', async () => {
    const simulator = simulated({ eventStart: 'refuse' });
    const { status, body } = await get(simulator, '/jobs/events');
    expect([status, body]).to.deep.equal([422, { status: 422, error: 'event_token is missing' }]);
    const token = (await get(simulated(), '/jobs/events')).event_token;
    expect((await get(simulator, '/jobs/events', { event_token: token })).status).to.equal(200);
  });
});

describe('tokens of the simulator', () => {
  it('look like those of Rails, with all that has to be encoded in a URL', async () => {
    const simulator = simulated();
    const { next_batch = '', refresh_token = '' } = await get(simulator, '/jobs');
    const { event_token = '' } = await get(simulator, '/jobs/events');
    const all = [next_batch, refresh_token, event_token];
    for (const token of all) expect(token).to.match(/^[A-Za-z0-9+/]+=*--[0-9a-f]{64}$/);
    for (const sign of ['=', '+', '/']) expect(all.join('')).to.include(sign);
    const payload: unknown = JSON.parse(Buffer.from(event_token.split('--')[0] ?? '', 'base64').toString());
    expect(payload).to.deep.equal({ event_id: 90_000_198, page_size: 100, path: '/open/v1/jobs/events' });
  });

  it('are bound to their path, their kind and their signature', async () => {
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
    expect(answers[0]?.body).to.deep.equal({ status: 422, error: 'next_batch is invalid or has expired' });
    expect(answers[1]?.body).to.deep.equal({ status: 422, error: 'refresh_token is invalid or has expired' });
    expect((await get(simulator, '/jobs', { next_batch: '', refresh_token: '' })).status).to.equal(200);
  });

  it('go stale by kind when told to, and are answered as was said', async () => {
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
      return { next_batch, refresh_token, event_token: (await get(simulator, '/jobs/events')).event_token };
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
