import { expect } from 'chai';
import { StopError } from '#src/errors.js';
import type { Simulator, SimulatorOptions } from '#src/simulator/simulator.js';
import type { Bookmark } from '#src/singer/state.js';
import { STREAMS } from '#src/streams.js';
import { held, idAt, simulated } from '../simulator/client.js';
import { useApi } from '../support/api.js';
import { recordsOf, statesOf, type Row } from '../support/messages.js';
import { outcomesOf, syncOnce, type Ran } from '../support/run.js';

const EVERY_FEED = ['job_events', 'work_order_events', 'work_order_status_events'];
/** The feeds, and the stream that is made from one of them. */
const FED = [...EVERY_FEED, 'work_order_statuses'];
const LISTS = STREAMS.filter(({ paging }) => paging === 'list').map(({ name }) => name);

/**
 * A full run over `jobs`, in which the first row changes during the request of page 3; then
 * another.
 */
async function runsWithChange(
  options: SimulatorOptions,
  tamper: (answer: string, number: number) => string,
): Promise<Row[]> {
  const simulator = simulated({ rows: 50, pageSize: 10, ...options });
  const changed = idAt(simulator, 'jobs', 2);
  let calls = 0;
  const tampering = {
    async fetch(request: Request): Promise<Response> {
      const response = await simulator.fetch(request);
      const text = tamper(await response.text(), calls);
      return new Response(text, {
        status: response.status,
        headers: { 'content-type': 'application/json' },
      });
    },
  };
  const first = await syncOnce({
    simulator: tampering,
    streams: ['jobs'],
    onAsk: () =>
      (calls += 1) === 3 && simulator.change('jobs', changed, { notes: 'changed in between' }),
  });
  expect(first.records('jobs')).to.have.length(50);
  const second = await syncOnce({ simulator, streams: ['jobs'], state: first.state });
  return second.records('jobs');
}

describe('sync: a row that changes on page 1 while page 3 is being fetched', () => {
  useApi();
  const readings = [
    { refreshTokenOn: 'every', refreshTokenMade: 'start' },
    { refreshTokenOn: 'every', refreshTokenMade: 'page' },
    { refreshTokenOn: 'last', refreshTokenMade: 'start' },
  ] as const;

  for (const reading of readings) {
    it(`comes with the next run: tokens on ${reading.refreshTokenOn} page(s), made at ${reading.refreshTokenMade}`, async () => {
      const rows = await runsWithChange(reading, (text) => text);
      expect(rows.map(({ notes }) => notes)).to.include('changed in between');
    });
  }

  it('would be lost if the last token were kept: the test can fail', async () => {
    // Without a token on the pages before, the first one is the last one.
    const rows = await runsWithChange(
      { refreshTokenOn: 'every', refreshTokenMade: 'page' },
      (text, number) => (number < 5 ? text.replace('"refresh_token"', '"other"') : text),
    );
    expect(rows).to.deep.equal([]);
  });

  it('comes though the walk is cut short behind it', async () => {
    const simulator = simulated({ rows: 50, pageSize: 10 });
    const first = await syncOnce({ simulator, streams: ['jobs'] });
    const cut = { ...first.state, bookmarks: statesOf(first.messages)[3]!.bookmarks };
    const id = idAt(simulator, 'jobs', 2);
    simulator.change('jobs', id, { notes: 'changed in between' });
    const second = await syncOnce({ simulator, streams: ['jobs'], state: cut });
    expect(second.records('jobs').length).to.be.within(20, 40);
    const third = await syncOnce({ simulator, streams: ['jobs'], state: second.state });
    expect(third.records('jobs').map(({ id }) => id)).to.deep.equal([id]);
  });
});

