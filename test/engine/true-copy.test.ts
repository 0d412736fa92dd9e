import { expect } from 'chai';
import { discover } from '#src/catalog/discover.js';
import { EVENT_DEFECTS } from '#src/simulator/data/bad-events.js';
import type { Simulator } from '#src/simulator/simulator.js';
import { idAt, simulated } from '../simulator/client.js';
import { NOW, useApi } from '../support/api.js';
import type { Row } from '../support/messages.js';
import { outcomesOf, syncOnce, type Ran } from '../support/run.js';

const JOBS = ['jobs', 'job_events'];
const MINUTE = 60_000;

/** A simulator with a clock that the test moves. */
function tenant(options = {}): { simulator: Simulator; wait: (minutes: number) => void } {
  let time = NOW;
  const simulator = simulated({
    rows: 8,
    pageSize: 5,
    ugly: false,
    now: () => time,
    ...options,
  });
  return { simulator, wait: (minutes) => (time += minutes * MINUTE) };
}

/** What of a row the tests look at. */
function briefly({ id, notes, deleted_at }: Row): unknown[] {
  return [id, notes, deleted_at];
}

function callsOf(simulator: Simulator): number {
  return simulator.calls.length;
}

/** A catalog with a change to the metadata of the columns with a name. */
function catalogWith(column: string, isSelected: boolean): unknown {
  const { streams } = discover();
  for (const { metadata } of streams) {
    for (const { breadcrumb, metadata: ofColumn } of metadata)
      if (breadcrumb[1] === column) ofColumn['selected'] = isSelected;
  }
  return { streams };
}

