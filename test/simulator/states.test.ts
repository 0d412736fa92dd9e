import { expect } from 'chai';
import type { EventDefect, Simulator } from '#src/simulator/simulator.js';
import { EVENT_DEFECTS } from '#src/simulator/data/bad-events.js';
import { follow, get, held, idAt, idsOf, isRow, simulated, walk, type Row } from './client.js';

const FEEDS = {
  jobs: 'job_events',
  work_orders: 'work_order_events',
  work_order_statuses: 'work_order_status_events',
};
const STATUSES = 'work_order_statuses';

function statusOf(event: Row): Row {
  return isRow(event['status']) ? event['status'] : {};
}

/** The events of each status, in order. */
function stories(simulator: Simulator): Map<unknown, Row[]> {
  const byId = new Map<unknown, Row[]>();
  for (const event of held(simulator, FEEDS.work_order_statuses)) {
    const { id } = statusOf(event);
    byId.set(id, [...(byId.get(id) ?? []), event]);
  }
  return byId;
}

/** Removes and restores some rows, and lets others change. */
function live(simulator: Simulator): void {
  const ids = held(simulator, 'work_orders').map((row) => Number(row['id']));
  const [one, two, three] = [ids[3]!, ids[40]!, ids[100]!];
  const [status = 0] = statusesOf(simulator, two);
  simulator.remove(STATUSES, status);
  for (const id of [one, two, three]) simulator.remove('work_orders', id);
  simulator.restore('work_orders', two);
  simulator.restore('work_orders', three, {}, { rowOnly: true });
  simulator.remove('jobs', idAt(simulator, 'jobs', 8));
  simulator.evolve(300);
}

/** The ids of a work order's statuses. */
function statusesOf(simulator: Simulator, workOrder: number): number[] {
  return held(simulator, STATUSES)
    .filter((row) => row['work_order_id'] === workOrder)
    .map((row) => Number(row['id']));
}

describe('the events of a status', () => {
  for (const ugly of [true, false]) {
    it(`tell one story: created, toggled, sometimes removed (ugly: ${ugly})`, () => {
      const simulator = simulated({ ugly });
      live(simulator);
      const ends = new Map<unknown, number>();
      for (const story of stories(simulator).values()) {
        let before: Row | undefined;
        for (const [place, event] of story.entries()) {
          const [kind, after] = [event['event'], statusOf(event)];
          // The first event of a status that is older than the feed can be an update.
          if (kind === 'create' || place > 0)
            expect(kind === 'create').to.equal(before === undefined);
          if (kind === 'update') {
            const toggled = [before?.['status'] ?? !after['status'], after['status']];
            expect(event['changes']).to.deep.equal({ status: toggled });
            expect(toggled[0]).to.equal(!toggled[1]);
          } else {
            expect(event).not.to.have.property('changes');
          }
          if (kind === 'destroy' && before) expect(after['status']).to.equal(before['status']);
          if (before) expect(after['work_order_id']).to.equal(before['work_order_id']);
          before = kind === 'destroy' ? undefined : after;
        }
        const end = story.at(-1)?.['event'];
        ends.set(end, (ends.get(end) ?? 0) + 1);
      }
      expect(ends.get('destroy')).to.be.within(8, 80);
      expect(ends.get('update')).to.be.greaterThan(100);
    });
  }

  it('can cover all statuses', () => {
    const simulator = simulated({ rows: 50, rowsByStream: { work_order_status_events: 450 } });
    const told = [...simulator.states(STATUSES)].filter(([, state]) => state.deletedAt === null);
    const ids = told.map(([id]) => id).toSorted((one, other) => one - other);
    expect(ids).to.deep.equal(held(simulator, STATUSES).map((row) => row['id']));
  });

  it('end with those of the work order, and go on when it is restored', async () => {
    const simulator = simulated();
    const id = idAt(simulator, 'work_orders', 6);
    const [first = 0, ...others] = statusesOf(simulator, id);
    const end = (await follow(simulator, '/work_order_statuses/events')).at(-1)?.event_token;
    simulator.remove(STATUSES, first);
    simulator.remove('work_orders', id);
    expect(statusesOf(simulator, id)).to.deep.equal([]);
    const path = `/work_orders/${id}/statuses`;
    expect((await get(simulator, path)).rows).to.deep.equal([]);
    simulator.restore('work_orders', id);
    expect(idsOf(await walk(simulator, path))).to.deep.equal(others);
    const events = (await follow(simulator, '/work_order_statuses/events', end)).flatMap(
      ({ rows }) => rows,
    );
    expect(events.map((event) => [event['event'], statusOf(event)['id']])).to.deep.equal([
      ['destroy', first],
      ...others.map((other) => ['destroy', other]),
      ...others.map((other) => ['create', other]),
    ]);
    const [removal, restoration] = held(simulator, 'work_order_events').slice(-2);
    expect(String(events[3]?.['created_at']) < String(removal?.['created_at'])).to.equal(true);
    expect(String(events[4]?.['created_at']) > String(restoration?.['created_at'])).to.equal(true);
  });

  it('leave out a status that came back before its work order', () => {
    const simulator = simulated();
    const id = idAt(simulator, 'work_orders', 6);
    const [first = 0] = statusesOf(simulator, id);
    simulator.remove('work_orders', id);
    simulator.restore(STATUSES, first, { status: true });
    simulator.restore('work_orders', id);
    expect(statusesOf(simulator, id)).to.have.length(4);
    expect(simulator.states(STATUSES).get(first)?.row).to.include({ status: true });
  });

  it('follow changes as for lists: a status is added, changed and removed by its id', () => {
    const simulator = simulated({ now: () => Date.UTC(2031, 0, 1, 12) });
    const workOrder = idAt(simulator, 'work_orders', 0);
    const id = simulator.add(STATUSES, { work_order_id: workOrder, status: false });
    simulator.change(STATUSES, id, { status: true });
    const row = { id, status: true, updated_at: '2031-01-01T06:00:00.001-06:00' };
    expect(held(simulator, STATUSES).at(-1)).to.include(row);
    expect(simulator.states(STATUSES).get(id)?.row).to.include(row);
    simulator.remove(STATUSES, id);
    expect(simulator.states(STATUSES).get(id)?.deletedAt).to.equal('2031-01-01T06:00:00.002-06:00');
  });
});