describe('sync: a run that was cut short', () => {
  useApi();

  for (const options of [
    { refreshTokenOn: 'every', refreshTokenMade: 'page', eventEnd: 'empty' },
    { refreshTokenOn: 'last', refreshTokenMade: 'start', eventEnd: 'repeat-page' },
    { refreshTokenOn: 'every', refreshTokenMade: 'start', eventEnd: 'repeat-new' },
  ] as const) {
    it(`goes on at each of its STATE lines: nothing is missing, no row comes twice (${Object.values(options).join(', ')})`, async () => {
      const simulator = simulated({ rows: 9, pageSize: 4, ...options });
      const streams = ['contracts', 'jobs', 'job_events'];
      const whole = await syncOnce({ simulator, streams });
      const lines = whole.text.split('\n').slice(0, -1);
      for (const [index, line] of lines.entries()) {
        const message: { type: string } = JSON.parse(line);
        if (message.type !== 'STATE') continue;
        const rest = await syncOnce({ simulator, streams, state: message });
        const before = whole.messages.slice(0, index);
        for (const stream of streams) {
          const rows = [...recordsOf(before, stream), ...recordsOf(rest.messages, stream)];
          expect(rows, `${stream} from line ${index}`).to.deep.equal(whole.records(stream));
        }
        expect(rest.state.bookmarks).to.have.all.keys(streams);
      }
    });
  }

  it('over changes goes on at each of its STATE lines too', async () => {
    const simulator = simulated({ rows: 30, pageSize: 3 });
    const streams = ['jobs', 'work_orders', 'work_order_status_events'];
    const first = await syncOnce({ simulator, streams });
    simulator.evolve(60);
    const whole = await syncOnce({ simulator, streams, state: first.state });
    expect(whole.records('jobs').length).to.be.greaterThan(6);
    for (const [index, message] of whole.messages.entries()) {
      if (message.type !== 'STATE') continue;
      const rest = await syncOnce({ simulator, streams, state: message.value });
      const messages = [...whole.messages.slice(0, index), ...rest.messages];
      for (const stream of streams)
        expect(recordsOf(messages, stream)).to.deep.equal(whole.records(stream));
    }
  });

  it('again and again finds every row once', async () => {
    const simulator = simulated({ rows: 23, pageSize: 5 });
    const rows: Row[] = [];
    let state: unknown = {};
    for (let runs = 0; runs < 12; runs += 1) {
      const stop = new AbortController();
      let calls = 0;
      const ran = await syncOnce({
        simulator,
        streams: ['jobs'],
        state,
        stop,
        onAsk: () => (calls += 1) > 2 && stop.abort(new StopError('enough')),
      });
      rows.push(...ran.records('jobs'));
      ({ state } = ran);
      if (ran.report.ended === null) break;
    }
    expect(rows.map(({ id }) => id)).to.deep.equal(held(simulator, 'jobs').map(({ id }) => id));
  });
});