describe('a feed keeps its lists', () => {
  useApi();

  it('marks a deleted row, unmarks it when it comes back, and brings a changed one', async () => {
    const { simulator, wait } = tenant();
    const id = idAt(simulator, 'jobs', 3);
    const first = await syncOnce({ simulator, streams: JOBS });
    expect(first.records('jobs').every(({ deleted_at }) => deleted_at === null)).to.equal(true);
    wait(60);
    simulator.change('jobs', id, { notes: 'last words' });
    wait(1);
    simulator.remove('jobs', id);
    const deleted = await syncOnce({ simulator, streams: JOBS, state: first.state });
    expect(
      deleted
        .records('jobs')
        .map((row) => briefly(row))
        .at(-1),
    ).to.deep.equal([id, 'last words', new Date(NOW + 61 * MINUTE).toISOString()]);
    expect(deleted.report.streams[0]).to.include({ stream: 'jobs', deleted: 1 });
    wait(60);
    simulator.restore('jobs', id);
    const restored = await syncOnce({ simulator, streams: JOBS, state: deleted.state });
    expect(restored.records('jobs').map((row) => briefly(row))).to.deep.equal([
      [id, 'last words', null],
    ]);
    expect(restored.report.streams[0]).to.include({ deleted: 0 });
  });

  it('marks nothing in a first load, also if the feed has a bookmark already', async () => {
    const { simulator, wait } = tenant();
    const feed = await syncOnce({ simulator, streams: ['job_events'] });
    simulator.remove('jobs', idAt(simulator, 'jobs', 0));
    wait(60);
    const first = await syncOnce({ simulator, streams: JOBS, state: feed.state });
    expect(first.records('jobs')).to.have.length(7);
    expect(first.report.streams[0]).to.include({ stream: 'jobs', deleted: 0 });
  });

  it('costs no call: neither in a full run nor in an idle one', async () => {
    const counts = [];
    for (const isOn of [false, true]) {
      const { simulator, wait } = tenant();
      const catalog = catalogWith('deleted_at', isOn);
      const streams = isOn ? undefined : simulatedStreams();
      const options = { simulator, catalog, ...(streams && { streams }) };
      const first = await syncOnce(options);
      const full = callsOf(simulator);
      wait(60);
      await syncOnce({ ...options, state: first.state });
      counts.push([full, callsOf(simulator) - full]);
    }
    expect(counts[1]).to.deep.equal(counts[0]);
    expect(counts[1]?.[1]).to.equal(21);
  });

  it('catches up after a run without the feed, and then costs no call again', async () => {
    const { simulator, wait } = tenant();
    const first = await syncOnce({ simulator, streams: JOBS });
    wait(60);
    const id = idAt(simulator, 'jobs', 2);
    simulator.remove('jobs', id);
    const feed = await syncOnce({ simulator, streams: ['job_events'], state: first.state });
    const both = await syncOnce({ simulator, streams: JOBS, state: feed.state });
    expect(both.records('jobs').map((row) => row['id'])).to.deep.equal([id]);
    const calls = callsOf(simulator);
    const idle = await syncOnce({ simulator, streams: JOBS, state: both.state });
    expect(callsOf(simulator) - calls).to.equal(2);
    expect(idle.records('jobs')).to.deep.equal([]);
  });

  it('catches up with one walk for lists at the same position', async () => {
    const { simulator, wait } = tenant();
    const streams = ['schedules', 'work_orders', 'work_order_events'];
    const first = await syncOnce({ simulator, streams });
    wait(60);
    const id = idAt(simulator, 'schedules', 1);
    simulator.remove('work_orders', id);
    const feed = await syncOnce({ simulator, streams: ['work_order_events'], state: first.state });
    const calls = callsOf(simulator);
    const both = await syncOnce({ simulator, streams, state: feed.state });
    for (const stream of ['schedules', 'work_orders'])
      expect(
        both.records(stream).map((row) => row['id']),
        stream,
      ).to.deep.equal([id]);
    // Two lists, the end of the feed, and a page of the feed with its end for both lists.
    expect(callsOf(simulator) - calls).to.equal(5);
  });

  it('leaves the list as it is if the feed is forbidden, and catches up later', async () => {
    const { simulator, wait } = tenant();
    const first = await syncOnce({ simulator, streams: JOBS });
    wait(60);
    simulator.remove('jobs', idAt(simulator, 'jobs', 2));
    simulator.fault({ kind: 'status', status: 403, stream: 'job_events', times: Infinity });
    const forbidden = await syncOnce({ simulator, streams: JOBS, state: first.state });
    expect(outcomesOf(forbidden)).to.deep.equal({ job_events: 'failed' });
    expect(forbidden.records('jobs')).to.deep.equal([]);
    simulator.clearFaults();
    const later = await syncOnce({ simulator, streams: JOBS, state: forbidden.state });
    expect(later.report.streams[0]).to.include({ stream: 'jobs', deleted: 1 });
  });

  it('is off without the column: no further row, and no position in the bookmark', async () => {
    const { simulator, wait } = tenant();
    const options = { simulator, streams: JOBS, catalog: catalogWith('deleted_at', false) };
    const first = await syncOnce(options);
    expect(first.records('jobs')[0]).not.to.have.property('deleted_at');
    wait(60);
    simulator.remove('jobs', idAt(simulator, 'jobs', 2));
    const second = await syncOnce({ ...options, state: first.state });
    expect(second.records('jobs')).to.deep.equal([]);
    expect(second.state.bookmarks['jobs']).to.have.all.keys('refresh_token');
  });

  it('fills _sdc_deleted_at too, if it is selected', async () => {
    const { simulator, wait } = tenant();
    const options = { simulator, streams: JOBS, catalog: catalogWith('_sdc_deleted_at', true) };
    const first = await syncOnce(options);
    wait(60);
    simulator.remove('jobs', idAt(simulator, 'jobs', 2));
    const [row] = (await syncOnce({ ...options, state: first.state })).records('jobs');
    expect(row?.['deleted_at']).to.equal(new Date(NOW + 60 * MINUTE).toISOString());
    expect(row?.['_sdc_deleted_at']).to.equal(row?.['deleted_at']);
  });

  it('fails a list whose position is stale, and says how to accept the gap', async () => {
    const { simulator, wait } = tenant();
    const first = await syncOnce({ simulator, streams: JOBS });
    const { state: later } = await syncOnce({ simulator, streams: ['job_events'] });
    wait(60);
    const state = {
      bookmarks: {
        jobs: { ...first.state.bookmarks['jobs'], events_token: 'stale' },
        job_events: later.bookmarks['job_events'],
      },
    };
    const stale = await syncOnce({ simulator, streams: JOBS, state });
    expect(outcomesOf(stale)).to.deep.equal({ jobs: 'failed' });
    expect(stale.said.join('\n')).to.match(
      /ERROR jobs: the API no longer accepts its position in job_events \(HTTP 422\).*--full-refresh job_events/,
    );
    const accepted = await syncOnce({
      simulator,
      streams: JOBS,
      state: stale.state,
      fullRefresh: ['job_events'],
    });
    expect(outcomesOf(accepted)).to.deep.equal({});
  });

  for (const defect of EVENT_DEFECTS) {
    it(`never marks a row by a malformed event: ${defect}`, async () => {
      const { simulator, wait } = tenant();
      const first = await syncOnce({ simulator, streams: JOBS });
      wait(60);
      const id = idAt(simulator, 'jobs', 1);
      simulator.appendBadEvent('jobs', id, defect);
      const ran = await syncOnce({ simulator, streams: JOBS, state: first.state });
      expect(ran.report.streams.find(({ stream }) => stream === 'jobs')).to.include({ deleted: 0 });
      expect(outcomesOf(ran)).to.deep.equal({});
      expect(ran.rejected.map(({ stream }) => stream)).to.include('jobs');
      expect(ran.said.join('\n')).to.include('WARN jobs: row ');
    });
  }
});

