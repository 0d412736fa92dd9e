import { expect } from 'chai';
import { ApiError } from '#src/errors.js';
import { REJECTED, STREAMS } from '#src/streams.js';
import { simulated } from '../simulator/client.js';
import { useApi } from '../support/api.js';
import { outcomesOf, syncOnce } from '../support/run.js';

const LISTS = ['builder_orders', 'cities', 'contracts', 'crews', 'jobs', 'offices'];

/** An answer of the API's form with this in place of the list. */
function answering(body: unknown): { fetch: (request: Request) => Promise<Response> } {
  return { fetch: async () => Response.json(body) };
}

describe('sync: a stream that fails', () => {
  useApi();

  it('keeps its bookmark, is told by name and cause, and does not stop the others', async () => {
    const simulator = simulated({ rows: 12, pageSize: 5 });
    const first = await syncOnce({ simulator });
    simulator.evolve(30);
    simulator.fault({ kind: 'status', status: 500, stream: 'jobs', times: Infinity });
    simulator.fault({ kind: 'missing-rows', stream: 'work_orders', times: Infinity });
    const second = await syncOnce({ simulator, state: first.state });
    expect(outcomesOf(second)).to.deep.equal({ jobs: 'failed', work_orders: 'failed' });
    expect(second.report.ended).to.equal(null);
    for (const stream of ['jobs', 'work_orders']) {
      expect(second.records(stream)).to.deep.equal([]);
      expect(second.state.bookmarks[stream]).to.deep.equal(first.state.bookmarks[stream]);
    }
    expect(second.said.filter((line) => line.startsWith('ERROR'))).to.deep.equal([
      'ERROR jobs: the API responded with HTTP 500',
      `ERROR work_orders: the response has no list "work_orders"; it is an object with message: the API's format has changed, or base_url is not a Bolt API`,
    ]);
    const failed = second.report.streams.find(({ stream }) => stream === 'jobs');
    expect(failed?.error)
      .to.be.instanceOf(ApiError)
      .and.include({ fault: 'server-error', status: 500 });
    simulator.clearFaults();
    const third = await syncOnce({ simulator, state: second.state });
    expect(third.records('jobs').length).to.be.greaterThan(0);
    expect(outcomesOf(third)).to.deep.equal({});
  });

  it('in the middle of its walk goes on there the next time: a page that was written counts', async () => {
    const simulator = simulated({ rows: 12, pageSize: 5 });
    simulator.fault({ kind: 'status', status: 500, stream: 'jobs', after: 1, times: 2 });
    const first = await syncOnce({ simulator, streams: LISTS });
    expect(outcomesOf(first)).to.deep.equal({ jobs: 'failed' });
    expect(first.records('jobs')).to.have.length(5);
    expect(first.state.bookmarks['jobs']).to.include.keys('next_batch', 'walk_token');
    const second = await syncOnce({ simulator, streams: LISTS, state: first.state });
    expect(second.records('jobs')).to.have.length(7);
  });

  for (const rows of [null, { id: 1 }, 'none', {}, undefined]) {
    it(`fails where its rows are ${JSON.stringify(rows)}, never "no rows"`, async () => {
      const state = {
        bookmarks: { cities: { refresh_token: 'r' }, job_events: { event_token: 'e' } },
      };
      const ran = await syncOnce({
        simulator: answering({
          cities: rows,
          events: rows,
          refresh_token: 'r2',
          event_token: 'e2',
        }),
        streams: ['cities', 'job_events'],
        state,
      });
      expect(outcomesOf(ran)).to.deep.equal({ cities: 'failed', job_events: 'failed' });
      expect(ran.state.bookmarks).to.deep.equal(state.bookmarks);
    });
  }

  it('with a 403 is the only one', async () => {
    const simulator = simulated({ rows: 6 });
    await syncOnce({ simulator, streams: ['offices'] });
    simulator.fault({ kind: 'status', status: 403, stream: 'cities', times: Infinity });
    const ran = await syncOnce({ simulator, streams: LISTS });
    expect(outcomesOf(ran)).to.deep.equal({ cities: 'failed' });
    expect(ran.report.ended).to.equal(null);
    expect(ran.said).to.deep.equal([
      'ERROR cities: the token has no access to this stream (HTTP 403): ask ECI for access, or deselect it',
    ]);
  });

  it('with a 401 is the last one', async () => {
    const simulator = simulated({ rows: 6, token: 'another-token' });
    const state = { bookmarks: { jobs: { refresh_token: 'r' } } };
    const ran = await syncOnce({ simulator, streams: LISTS, state });
    expect(ran.report.ended)
      .to.be.instanceOf(ApiError)
      .and.include({ fault: 'unauthorized', status: 401 });
    expect(ran.report.streams.map(({ outcome }) => outcome)).to.deep.equal([
      'failed',
      ...LISTS.slice(1).map(() => 'skipped'),
    ]);
    expect(ran.messages.at(-1)?.type).to.equal('STATE');
    expect(ran.state).to.deep.equal({ ...state, currently_syncing: 'builder_orders' });
  });

  it('without an answer, three in a row, ends the run', async () => {
    const simulator = simulated({ rows: 6 });
    for (const stream of ['cities', 'contracts', 'crews'])
      simulator.fault({ kind: 'reset', stream, times: Infinity });
    const ran = await syncOnce({ simulator, streams: LISTS });
    expect(outcomesOf(ran)).to.deep.equal({
      cities: 'failed',
      contracts: 'failed',
      crews: 'failed',
      jobs: 'skipped',
      offices: 'skipped',
    });
    expect(ran.report.ended).to.be.instanceOf(ApiError).and.include({
      fault: 'unreachable',
      message:
        '3 streams in a row got no response: the host is down, so the remaining streams are not tried',
    });
    expect(ran.messages.at(-1)).to.deep.include({ type: 'STATE' });
    expect(ran.state.currently_syncing).to.equal('crews');
  });

  it('without an answer does not end the run where another stream is between, nor as one of the last three', async () => {
    const simulator = simulated({ rows: 6 });
    for (const stream of ['builder_orders', 'cities', 'crews', 'jobs', 'offices']) {
      simulator.fault({ kind: 'reset', stream, times: Infinity });
    }
    const ran = await syncOnce({ simulator, streams: LISTS });
    expect(Object.keys(outcomesOf(ran))).to.deep.equal([
      'builder_orders',
      'cities',
      'crews',
      'jobs',
      'offices',
    ]);
    expect(ran.report.ended).to.equal(null);
    expect(ran.state.currently_syncing).to.equal(null);
  });
});