describe('states', () => {
  for (const [list, feed] of Object.entries(FEEDS)) {
    it(`${list}: are the rows of the list, and those that were removed`, () => {
      const simulator = simulated({ ugly: false });
      live(simulator);
      const rows = new Map(held(simulator, list).map((row) => [row['id'], row]));
      let removed = 0;
      for (const [id, { row, deletedAt }] of simulator.states(list)) {
        if (deletedAt === null) expect(row).to.deep.equal(rows.get(id));
        else removed += 1;
        if (deletedAt !== null) expect(rows.has(id)).to.equal(false);
      }
      const times = held(simulator, feed)
        .filter((event) => event['event'] === 'destroy')
        .map((event) => event['created_at']);
      expect(removed).to.be.greaterThan(4);
      for (const { deletedAt } of simulator.states(list).values())
        if (deletedAt !== null) expect(times).to.include(deletedAt);
    });
  }

  it('of schedules are those of work orders', () => {
    const simulator = simulated();
    expect(simulator.states('schedules')).to.deep.equal(simulator.states('work_orders'));
  });

  it('are known for lists with a feed', () => {
    const simulator = simulated();
    const message = 'The list "cities" has no feed; take one that a feed is about.';
    expect(() => simulator.states('cities')).to.throw(RangeError, message);
    expect(() => simulator.states('dogs')).to.throw(RangeError, 'no list "dogs"');
  });
});

describe('events that are appended', () => {
  it('are sent with an id, an author and a time, unless they have their own', async () => {
    const simulator = simulated({ now: () => Date.UTC(2031, 0, 1, 12), pageSize: 400 });
    const states = simulator.states('jobs');
    const before = held(simulator, 'job_events').length;
    simulator.appendEvent('job_events', { event: 'archive', job: { id: 5 } });
    simulator.appendEvent('job_events', { id: undefined, created_at: null });
    for (const event of [null, 'Event 7', ['x']]) simulator.appendEvent('job_events', event);
    const pages = await follow(simulator, '/jobs/events');
    const all: unknown[] = pages.flatMap(({ body }) => body['events']);
    const [first, second, ...others] = all.slice(before);
    const created_at = '2031-01-01T06:00:00.000-06:00';
    expect(first).to.include({ event: 'archive', created_at }).and.to.have.any.keys('author');
    expect(first).to.have.property('job').that.deep.equals({ id: 5 });
    expect(first).to.have.property('id').that.is.a('number');
    expect(second).to.include({ event: 'update', created_at: null }).and.not.to.have.any.keys('id');
    expect(others).to.deep.equal([null, 'Event 7', ['x']]);
    expect(simulator.states('jobs')).to.deep.equal(states);
    expect(() => simulator.appendEvent('jobs', {})).to.throw(RangeError, 'no feed "jobs"');
  });

  it('can have a defect each, about a row that stays', () => {
    const simulator = simulated();
    const id = idAt(simulator, 'jobs', 4);
    const [row, states] = [held(simulator, 'jobs')[4], simulator.states('jobs')];
    const sent = new Map<EventDefect, Row>();
    for (const defect of EVENT_DEFECTS) {
      simulator.appendBadEvent('jobs', id, defect);
      sent.set(defect, held(simulator, 'job_events').at(-1)!);
    }
    expect(held(simulator, 'jobs')[4]).to.deep.equal(row);
    expect(simulator.states('jobs')).to.deep.equal(states);
    const { id: _, ...keyless } = row!;
    expect(sent.get('no-key')).to.include({ event: 'destroy' });
    expect(sent.get('no-key')?.['job']).to.deep.equal(keyless);
    expect(sent.get('text-key')?.['job']).to.deep.equal({ ...row, id: 'x' });
    expect(sent.get('text-snapshot')).to.include({ event: 'destroy', job: 'Row 12' });
    expect(sent.get('no-snapshot')).to.include({ event: 'destroy' });
    expect(sent.get('no-snapshot')).not.to.have.property('job');
    expect(sent.get('bad-cell')?.['job']).to.deep.equal({ ...row, updated_at: '0000-00-00' });
    expect(sent.get('unknown-kind')).to.include({ event: 'archive' });
    expect(sent.get('bad-time')).to.include({ event: 'destroy', created_at: 'soon' });
    expect(sent.get('bad-time')?.['job']).to.deep.equal(row);
    expect(new Set([...sent.values()].map((event) => event['id'])).size).to.equal(7);
  });

  it('need a row and a feed', () => {
    const simulator = simulated();
    const append = (stream: string, id: number) => () =>
      simulator.appendBadEvent(stream, id, 'no-key');
    expect(append('jobs', 5)).to.throw(RangeError, 'no row 5');
    expect(append('cities', idAt(simulator, 'cities', 0))).to.throw(RangeError, 'has no feed');
    expect(append('dogs', 5)).to.throw(RangeError, 'no list "dogs"');
  });
});
