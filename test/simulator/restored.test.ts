import { expect } from 'chai';
import type { Simulator } from '#src/simulator/simulator.js';
import { follow, held, idAt, idsOf, isRow, type Row, simulated, walk } from './client.js';

const NOON = Date.UTC(2031, 0, 1, 12);

/** Returns the events of a feed after the first `from`: their kind, row id and time. */
function eventsAfter(simulator: Simulator, feed: string, from: number): unknown[] {
  return held(simulator, feed)
    .slice(from)
    .map((event) => [event['event'], snapshotOf(event)['id'], event['created_at']]);
}

function snapshotOf(event: Row): Row {
  const row = event['job'] ?? event['work_order'] ?? event['status'];
  if (!isRow(row)) throw new Error('An event has no snapshot.');
  return row;
}

describe('a removed row', () => {
  it('is in its `destroy` event as it last was, at the time of the server', () => {
    const simulator = simulated({ now: () => NOON });
    const [id, count] = [idAt(simulator, 'jobs', 3), held(simulator, 'job_events').length];
    simulator.change('jobs', id, { notes: 'the last word' });
    const last = held(simulator, 'jobs')[3];
    simulator.remove('jobs', id);
    const event = held(simulator, 'job_events')[count + 1];
    expect(event).to.include({ event: 'destroy', created_at: '2031-01-01T06:00:00.001-06:00' });
    expect(event?.['job']).to.deep.equal(last);
  });

  it('comes back under its id, in its place, with a `create` event and a new version', async () => {
    const simulator = simulated({ now: () => NOON });
    const before = held(simulator, 'jobs');
    const [id, count] = [idAt(simulator, 'jobs', 3), held(simulator, 'job_events').length];
    const [first] = await walk(simulator, '/jobs');
    simulator.remove('jobs', id);
    expect(held(simulator, 'jobs')).to.have.length(before.length - 1);
    simulator.restore('jobs', id, { notes: 'back' });
    const restored = held(simulator, 'jobs')[3];
    expect(restored).to.deep.equal({
      ...before[3],
      notes: 'back',
      updated_at: '2031-01-01T06:00:00.001-06:00',
      etag: restored?.['etag'],
    });
    expect(restored?.['etag']).not.to.equal(before[3]?.['etag']);
    expect(snapshotOf(held(simulator, 'job_events').at(-1)!)).to.deep.equal(restored);
    expect(eventsAfter(simulator, 'job_events', count)).to.deep.equal([
      ['destroy', id, '2031-01-01T06:00:00.000-06:00'],
      ['create', id, '2031-01-01T06:00:00.001-06:00'],
    ]);
    const { refresh_token } = first!;
    expect(idsOf(await walk(simulator, '/jobs', { refresh_token }))).to.deep.equal([id]);
    simulator.remove('jobs', id);
    expect(idsOf(await walk(simulator, '/jobs', { refresh_token }))).to.deep.equal([]);
  });

  it('can be one that was added', () => {
    const simulator = simulated();
    const id = simulator.add('contracts', { total: 5 });
    simulator.remove('contracts', id);
    simulator.restore('contracts', id);
    expect(held(simulator, 'contracts').at(-1)).to.include({ id, total: 5 });
  });

  it('is the only one that can be restored', () => {
    const simulator = simulated();
    const id = idAt(simulator, 'jobs', 0);
    for (const other of [id, 12]) {
      expect(() => simulator.restore('jobs', other)).to.throw(
        RangeError,
        `Stream jobs has no removed row ${other}; take an id that was removed.`,
      );
    }
    expect(() => simulator.restore('dogs', id)).to.throw(RangeError, 'no list "dogs"');
  });
});

