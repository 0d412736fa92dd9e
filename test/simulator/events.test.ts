import { expect } from 'chai';
import { STREAMS, type StreamDef } from '#src/streams.js';
import { follow, get, held, idAt, isRow, type Row, simulated } from './client.js';

const FEEDS = STREAMS.filter(({ paging }) => paging === 'events');

/** The lists that feeds are about. Other feeds are generated; see generated.test.ts. */
const LISTS = {
  job_events: 'jobs',
  work_order_events: 'work_orders',
  work_order_status_events: 'work_order_statuses',
};

/** Returns the cells that form the key of an event. */
function keyOf(stream: StreamDef, event: Row): string {
  const [prefix = ''] = Object.values(stream.flatten);
  const parts = stream.eventIdParts ?? [];
  return parts
    .map((part) =>
      part.startsWith(prefix) ? snapshotOf(event)[part.slice(prefix.length)] : event[part],
    )
    .join('_');
}

function snapshotOf(event: Row): Row {
  const [, row] =
    Object.entries(event).find(([key, value]) => key !== 'changes' && isRow(value)) ?? [];
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
      const keys = events.map((event) => keyOf(stream, event));
      expect(new Set(keys).size).to.equal(events.length);
    });
  }

  for (const [feed, list] of Object.entries(LISTS)) {
    it(`${feed}: tells lives from creation to the row as it is, or to its end`, () => {
      const simulator = simulated({ ugly: false });
      simulator.evolve(100);
      const rows = new Map(held(simulator, list).map((row) => [row['id'], row]));
      let destroyed = 0;
      for (const life of lives(held(simulator, feed))) {
        const last = life.at(-1)!;
        const now = rows.get(snapshotOf(last)['id']);
        if (last['event'] === 'destroy') destroyed += 1;
        expect(now).to.deep.equal(last['event'] === 'destroy' ? undefined : snapshotOf(last));
        for (const [at, event] of life.entries()) {
          const kind = event['event'];
          if (kind === 'create' || kind === 'destroy')
            expect(at).to.equal(kind === 'create' ? 0 : life.length - 1);
          if (kind === 'destroy' && at > 0)
            expect(snapshotOf(event)).to.deep.equal(snapshotOf(life[at - 1]!));
          expect('changes' in event).to.equal(kind === 'update');
        }
      }
      expect(destroyed).to.be.greaterThan(0);
    });
  }

  it('have in `changes` what the snapshots show', () => {
    const events = held(
      simulated({ ugly: false, rowsByStream: { job_events: 2_500 } }),
      'job_events',
    );
    for (const life of lives(events)) {
      for (const [at, event] of life.entries()) {
        for (const [column, change] of Object.entries(
          isRow(event['changes']) ? event['changes'] : {},
        )) {
          const before = life[at - 1] ? snapshotOf(life[at - 1]!)[column] : undefined;
          expect(change).to.deep.equal([before, snapshotOf(event)[column]]);
          expect(before).not.to.equal(snapshotOf(event)[column]);
        }
      }
    }
  });

  it('leave ids out of some work-order events, and authors out of some', () => {
    const simulator = simulated();
    expect(held(simulator, 'work_order_events').filter((event) => !('id' in event))).to.have.length(
      250,
    );
    expect(held(simulator, 'job_events').filter((event) => !('id' in event))).to.have.length(0);
    expect(held(simulator, 'job_events').some((event) => event['author'] === null)).to.equal(true);
  });

  it('can be malformed like rows', () => {
    const spoilt = [...simulated({ malformed: 1 }).rows('work_order_events')];
    for (const event of spoilt)
      expect(isRow(event) ? (event['event'] ?? null) : null).to.equal(null);
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

  it('have as many events as the options say, even of one row', () => {
    for (const [events, rows] of [
      [0, 5],
      [1, 5],
      [7, 1],
      [40, 0],
      [333, 60],
    ] as const) {
      const told = held(
        simulated({ ugly: false, rowsByStream: { job_events: events, jobs: rows } }),
        'job_events',
      );
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
    expect(
      (await get(simulator, '/jobs/events', { event_token: pages[3]?.event_token })).rows,
    ).to.have.length(1);
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
      const got = await get(
        simulator,
        '/jobs/events',
        sent === undefined ? {} : { event_token: sent },
      );
      pages.push(got);
      sent = got.event_token;
    }
    expect(pages.map(({ rows }) => rows.length)).to.deep.equal([10, 10, 5, 5, 5]);
    expect(pages[4]?.rows).to.deep.equal(pages[2]?.rows);
    expect(pages[4]?.event_token).to.equal(pages[2]?.event_token);
    const other = await get(simulated({ ...options, eventEnd: 'repeat-page' }), '/jobs/events', {
      event_token: sent,
    });
    expect(other.rows).to.have.length(10);
  });

  it('can be new events under the token that was sent', async () => {
    const simulator = simulated({ ...options, eventEnd: 'repeat-new' });
    const first = await get(simulator, '/jobs/events');
    const second = await get(simulator, '/jobs/events', { event_token: first.event_token });
    const third = await get(simulator, '/jobs/events', { event_token: second.event_token });
    expect([third.rows.length, third.event_token]).to.deep.equal([5, second.event_token]);
    simulator.add('jobs');
    expect(
      (await get(simulator, '/jobs/events', { event_token: third.event_token })).rows,
    ).to.have.length(6);
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