describe('sync: stale tokens', () => {
  useApi();

  for (const staleStatus of [400, 404, 410, 422] as const) {
    it(`${staleStatus}: refresh tokens lead to full walks, with a warning`, async () => {
      const simulator = simulated({ rows: 6, staleStatus });
      const first = await syncOnce({ simulator });
      simulator.expire(['refresh_token']);
      const second = await syncOnce({ simulator, state: first.state });
      expect(outcomesOf(second)).to.deep.equal({});
      for (const stream of LISTS)
        expect(second.records(stream)).to.deep.equal(first.records(stream));
      expect(
        second.said.filter((line) => line.includes(`refresh_token (HTTP ${staleStatus})`)),
      ).to.have.length(LISTS.length);
      expect(second.state.bookmarks['jobs']).not.to.deep.equal(first.state.bookmarks['jobs']);
      const third = await syncOnce({ simulator, state: second.state, streams: LISTS });
      for (const stream of LISTS) expect(third.records(stream)).to.deep.equal([]);
    });

    it(`${staleStatus}: a next_batch goes back to its beginning, of either kind of walk`, async () => {
      const simulator = simulated({ rows: 30, pageSize: 4, staleStatus });
      const first = await syncOnce({ simulator, streams: ['jobs'] });
      const middle = statesOf(first.messages)[3]!;
      simulator.expire(['next_batch']);
      const full = await syncOnce({ simulator, streams: ['jobs'], state: middle });
      expect(full.records('jobs')).to.deep.equal(first.records('jobs'));
      for (let place = 0; place < 12; place += 1)
        simulator.change('jobs', idAt(simulator, 'jobs', place), { notes: 'new' });
      const changes = await syncOnce({ simulator, streams: ['jobs'], state: full.state });
      expect(changes.records('jobs')).to.have.length(12);
      simulator.expire(['next_batch']);
      const again = await syncOnce({
        simulator,
        streams: ['jobs'],
        state: statesOf(changes.messages)[2]!,
      });
      expect(again.records('jobs')).to.deep.equal(changes.records('jobs'));
      expect(again.said[0]).to.equal(
        `WARN jobs: the API no longer accepts its next_batch (HTTP ${staleStatus}); the walk starts again`,
      );
    });

    it(`${staleStatus}: an event token fails its feed, until --full-refresh accepts the gap`, async () => {
      const simulator = simulated({ rows: 6, staleStatus });
      const first = await syncOnce({ simulator });
      simulator.expire(['event_token']);
      simulator.evolve(20);
      const { state } = await syncOnce({ simulator, streams: ['job_events'] });
      const eventStartTokens = { job_events: String(state.bookmarks['job_events']?.event_token) };
      const failed = await syncOnce({ simulator, state: first.state, eventStartTokens });
      expect(outcomesOf(failed)).to.deep.equal(
        Object.fromEntries(FED.map((stream) => [stream, 'failed'])),
      );
      for (const stream of EVERY_FEED) {
        expect(failed.state.bookmarks[stream]).to.deep.equal(first.state.bookmarks[stream]);
        expect(failed.records(stream)).to.deep.equal([]);
        expect(failed.said.join('\n')).to.include(
          `To accept such a gap, run with --full-refresh ${stream}`,
        );
      }
      const accepted = await syncOnce({
        simulator,
        state: failed.state,
        eventStartTokens,
        fullRefresh: EVERY_FEED,
      });
      expect(outcomesOf(accepted)).to.deep.equal({});
      expect(accepted.records('job_events')).to.deep.equal([]);
      expect(accepted.records('work_order_events')).to.have.length(
        [...simulator.rows('work_order_events')].length,
      );
    });
  }

  it('a feed that wants a first token names the setting; with it, it works', async () => {
    const donor = simulated({ rows: 9, pageSize: 5, ugly: false });
    const state = (await syncOnce({ simulator: donor, streams: ['job_events'], maxRecords: 5 }))
      .state;
    expect(state).to.deep.equal({ bookmarks: {} });
    const [first] = statesOf(
      (await syncOnce({ simulator: donor, streams: ['job_events'] })).messages.slice(2),
    );
    const token = String(first?.bookmarks['job_events']?.event_token);
    const simulator = simulated({ rows: 9, pageSize: 5, ugly: false, eventStart: 'refuse' });
    const bare = await syncOnce({ simulator });
    expect(outcomesOf(bare)).to.deep.equal(
      Object.fromEntries(FED.map((stream) => [stream, 'failed'])),
    );
    for (const stream of EVERY_FEED) {
      expect(bare.said.join('\n')).to.include(
        `the API requires a first token for this feed (HTTP 422): set event_start_tokens.${stream}`,
      );
    }
    const started = await syncOnce({
      simulator,
      streams: ['job_events'],
      eventStartTokens: { job_events: token },
    });
    expect(started.records('job_events')).to.have.length(
      [...simulator.rows('job_events')].length - 5,
    );
  });
});

describe('sync: the end of feeds', () => {
  useApi();

  for (const eventEnd of ['empty', 'repeat-empty', 'repeat-page', 'repeat-new'] as const) {
    for (const size of [0, 1, 7, 8, 9]) {
      it(`${eventEnd}, ${size} events in pages of 4: nothing twice, nothing missed, over runs`, async () => {
        const simulator = simulated({
          rows: 20,
          pageSize: 4,
          eventEnd,
          rowsByStream: { job_events: size },
        });
        const streams = ['job_events'];
        const rows: Row[] = [];
        let state: unknown = {};
        for (const events of [0, 0, 1, 3, 0, 4, 8, 1, 0]) {
          for (let left = events; left > 0; left -= 1)
            simulator.change('jobs', idAt(simulator, 'jobs', left), { notes: `${rows.length}` });
          const ran = await syncOnce({ simulator, streams, state });
          expect(outcomesOf(ran)).to.deep.equal({});
          rows.push(...ran.records('job_events'));
          ({ state } = ran);
          expect(rows.map(({ id }) => id)).to.deep.equal(
            held(simulator, 'job_events').map(({ id }) => id),
          );
        }
        expect(new Set(rows.map(({ event_id }) => event_id)).size).to.equal(rows.length);
      });
    }
  }
});