describe('work orders and schedules', () => {
  it('are the same rows by id: removed and restored in both lists, with one event', () => {
    for (const list of ['work_orders', 'schedules']) {
      const simulator = simulated();
      const [id, count] = [
        idAt(simulator, 'schedules', 5),
        held(simulator, 'work_order_events').length,
      ];
      expect(idAt(simulator, 'work_orders', 5)).to.equal(id);
      simulator.remove(list, id);
      for (const one of ['work_orders', 'schedules'])
        expect(idAt(simulator, one, 5)).not.to.equal(id);
      simulator.restore(list, id, { notes: 'back' });
      expect(held(simulator, 'schedules')[5]).to.include({ id, notes: 'back' });
      expect(held(simulator, 'work_orders')[5]).to.deep.equal(held(simulator, 'schedules')[5]);
      const events = held(simulator, 'work_order_events').slice(count);
      expect(events.map(({ event }) => event)).to.deep.equal(['destroy', 'create']);
    }
  });

  it('may come back only as a work order, and as a schedule later', () => {
    const simulator = simulated();
    const id = idAt(simulator, 'schedules', 5);
    simulator.remove('work_orders', id);
    simulator.restore('work_orders', id, {}, { rowOnly: true });
    expect(idAt(simulator, 'work_orders', 5)).to.equal(id);
    expect(idAt(simulator, 'schedules', 5)).not.to.equal(id);
    const statuses = held(simulator, 'work_order_statuses');
    expect(statuses.filter((row) => row['work_order_id'] === id)).to.deep.equal([]);
    simulator.change('work_orders', id, { notes: 'no schedule' });
    simulator.restore('schedules', id, { notes: 'planned' });
    expect(held(simulator, 'schedules')[5]).to.include({ id, notes: 'planned' });
    expect(held(simulator, 'work_orders')[5]).to.deep.equal(held(simulator, 'schedules')[5]);
    expect(held(simulator, 'work_order_events').at(-1)?.['event']).to.equal('update');
  });

  it('a work order that never was a schedule does not come back as one', () => {
    const simulator = simulated();
    const id = idAt(simulator, 'work_orders', 200);
    simulator.remove('work_orders', id);
    simulator.restore('work_orders', id);
    expect(idAt(simulator, 'work_orders', 200)).to.equal(id);
    expect(held(simulator, 'schedules')).to.have.length(125);
  });

  it('a new schedule is the next work order that was not one', () => {
    const simulator = simulated({ rows: 4, rowsByStream: { schedules: 1 } });
    const ids = held(simulator, 'work_orders').map((row) => Number(row['id']));
    simulator.remove('work_orders', ids[1]!);
    expect(simulator.add('schedules', { notes: 'planned' })).to.equal(ids[2]);
    expect(held(simulator, 'work_order_events').at(-1)?.['event']).to.equal('update');
    expect(held(simulator, 'schedules')).to.deep.equal([
      held(simulator, 'work_orders')[0],
      held(simulator, 'work_orders')[1],
    ]);
    simulator.restore('work_orders', ids[1]!);
    simulator.change('work_orders', ids[1]!, { notes: 'no schedule' });
    expect(held(simulator, 'schedules').map((row) => row['id'])).to.deep.equal([ids[0], ids[2]]);
    expect(simulator.add('schedules')).to.equal(ids[3]);
    const both = simulator.add('schedules');
    expect(held(simulator, 'work_orders').at(-1)).to.include({ id: both });
    expect(held(simulator, 'schedules').at(-1)).to.include({ id: both });
    expect(held(simulator, 'work_order_events').at(-1)?.['event']).to.equal('create');
  });
});

describe('the clock of the simulator', () => {
  it('is in the Date header of every response, and not before the last event', async () => {
    const simulator = simulated({ now: () => 0 });
    const get = async (): Promise<number> => {
      const response = await simulator.fetch(new Request('https://bolt.test/open/v1/jobs'));
      return Date.parse(response.headers.get('date') ?? '');
    };
    expect(await get()).to.equal(Date.UTC(2025, 0, 6, 14));
    for (let made = 0; made < 1_500; made++) simulator.add('cities');
    expect(await get()).to.equal(Date.UTC(2025, 0, 6, 14, 0, 1));
    simulator.remove('jobs', idAt(simulator, 'jobs', 0));
    const [event] = (await follow(simulator, '/jobs/events')).flatMap(({ rows }) => rows).slice(-1);
    expect(Date.parse(String(event?.['created_at'])) - (await get())).to.be.within(0, 999);
  });
});
