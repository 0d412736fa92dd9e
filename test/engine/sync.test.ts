import { Writable } from 'node:stream';
import { expect } from 'chai';
import { ConfigError, OutputError, StopError } from '#src/errors.js';
import type { Query } from '#src/api/query.js';
import { defaultPlan } from '#src/catalog/plan.js';
import type { Simulator } from '#src/simulator/simulator.js';
import { REJECTED, STREAMS } from '#src/streams.js';
import { orderStreams } from '#src/engine/order.js';
import type { SyncOptions } from '#src/engine/options.js';
import type { ApiResponse } from '#src/api/query.js';
import { ask, simulated } from '../simulator/client.js';
import { NOW, useApi } from '../support/api.js';
import {
  formOf,
  messagesOf,
  recordsOf,
  Sink,
  statesOf,
  type Message,
} from '../support/messages.js';
import { outcomesOf, syncOnce, type RunOptions } from '../support/run.js';

const LISTS = ['cities', 'jobs', 'offices'] as const;

/** The streams that have SCHEMA messages, in their order. */
function schemasOf(messages: readonly Message[]): string[] {
  return messages.flatMap((message) => (message.type === 'SCHEMA' ? [message.stream] : []));
}

/** The rows that were written before each STATE, by stream. */
function rowsBefore(messages: readonly Message[]): [messages: Message[], state: Message][] {
  return messages.flatMap((message, index): [Message[], Message][] =>
    message.type === 'STATE' ? [[messages.slice(0, index), message]] : [],
  );
}

