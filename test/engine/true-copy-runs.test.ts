// Short examples of what the property test of a true copy finds only in rare worlds.
import { expect } from 'chai';
import { discover } from '#src/catalog/discover.js';
import { StopError } from '#src/errors.js';
import { forget } from '#src/singer/state.js';
import { idAt, simulated } from '../simulator/client.js';
import { NOW, useApi } from '../support/api.js';
import { Sink, statesOf } from '../support/messages.js';
import { keptLog, optionsOf, syncOnce } from '../support/run.js';

const JOBS = ['jobs', 'job_events'];
const STATUSES = ['work_order_statuses'];
const MINUTE = 60_000;

function iso(minutes: number): string {
  return new Date(NOW + minutes * MINUTE).toISOString();
}

describe('a run with a kept list', () => {
  useApi();

  it('fetches all of the list before the first page of its feed', async () => {
    const asked: string[] = [];
    const simulator = simulated({ rows: 20, pageSize: 3 });
    await syncOnce({ simulator, streams: JOBS, onAsk: (stream) => asked.push(stream) });
    expect(asked.lastIndexOf('jobs')).to.be.below(asked.indexOf('job_events'));
  });

  it('writes the first position of the list ahead of its rows', async () => {
    const { messages } = await syncOnce({ simulator: simulated({ rows: 6 }), streams: JOBS });
    const first = messages.findIndex(({ type }) => type === 'RECORD');
    const state = statesOf(messages.slice(0, first)).at(-1);
    expect(state?.bookmarks['jobs']).to.have.all.keys('events_since');
  });

  it('leaves the position of a list that failed, although its feed is complete', async () => {
    let time = NOW;
    const simulator = simulated({ rows: 20, pageSize: 4, pages: 'frozen', now: () => time });
    simulator.fault({ kind: 'status', status: 403, stream: 'jobs', after: 1, times: Infinity });
    const id = idAt(simulator, 'jobs', 15);
    const options = { simulator, streams: JOBS };
    const cut = await syncOnce({
      ...options,
      // While the walk of jobs is under way; its pages still have the row.
      onAsk: (stream, query) => {
        if (stream !== 'jobs' || !('next_batch' in query)) return;
        time += MINUTE;
        simulator.remove('jobs', id);
      },
    });
    expect(cut.report.streams.map(({ outcome }) => outcome)).to.deep.equal(['failed', 'complete']);
    simulator.clearFaults();
    const rest = await syncOnce({ ...options, state: cut.state });
    const rows = rest.records('jobs').filter((row) => row['id'] === id);
    expect(rows.at(-1)?.['deleted_at']).to.equal(iso(1));
  });

  it('writes no events with max_records, and ends the events of a stream after them', async () => {
    const simulator = simulated({ rows: 9, pageSize: 3 });
    const first = await syncOnce({ simulator, streams: JOBS });
    simulator.remove('jobs', idAt(simulator, 'jobs', 1));
    const few = await syncOnce({ simulator, streams: JOBS, state: first.state, maxRecords: 5 });
    expect(few.records('jobs')).to.deep.equal([]);
    expect(few.state).to.deep.equal(first.state);
    for (const { before, after } of few.report.streams) expect(after).to.deep.equal(before);
    const calls = simulator.calls.length;
    const statuses = await syncOnce({ simulator, streams: STATUSES, maxRecords: 2 });
    expect(statuses.records('work_order_statuses')).to.have.length(2);
    expect(simulator.calls.length - calls).to.equal(1);
  });

  it('ends if the token is no longer accepted while a list catches up', async () => {
    const simulator = simulated({ rows: 9, now: () => NOW });
    const first = await syncOnce({ simulator, streams: JOBS });
    simulator.remove('jobs', idAt(simulator, 'jobs', 1));
    const feed = await syncOnce({ simulator, streams: ['job_events'], state: first.state });
    // The first call of the feed is for its own bookmark.
    simulator.fault({ kind: 'status', status: 401, stream: 'job_events', after: 1, times: 9 });
    const streams = [...JOBS, 'work_order_events'];
    const { report } = await syncOnce({ simulator, streams, state: feed.state, concurrency: 1 });
    expect(report.ended).to.include({ fault: 'unauthorized' });
  });

  it('leaves the page that arrives with a signal to the next run, also while it catches up', async () => {
    const simulator = simulated({ rows: 9, now: () => NOW });
    const first = await syncOnce({ simulator, streams: JOBS });
    simulator.remove('jobs', idAt(simulator, 'jobs', 1));
    const feed = await syncOnce({ simulator, streams: ['job_events'], state: first.state });
    const stop = new AbortController();
    const { get } = optionsOf({ simulator }, new Sink(), keptLog().log);
    const cut = await syncOnce({
      simulator,
      streams: JOBS,
      state: feed.state,
      stop,
      get: async (stream, path, query) => {
        const response = await get(stream, path, query);
        if (stream === 'jobs' && path === '/jobs/events') stop.abort(new StopError('enough'));
        return response;
      },
    });
    expect(stop.signal.aborted).to.equal(true);
    expect(cut.records('jobs')).to.deep.equal([]);
    const rest = await syncOnce({ simulator, streams: JOBS, state: cut.state });
    expect(rest.records('jobs')).to.have.length(1);
  });

  it('walks a feed once for each position that its lists have', async () => {
    const simulator = simulated({ rows: 9, now: () => NOW });
    const streams = ['schedules', 'work_orders', 'work_order_events'];
    const { state } = await syncOnce({ simulator, streams });
    const { work_orders, ...others } = state.bookmarks;
    const moved = { ...work_orders, events_page: '1-0' };
    const calls = simulator.calls.length;
    await syncOnce({ simulator, streams, state: { bookmarks: { ...others, work_orders: moved } } });
    const once = simulator.calls.length - calls;
    const schedules = { ...others['schedules'], events_page: '2-0' };
    const bookmarks = { ...others, schedules, work_orders: moved };
    await syncOnce({ simulator, streams, state: { bookmarks } });
    expect(simulator.calls.length - calls - once).to.equal(once + 1);
  });

  it('names the stream to refresh if the position is stale and the feed is not in the run', async () => {
    const simulator = simulated({ rows: 9 });
    const state = { bookmarks: { work_order_statuses: { events_token: 'stale' } } };
    const { said } = await syncOnce({ simulator, streams: STATUSES, state });
    expect(said.join('\n')).to.include('run with --full-refresh work_order_statuses');
  });

  it('does not write a deleted row if no column could say so', async () => {
    const catalog = discover();
    for (const { stream, metadata } of catalog.streams)
      for (const { breadcrumb, metadata: ofColumn } of metadata)
        if (stream === STATUSES[0] && breadcrumb[1] === 'deleted_at') ofColumn['selected'] = false;
    const simulator = simulated({ rows: 9, ugly: false });
    const options = { simulator, catalog, streams: STATUSES };
    const first = await syncOnce(options);
    expect(first.records('work_order_statuses')).not.to.have.length(0);
    simulator.remove('work_order_statuses', idAt(simulator, 'work_order_statuses', 0));
    const second = await syncOnce({ ...options, state: first.state });
    expect(second.report.streams[0]).to.include({ outcome: 'complete', rows: 0 });
  });
});