describe('work_order_statuses', () => {
  useApi();

  /** The status that the last record of a run says, by id. */
  function statusesOf(ran: Ran): Map<unknown, unknown> {
    return new Map(
      ran
        .records('work_order_statuses')
        .map(({ id, status, deleted_at }) => [id, deleted_at === null ? status : 'deleted']),
    );
  }

  it('has each status in its latest state, with its feed and without', async () => {
    const { simulator } = tenant({ rowsByStream: { work_order_status_events: 72 } });
    const states = simulator.states('work_order_statuses');
    const expected = new Map(
      [...states].map(([id, { row, deletedAt }]) => [
        id,
        deletedAt === null ? row['status'] : 'deleted',
      ]),
    );
    const both = await syncOnce({
      simulator,
      streams: ['work_order_statuses', 'work_order_status_events'],
    });
    const calls = callsOf(simulator);
    const alone = await syncOnce({ simulator, streams: ['work_order_statuses'] });
    expect(callsOf(simulator) - calls).to.equal(calls);
    for (const ran of [both, alone]) {
      expect(outcomesOf(ran)).to.deep.equal({});
      expect([...statusesOf(ran)]).to.have.deep.members([...expected]);
    }
    expect(alone.report.streams[0]).to.include({ mode: 'full', outcome: 'complete' });
  });

  it('follows a change and a deletion', async () => {
    const { simulator, wait } = tenant({ rowsByStream: { work_order_status_events: 72 } });
    const streams = ['work_order_statuses', 'work_order_status_events'];
    const first = await syncOnce({ simulator, streams });
    wait(60);
    const [one, other] = [0, 1].map((place) => idAt(simulator, 'work_order_statuses', place));
    simulator.change('work_order_statuses', one!, { status: true });
    simulator.change('work_order_statuses', one!, { status: false });
    simulator.remove('work_order_statuses', other!);
    const second = await syncOnce({ simulator, streams, state: first.state });
    expect([...statusesOf(second)]).to.deep.equal([
      [one, false],
      [other, 'deleted'],
    ]);
  });
});

/** The streams that the API provides. */
function simulatedStreams(): string[] {
  const names = discover().streams.map(({ stream }) => stream);
  return names.filter((name) => name !== 'work_order_statuses');
}

describe('a long walk of a feed', () => {
  useApi();

  it('is logged once in 100 pages, with the time of its last event', async () => {
    const { simulator } = tenant({ pageSize: 1, rowsByStream: { job_events: 205 } });
    const { said } = await syncOnce({ simulator, streams: ['job_events'] });
    const lines = said.filter((line) => line.includes('pages of events read'));
    expect(lines).to.have.length(2);
    expect(lines[1]).to.match(/^INFO job_events: 200 pages of events read, up to \d{4}-\d\d-\d\dT/);
  });
});