describe('sync: messages', () => {
  useApi();

  it('begin with the STATE as it came in, and the SCHEMA of rejected_records', async () => {
    const state = { bookmarks: { offices: { refresh_token: 'o' } }, currently_syncing: 'cities' };
    const { messages } = await syncOnce({
      simulator: simulated({ rows: 3 }),
      streams: ['cities'],
      state,
    });
    expect(messages[0]).to.deep.equal({ type: 'STATE', value: state });
    expect(formOf(messages)).to.deep.equal([
      'STATE',
      'SCHEMA rejected_records',
      'SCHEMA cities',
      'RECORD cities',
      'STATE',
      'STATE',
    ]);
    expect(statesOf(messages).at(-1)).to.deep.include({ currently_syncing: null });
  });

  it('begin with empty bookmarks where none came in', async () => {
    const { messages } = await syncOnce({ simulator: simulated({ rows: 1 }), streams: ['cities'] });
    expect(messages[0]).to.deep.equal({ type: 'STATE', value: { bookmarks: {} } });
  });

  it('have a SCHEMA once a stream, rows or none, in catalog order, each stream in one piece', async () => {
    const simulator = simulated({
      rows: 30,
      rowsByStream: { cities: 0, types: 0, job_events: 0 },
      pageSize: 8,
    });
    const { messages, text } = await syncOnce({ simulator });
    const names = STREAMS.map(({ name }) => name);
    // A stream that is made from a feed comes before the feed.
    names.splice(names.indexOf('work_order_status_events'), 0, 'work_order_statuses');
    expect(schemasOf(messages)).to.deep.equal([REJECTED, ...names]);
    let current = '';
    for (const message of messages) {
      if (message.type === 'SCHEMA') current = message.stream;
      if (message.type !== 'RECORD') continue;
      const isDerived = message.stream === 'work_order_statuses';
      expect(isDerived ? 'work_order_status_events' : message.stream).to.equal(current);
    }
    expect(text.split('\n').at(-2)).to.match(/^{"type":"STATE"/);
  });

  it('never have a STATE ahead of its rows, nor two equal ones without a RECORD between', async () => {
    const simulator = simulated({ rows: 40, pageSize: 10, eventEnd: 'repeat-page' });
    const first = await syncOnce({ simulator });
    const again = await syncOnce({ simulator, state: first.state });
    for (const { messages } of [first, again]) {
      for (const [index, message] of messages.entries()) {
        if (message.type !== 'STATE' || index === 0) continue;
        const before = messages.slice(0, index).findLastIndex(({ type }) => type === 'STATE');
        const between = messages.slice(before + 1, index);
        const isLast = index === messages.length - 1;
        if (between.some(({ type }) => type === 'RECORD') || isLast) continue;
        expect(message).not.to.deep.equal(messages[before]);
      }
    }
    // A finished list's token stands in no STATE before all of its rows are out.
    for (const [before, state] of rowsBefore(first.messages)) {
      if (state.type !== 'STATE') continue;
      for (const stream of ['jobs', 'contracts', 'work_orders']) {
        if (state.value.bookmarks[stream]?.refresh_token === undefined) continue;
        expect(recordsOf(before, stream)).to.have.length([...simulator.rows(stream)].length);
      }
    }
  });

  it('end with a STATE, though no stream is selected or nothing is new', async () => {
    const none = await syncOnce({
      simulator: simulated(),
      catalog: { streams: [] },
      state: { bookmarks: { jobs: { refresh_token: 'r' } }, currently_syncing: null },
    });
    expect(formOf(none.messages)).to.deep.equal(['STATE']);
    // The bookmarks stay as they are, so that this STATE equals the first one.
    const few = await syncOnce({
      simulator: simulated({ rowsByStream: { cities: 0 } }),
      streams: ['cities'],
      maxRecords: 1,
    });
    expect(formOf(few.messages)).to.deep.equal([
      'STATE',
      'SCHEMA rejected_records',
      'SCHEMA cities',
      'STATE',
    ]);
    const simulator = simulated({ rows: 0, rowsByStream: { cities: 0 } });
    const empty = await syncOnce({ simulator, streams: ['job_type_configuration'] });
    expect(formOf(empty.messages).at(-1)).to.equal('STATE');
  });

  it('name the stream at hand in currently_syncing, and none at the end', async () => {
    const { messages } = await syncOnce({
      simulator: simulated({ rows: 20, pageSize: 5 }),
      streams: LISTS,
    });
    for (const [before, state] of rowsBefore(messages).slice(1, -1)) {
      expect(state.type === 'STATE' && state.value.currently_syncing).to.equal(
        schemasOf(before).at(-1),
      );
    }
    expect(statesOf(messages).at(-1)?.currently_syncing).to.equal(null);
  });

  it('are the same bytes whatever the concurrency', async () => {
    const texts = [];
    for (const concurrency of [1, 4, 21]) {
      const simulator = simulated({ rows: 40, pageSize: 9, malformed: 0.1, now: () => NOW });
      const first = await syncOnce({ simulator, concurrency });
      simulator.evolve(15);
      texts.push(
        first.text + (await syncOnce({ simulator, concurrency, state: first.state })).text,
      );
    }
    const lines = texts.map((text) => text.split('\n'));
    for (const other of lines.slice(1))
      for (const [index, line] of other.entries()) expect(line).to.equal(lines[0]?.[index]);
  });
});

describe('sync: order', () => {
  useApi();

  it('begins with the stream that an earlier run was cut short in; the ones before it come last', async () => {
    const state = { bookmarks: {}, currently_syncing: 'jobs' };
    const { messages, report } = await syncOnce({
      simulator: simulated({ rows: 3 }),
      streams: LISTS,
      state,
    });
    expect(schemasOf(messages)).to.deep.equal([REJECTED, 'jobs', 'offices', 'cities']);
    expect(report.streams.map(({ stream }) => stream)).to.deep.equal(['jobs', 'offices', 'cities']);
  });

  it('stays where that stream is not there, or none is named', () => {
    const { streams } = defaultPlan(LISTS);
    for (const syncing of ['contracts', 'nonsense', null, undefined, 'cities']) {
      expect(orderStreams(streams, syncing).map(({ stream }) => stream.name)).to.deep.equal(LISTS);
    }
  });
});

/**
 * A simulator without a client, so that only the engine decides when to send requests; and the
 * largest number of requests at the same time.
 */
function inFlight(simulator: Simulator): { get: SyncOptions['get']; most: number } {
  let open = 0;
  const flight = {
    most: 0,
    async get(_stream: string, path: string, query: Query): Promise<ApiResponse> {
      open += 1;
      flight.most = Math.max(flight.most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      const response = await simulator.fetch(ask(path, query));
      return { body: await response.json(), size: 0, arrivedAt: NOW };
    },
  };
  return flight;
}

describe('sync: fetching', () => {
  useApi();

  for (const concurrency of [1, 3, 21]) {
    it(`has ${concurrency} request(s) in flight at most, and runs ahead within bounds`, async () => {
      const simulator = simulated({ rows: 60, pageSize: 5 });
      const flight = inFlight(simulator);
      await syncOnce({ simulator, get: flight.get, concurrency });
      // Two feeds wait for the lists that they keep.
      expect(flight.most).to.equal(Math.min(concurrency, 19));
    });
  }

  it('keeps to that where a stream fails in its middle', async () => {
    const simulator = simulated({
      rows: 200,
      pageSize: 100,
      rowsByStream: { contracts: 2000, cities: 500 },
      malformed: 0.5,
    });
    const flight = inFlight(simulator);
    const ran = await syncOnce({
      simulator,
      get: flight.get,
      streams: ['cities', 'contracts', 'offices'],
      concurrency: 1,
      maxRejectedShare: 0.1,
    });
    expect(outcomesOf(ran)).to.deep.equal({ cities: 'failed', contracts: 'failed' });
    expect(flight.most).to.equal(1);
    // One page was written, and no more than two were there or on their way.
    expect(simulator.calls.filter(({ stream }) => stream === 'contracts').length).to.be.at.most(3);
  });

  it('lets the next stream fetch as soon as one has all its pages, before they are written', async () => {
    const simulator = simulated({ rows: 5 });
    const stuck = new Writable({
      highWaterMark: 1,
      write: (chunk: Buffer, _encoding, done) => (chunk.includes('"RECORD"') ? undefined : done()),
    });
    const { get } = inFlight(simulator);
    const running = syncOnce({ simulator, get, streams: LISTS, concurrency: 1, out: stuck });
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(simulator.calls.map(({ stream }) => stream)).to.have.members([...LISTS]);
    stuck.destroy();
    await running;
  });

  /** How many calls are made while the reader takes no record, for pages of a size. */
  async function callsAhead(size: number | null): Promise<number[]> {
    const simulator = simulated({ rows: 100, pageSize: 5 });
    const stuck = new Writable({
      highWaterMark: 1,
      // The first records are never taken.
      write: (chunk: Buffer, _encoding, done) => (chunk.includes('"RECORD"') ? undefined : done()),
    });
    const { get: ask } = inFlight(simulator);
    const get: SyncOptions['get'] = async (stream, path, query) => {
      const answer = await ask(stream, path, query);
      return size === null ? answer : { ...answer, size };
    };
    const running = syncOnce({
      simulator,
      get,
      streams: ['jobs', 'contracts'],
      concurrency: 2,
      out: stuck,
    });
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const calls = ['contracts', 'jobs'].map(
      (name) => simulator.calls.filter(({ stream }) => stream === name).length,
    );
    stuck.destroy();
    expect((await running).report.ended).to.be.instanceOf(OutputError);
    return calls;
  }

  it('does not run further ahead than six pages while the reader is slow', async () => {
    expect(await callsAhead(null)).to.deep.equal([7, 6]);
  });

  it('holds fewer pages if they are large: up to 600,000 characters, and one at least', async () => {
    expect(await callsAhead(200_000)).to.deep.equal([4, 3]);
    expect(await callsAhead(60_000_000)).to.deep.equal([2, 1]);
  });
});

describe('sync: max-records and full-refresh', () => {
  useApi();

  it('puts out so many rows a stream, asks for no page more, and leaves bookmarks where they were', async () => {
    const simulator = simulated({ rows: 60, pageSize: 10 });
    const state = (await syncOnce({ simulator, streams: ['cities'] })).state;
    const calls = simulator.calls.length;
    const { records, messages } = await syncOnce({
      simulator,
      streams: ['jobs', 'job_events', 'offices'],
      maxRecords: 15,
      state,
    });
    expect([
      records('jobs').length,
      records('job_events').length,
      records('offices').length,
    ]).to.deep.equal([15, 15, 3]);
    const asked = simulator.calls.slice(calls).map(({ stream }) => stream);
    expect(asked).to.have.members(['job_events', 'job_events', 'jobs', 'jobs', 'offices']);
    for (const value of statesOf(messages)) expect(value).to.deep.equal(state);
  });

  it('asks for one page where it holds enough, exactly enough too', async () => {
    for (const maxRecords of [1, 10]) {
      const simulator = simulated({ rows: 60, pageSize: 10 });
      expect(
        (await syncOnce({ simulator, streams: ['jobs'], maxRecords })).records('jobs'),
      ).to.have.length(maxRecords);
      expect(simulator.calls).to.have.length(1);
    }
  });

  it('begins the named streams anew, and their old bookmarks go', async () => {
    const simulator = simulated({ rows: 12 });
    const first = await syncOnce({ simulator, streams: LISTS });
    const second = await syncOnce({
      simulator,
      streams: LISTS,
      state: first.state,
      fullRefresh: ['jobs'],
    });
    expect([second.records('jobs').length, second.records('cities').length]).to.deep.equal([12, 0]);
    expect(second.messages[0]).to.deep.equal({ type: 'STATE', value: first.state });
    const events = await syncOnce({ simulator, streams: ['job_events'] });
    const anew = await syncOnce({
      simulator,
      streams: ['job_events'],
      state: events.state,
      fullRefresh: ['job_events'],
    });
    expect(anew.records('job_events')).to.deep.equal(events.records('job_events'));
  });

  it('forgets the bookmark of a stream whose new walk fails before its first page, too', async () => {
    const { state } = await syncOnce({ simulator: simulated({ rows: 12 }), streams: LISTS });
    const forbidden = { fetch: async (): Promise<Response> => new Response('', { status: 403 }) };
    const ran = await syncOnce({
      simulator: forbidden,
      streams: ['jobs'],
      state,
      fullRefresh: ['jobs'],
    });
    expect(outcomesOf(ran)).to.deep.equal({ jobs: 'failed' });
    // Its position in the feed stays.
    expect(ran.state.bookmarks['jobs']).to.have.all.keys('events_since');
  });

  it('with both begins anew, but leaves the bookmark', async () => {
    const simulator = simulated({ rows: 12 });
    const { state } = await syncOnce({ simulator, streams: LISTS });
    const ran = await syncOnce({
      simulator,
      streams: LISTS,
      state,
      fullRefresh: ['jobs'],
      maxRecords: 2,
    });
    expect(ran.records('jobs')).to.have.length(2);
    expect(ran.state).to.deep.equal(state);
  });
});

/** A run over `jobs` and `offices` that is stopped when it asks once more than so often. */
function stopped(after: number, options: Partial<RunOptions> = {}): ReturnType<typeof syncOnce> {
  const stop = new AbortController();
  const simulator = simulated({ rows: 60, pageSize: 5 });
  let calls = 0;
  return syncOnce({
    simulator,
    streams: ['jobs', 'offices'],
    concurrency: 1,
    stop,
    onAsk: () => (calls += 1) > after && stop.abort(new StopError('stopped by SIGTERM', 'SIGTERM')),
    ...options,
  });
}

describe('sync: its end', () => {
  useApi();

  it('on a signal bookmarks what is written, and a last STATE goes out', async () => {
    const ran = await stopped(4);
    expect(ran.report.ended).to.be.instanceOf(StopError);
    expect(outcomesOf(ran)).to.deep.equal({ jobs: 'stopped', offices: 'skipped' });
    expect(ran.state.currently_syncing).to.equal('jobs');
    expect(ran.messages.at(-1)?.type).to.equal('STATE');
    const rows = ran.records('jobs').length;
    expect(rows).to.be.greaterThan(0);
    expect(ran.state.bookmarks['jobs']).to.include({ walk: 'full' });
    const simulator = simulated({ rows: 60, pageSize: 5 });
    const rest = await syncOnce({ simulator, streams: ['jobs', 'offices'], state: ran.state });
    expect(rest.records('jobs')).to.have.length(60 - rows);
  });

  it('on a signal leaves pages that are there already to the next run', async () => {
    const stop = new AbortController();
    const sink = new Sink();
    const out = new Writable({
      write(chunk: Buffer, encoding, done) {
        if (chunk.includes('"RECORD"')) stop.abort(new StopError('stopped by SIGTERM', 'SIGTERM'));
        sink.write(chunk, encoding, done);
      },
    });
    const simulator = simulated({ rows: 60, pageSize: 5 });
    const { report } = await syncOnce({
      simulator,
      get: inFlight(simulator).get,
      streams: ['jobs'],
      out,
      stop,
    });
    expect(report.ended).to.be.instanceOf(StopError);
    expect(recordsOf(messagesOf(sink.text), 'jobs')).to.have.length(5);
  });

  it('on a signal before anything came leaves the state as it was', async () => {
    const ran = await stopped(0, { state: { bookmarks: { cities: { refresh_token: 'r' } } } });
    expect(ran.state.bookmarks).to.deep.equal({ cities: { refresh_token: 'r' } });
    expect(ran.messages.at(-1)?.type).to.equal('STATE');
  });

  for (const [code, closed] of [
    ['EPIPE', true],
    ['ENOSPC', false],
  ] as const) {
    it(`${code}: ends, and writes no more`, async () => {
      let written = 0;
      const out = new Writable({
        write(_chunk, _encoding, done) {
          written += 1;
          if (written < 4) done();
          else done(Object.assign(new Error(code), { code }));
        },
      });
      const { report } = await syncOnce({
        simulator: simulated({ rows: 60, pageSize: 5 }),
        streams: ['jobs', 'offices'],
        out,
      });
      expect(report.ended).to.be.instanceOf(OutputError).and.include({ closed });
      expect(written).to.equal(4);
      expect(report.streams.map(({ outcome }) => outcome)).to.deep.equal(['stopped', 'skipped']);
    });
  }

  it('an output that fails with the last STATE is told', async () => {
    const out = new Writable({
      write: (chunk: Buffer, _encoding, done) =>
        done(
          chunk.includes('"currently_syncing":null')
            ? Object.assign(new Error('EIO'), { code: 'EIO' })
            : null,
        ),
    });
    const { report } = await syncOnce({
      simulator: simulated({ rows: 3 }),
      streams: ['offices'],
      out,
    });
    expect(report.ended).to.be.instanceOf(OutputError);
    expect(report.streams[0]?.outcome).to.equal('complete');
  });

  it('waits for the last STATE to be taken: a failure that comes late is told too', async () => {
    const out = new Writable({
      highWaterMark: 10_000_000,
      write(chunk: Buffer, _encoding, done) {
        const isLast = chunk.includes('"currently_syncing":null');
        setImmediate(() => done(isLast ? Object.assign(new Error('EIO'), { code: 'EIO' }) : null));
      },
    });
    const { report } = await syncOnce({
      simulator: simulated({ rows: 3 }),
      streams: ['offices'],
      out,
    });
    expect(report.ended)
      .to.be.instanceOf(OutputError)
      .and.include({ message: 'stdout could not be written: EIO' });
  });

  it('comes before its beginning where a schema of the catalog cannot be used', async () => {
    const simulator = simulated({ rows: 3 });
    const catalog = {
      streams: ['cities', 'offices'].map((tap_stream_id) => ({
        tap_stream_id,
        selected: true,
        schema: {
          type: 'object',
          properties: {
            id: { type: 'integer' },
            name: { type: tap_stream_id === 'offices' ? 'words' : 'string' },
          },
        },
      })),
    };
    const error = await syncOnce({ simulator, catalog }).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(ConfigError);
    expect(simulator.calls).to.deep.equal([]);
  });

  it('tells progress with every page', async () => {
    const simulator = simulated({ rows: 20, pageSize: 5 });
    const ran = await syncOnce({ simulator, streams: ['jobs'] });
    expect(ran.report.streams[0]).to.include({
      stream: 'jobs',
      rows: 20,
      pages: 4,
      outcome: 'complete',
      ms: 0,
    });
    expect(ran.report.streams[0]?.before).to.deep.equal({});
    expect(ran.report.streams[0]?.after).to.have.all.keys('refresh_token', 'events_since');
  });
});