describe('--full-refresh of a feed', () => {
  it('keeps the time of the last event of its lists, with a margin, and no token', () => {
    const jobs = { refresh_token: 'r', events_token: 'e', events_page: 'p', events_at: iso(30) };
    const bookmarks = { jobs, job_events: { event_token: 'e' } };
    expect(forget({ bookmarks }, ['job_events']).bookmarks).to.deep.equal({
      jobs: { refresh_token: 'r', events_since: iso(20), events_at: iso(30) },
    });
  });

  it('keeps the time of the first walk of a list that has taken no event', () => {
    const jobs = { refresh_token: 'r', events_token: 'e', events_since: iso(5) };
    expect(forget({ bookmarks: { jobs } }, ['job_events']).bookmarks).to.deep.equal({
      jobs: { refresh_token: 'r', events_since: iso(5) },
    });
  });
});

describe('--full-refresh of a list', () => {
  it('keeps its position in the feed, its version and its number of rows', () => {
    const lasting = { events_token: 'e', events_page: 'p', events_at: iso(0), version: 1 };
    const jobs = { ...lasting, full_rows: 3, refresh_token: 'r', walk_rows: 2 };
    expect(forget({ bookmarks: { jobs } }, ['jobs']).bookmarks).to.deep.equal({
      jobs: { ...lasting, full_rows: 3 },
    });
  });

  it('starts a stream that is made from a feed again', () => {
    const bookmarks = { work_order_statuses: { events_token: 'e', events_at: iso(0) } };
    expect(forget({ bookmarks }, STATUSES).bookmarks).to.deep.equal({});
  });
});