describe('sync: max_rejected_share', () => {
  useApi();

  it('never fails a stream of fewer than 100 rows', async () => {
    const simulator = simulated({ rows: 99, malformed: 1 });
    const ran = await syncOnce({ simulator, streams: ['jobs'], maxRejectedShare: 0 });
    expect(outcomesOf(ran)).to.deep.equal({});
    expect(ran.records(REJECTED)).to.have.length(99);
  });

  it('fails a stream above it, alone, and its bookmark does not move', async () => {
    const simulator = simulated({
      rows: 100,
      rowsByStream: { jobs: 110, cities: 99 },
      malformed: 0.5,
    });
    const state = { bookmarks: { jobs: { refresh_token: 'r' } } };
    const ran = await syncOnce({
      simulator,
      streams: ['cities', 'jobs', 'offices'],
      maxRejectedShare: 0.1,
      state,
    });
    expect(outcomesOf(ran)).to.deep.equal({ jobs: 'failed' });
    expect(ran.records('jobs')).to.deep.equal([]);
    expect(ran.records(REJECTED).filter(({ stream }) => stream === 'jobs')).to.deep.equal([]);
    expect(ran.state.bookmarks['jobs']).to.include({ refresh_token: 'r' });
    expect(ran.said.join('\n')).to.match(
      /ERROR jobs: \d+ of 100 rows do not fit their declared type, more than max_rejected_share \(0\.1\)/,
    );
  });

  it('keeps the pages that were written before', async () => {
    const simulator = simulated({ rows: 250, malformed: 0.5 });
    let calls = 0;
    const cleaning = {
      async fetch(request: Request): Promise<Response> {
        calls += 1;
        if (calls > 1) return simulator.fetch(request);
        const body: Record<string, unknown> = JSON.parse(
          await (await simulator.fetch(request)).text(),
        );
        return Response.json({ ...body, jobs: [{ id: 1 }] });
      },
    };
    const ran = await syncOnce({ simulator: cleaning, streams: ['jobs'], maxRejectedShare: 0.1 });
    expect(outcomesOf(ran)).to.deep.equal({ jobs: 'failed' });
    expect(ran.records('jobs')).to.have.length(1);
    expect(ran.state.bookmarks['jobs']).to.include.keys('next_batch');
  });
});

describe('sync: every kind of fault, once', () => {
  useApi();

  for (const kind of ['reset', 'garbled', 'empty', 'html', 'status', 'cut'] as const) {
    it(`${kind}: is tried again, and nothing is missing`, async () => {
      const simulator = simulated({ rows: 12, pageSize: 5 });
      for (const stream of STREAMS) simulator.fault({ kind, stream: stream.name, after: 1 });
      const ran = await syncOnce({ simulator, streams: ['jobs', 'job_events'], maxRetries: 2 });
      expect(outcomesOf(ran)).to.deep.equal({});
      for (const stream of ['jobs', 'job_events']) {
        expect(ran.records(stream)).to.have.length([...simulator.rows(stream)].length);
      }
    });
  }
});