/** A catalog of `jobs` with this replication method. */
function catalogOf(method: string): unknown {
  const properties = { id: { type: 'integer' } };
  const metadata = [{ breadcrumb: [], metadata: { selected: true, 'replication-method': method } }];
  return { streams: [{ tap_stream_id: 'jobs', schema: { type: 'object', properties }, metadata }] };
}

describe('sync: FULL_TABLE lists', () => {
  useApi();

  const full = catalogOf('FULL_TABLE');
  const incremental = catalogOf('INCREMENTAL');

  it('are walked in full each time, the refresh token left aside', async () => {
    const simulator = simulated({ rows: 12, pageSize: 5 });
    const before = await syncOnce({ simulator, catalog: incremental });
    const first = await syncOnce({ simulator, catalog: full, state: before.state });
    const second = await syncOnce({ simulator, catalog: full, state: first.state });
    expect([first, second].map(({ records }) => records('jobs').length)).to.deep.equal([12, 12]);
    expect(second.state.bookmarks).to.deep.equal(before.state.bookmarks);
    expect(simulator.calls.some(({ query }) => 'refresh_token' in query)).to.equal(false);
  });

  it('go on where a walk was cut short', async () => {
    const simulator = simulated({ rows: 12, pageSize: 5 });
    const whole = await syncOnce({ simulator, catalog: full });
    const middle = statesOf(whole.messages)[1];
    expect(middle?.bookmarks['jobs']).to.include.keys('next_batch');
    expect(
      (await syncOnce({ simulator, catalog: full, state: middle })).records('jobs'),
    ).to.have.length(7);
    expect(whole.state.bookmarks['jobs'] ?? {}).to.deep.equal({});
  });

  it('never take the rest of a walk over changes for a full one, nor lose changes when the method turns back', async () => {
    const simulator = simulated({ rows: 12, pageSize: 3 });
    const first = await syncOnce({ simulator, catalog: incremental });
    for (let place = 0; place < 8; place += 1)
      simulator.change('jobs', idAt(simulator, 'jobs', place), { notes: 'new' });
    const changes = await syncOnce({ simulator, catalog: incremental, state: first.state });
    const middle = statesOf(changes.messages)[1]!;
    expect(middle.bookmarks['jobs']).to.include({ walk: 'changes' });
    const turned = await syncOnce({ simulator, catalog: full, state: middle });
    expect(turned.records('jobs')).to.have.length(12);
    const back = await syncOnce({ simulator, catalog: incremental, state: turned.state });
    expect(back.records('jobs')).to.have.length(8);
  });

  it('cut short and turned incremental, are finished, and leave their own first token', async () => {
    const simulator = simulated({ rows: 12, pageSize: 3 });
    const whole = await syncOnce({ simulator, catalog: full });
    const middle = statesOf(whole.messages)[2]!;
    simulator.change('jobs', idAt(simulator, 'jobs', 0), { notes: 'new' });
    const rest = await syncOnce({ simulator, catalog: incremental, state: middle });
    expect(rest.records('jobs')).to.have.length(6);
    const next = await syncOnce({ simulator, catalog: incremental, state: rest.state });
    expect(next.records('jobs')).to.have.length(1);
  });
});

/** One run over a list and a feed. */
function run(
  simulator: Simulator,
  state: unknown = {},
  streams = ['jobs', 'job_events'],
): Promise<Ran> {
  return syncOnce({ simulator, state, streams });
}

describe('sync: answers without tokens, and other odd pages', () => {
  useApi();

  for (const kind of ['no-token', 'null-token'] as const) {
    it(`${kind} on every page: all rows come, with a warning, and the bookmark says nothing`, async () => {
      const simulator = simulated({ rows: 9, pageSize: 5, rowsByStream: { job_events: 4 } });
      simulator.fault({ kind, times: Infinity });
      const ran = await run(simulator);
      expect(outcomesOf(ran)).to.deep.equal({});
      expect([ran.records('jobs').length, ran.records('job_events').length]).to.deep.equal([9, 4]);
      // They come as pages are fetched, not as they are written.
      expect(ran.said.map((line) => line.split(',')[0])).to.have.members([
        'WARN job_events: the API gave no event_token with its events',
        'WARN jobs: the API gave no refresh_token',
      ]);
      expect(ran.state.bookmarks['jobs']).not.to.have.property('refresh_token');
      expect((await run(simulator, ran.state)).records('jobs')).to.have.length(9);
    });

    it(`${kind} on one page: the bookmark before stays`, async () => {
      const simulator = simulated({ rows: 9, pageSize: 20 });
      const first = await run(simulator, {}, ['jobs']);
      simulator.fault({ kind });
      simulator.change('jobs', idAt(simulator, 'jobs', 0), { notes: 'new' });
      const second = await run(simulator, first.state, ['jobs']);
      expect(second.state.bookmarks).to.deep.equal(first.state.bookmarks);
      expect((await run(simulator, second.state, ['jobs'])).records('jobs')).to.have.length(1);
    });
  }

  it('a feed that loses its token in the middle gives no page twice, and goes on once it has one again', async () => {
    const simulator = simulated({ rows: 9, pageSize: 5, rowsByStream: { job_events: 12 } });
    simulator.fault({ kind: 'no-token', stream: 'job_events', after: 1, times: 2 });
    const runs = [];
    let state: unknown = {};
    for (let index = 0; index < 3; index += 1) {
      const ran = await run(simulator, state, ['job_events']);
      runs.push(ran.records('job_events').length);
      ({ state } = ran);
    }
    expect(runs).to.deep.equal([10, 0, 2]);
  });

  it('empty and repeated pages in between lose nothing', async () => {
    for (const kind of ['empty-page', 'repeat-page'] as const) {
      const simulator = simulated({ rows: 20, pageSize: 5 });
      simulator.fault({ kind, stream: 'jobs', after: 2 });
      const { records } = await run(simulator, {}, ['jobs']);
      expect(new Set(records('jobs').map(({ id }) => id)).size).to.equal(20);
    }
  });

  it('a next_batch that never advances fails its stream alone', async () => {
    const simulator = simulated({ rows: 20, pageSize: 5 });
    simulator.fault({ kind: 'same-next-batch', stream: 'jobs', times: Infinity });
    const ran = await run(simulator);
    expect(outcomesOf(ran)).to.deep.equal({ jobs: 'failed' });
    expect(ran.said.join('\n')).to.include(
      'jobs: the walk does not advance: the API repeats a token',
    );
    simulator.clearFaults();
    const rest = await run(simulator, ran.state);
    const ids = [ran, rest].flatMap(({ records }) => records('jobs').map(({ id }) => id));
    expect(new Set(ids).size).to.equal(20);
    expect(rest.report.ended).to.equal(null);
  });

  it('the older connector’s state is gone on from, but not out of the middle of a walk', async () => {
    const simulator = simulated({ rows: 20, pageSize: 5 });
    const { state } = await run(simulator);
    const bookmarks: Readonly<Record<string, Bookmark>> = state.bookmarks;
    const older = {
      jobs: bookmarks['jobs'],
      job_events: { event_token: bookmarks['job_events']?.event_token },
    };
    const taken = await run(simulator, older);
    expect([taken.records('jobs').length, taken.records('job_events').length]).to.deep.equal([
      0, 0,
    ]);
    const middle = { ...older, jobs: { ...older.jobs, next_batch: 'left' } };
    const full = await run(simulator, middle);
    expect([full.records('jobs').length, full.records('job_events').length]).to.deep.equal([20, 0]);
  });
});
