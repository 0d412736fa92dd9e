import { expect } from 'chai';
import { check } from '#src/engine/check.js';
import { ConfigError, StopError } from '#src/errors.js';
import type { SyncReport } from '#src/reports/report.js';
import { ALL_STREAMS, STREAMS } from '#src/streams.js';
import { simulated } from '../simulator/client.js';
import { useApi } from '../support/api.js';
import { Sink } from '../support/messages.js';
import { keptLog, optionsOf, type RunOptions } from '../support/run.js';

/** Checks once; nothing may be written. */
async function checked(
  options: RunOptions,
): Promise<{ report: SyncReport; said: readonly string[] }> {
  const { log, said } = keptLog();
  const sink = new Sink();
  const report = await check(optionsOf(options, sink, log));
  expect(sink.text).to.equal('');
  return { report, said };
}

const STREAMS_OF_LIST = ['cities', 'contracts', 'crews', 'jobs'];

describe('check', () => {
  useApi();

  it('asks each stream for one page, and says a line on each', async () => {
    const simulator = simulated({ rows: 30, pageSize: 8, ugly: false });
    const { report, said } = await checked({ simulator });
    expect(simulator.calls.map(({ stream }) => stream)).to.deep.equal(
      STREAMS.map(({ name }) => name),
    );
    expect(report.streams.map(({ outcome }) => outcome)).to.deep.equal(
      ALL_STREAMS.map(() => 'complete'),
    );
    expect(said).to.have.length(ALL_STREAMS.length);
    expect(said.at(-1)).to.equal(
      'INFO work_order_statuses: works, from the events of work_order_status_events',
    );
    expect(said).to.include('INFO jobs: works, 8 rows on the first page');
    expect(report.ended).to.equal(null);
  });

  it('tries a stream that is made from a feed by that feed', async () => {
    const simulator = simulated({ rows: 3 });
    const alone = await checked({ simulator, streams: ['work_order_statuses'] });
    expect(alone.said).to.have.length(1);
    expect(alone.said[0]).to.match(
      /^INFO work_order_statuses: works, \d+ events on the first page$/,
    );
    simulator.fault({
      kind: 'status',
      status: 403,
      stream: 'work_order_status_events',
      times: Infinity,
    });
    const { report } = await checked({
      simulator,
      streams: ['work_order_statuses', 'work_order_status_events'],
    });
    expect(report.streams.map(({ outcome }) => outcome)).to.deep.equal(['failed', 'failed']);
  });

  it('goes on after a stream that fails, and says why', async () => {
    const simulator = simulated({ rows: 3 });
    simulator.fault({ kind: 'status', status: 500, stream: 'contracts', times: Infinity });
    const { report, said } = await checked({ simulator, streams: STREAMS_OF_LIST });
    expect(report.streams.map(({ outcome }) => outcome)).to.deep.equal([
      'complete',
      'failed',
      'complete',
      'complete',
    ]);
    expect(said[1]).to.equal('ERROR contracts: the API responded with HTTP 500');
  });

  it('fails where a page would not do: a missing list, too much that does not fit', async () => {
    const simulator = simulated({ rows: 120, malformed: 1 });
    simulator.fault({ kind: 'missing-rows', stream: 'cities' });
    const { report } = await checked({
      simulator,
      streams: ['cities', 'jobs'],
      maxRejectedShare: 0.1,
    });
    expect(report.streams.map(({ outcome }) => outcome)).to.deep.equal(['failed', 'failed']);
  });

  it('ends at a token that is refused', async () => {
    const { report } = await checked({
      simulator: simulated({ token: 'another-token' }),
      streams: STREAMS_OF_LIST,
    });
    expect(report.ended).to.include({ fault: 'unauthorized' });
    expect(report.streams.map(({ outcome }) => outcome)).to.deep.equal([
      'failed',
      'skipped',
      'skipped',
      'skipped',
    ]);
  });

  it('ends after three streams without an answer', async () => {
    const simulator = simulated({ rows: 3 });
    simulator.fault({ kind: 'reset', times: Infinity });
    const { report } = await checked({ simulator, streams: STREAMS_OF_LIST });
    expect(report.ended).to.include({ fault: 'unreachable' });
    expect(report.streams.map(({ outcome }) => outcome)).to.deep.equal([
      'failed',
      'failed',
      'failed',
      'skipped',
    ]);
  });

  it('ends after three streams that were not found, if none has worked, and names base_url', async () => {
    const simulator = simulated({ rows: 3 });
    simulator.fault({ kind: 'status', status: 404, times: Infinity });
    const { report } = await checked({ simulator, streams: STREAMS_OF_LIST });
    expect(report.ended).to.include({ fault: 'bad-request', status: 404 });
    expect(report.ended)
      .to.have.property('message')
      .that.matches(/HTTP 404\), so base_url has a wrong host or path/);
    expect(report.streams.map(({ outcome }) => outcome)).to.deep.equal([
      'failed',
      'failed',
      'failed',
      'skipped',
    ]);
  });

  it('goes on after any number of streams that were not found, once something else was seen', async () => {
    for (const status of [403, 500]) {
      const simulator = simulated({ rows: 3 });
      simulator.fault({ kind: 'status', status, stream: 'cities', times: Infinity });
      for (const stream of ['contracts', 'crews', 'jobs', 'offices']) {
        simulator.fault({ kind: 'status', status: 404, stream, times: Infinity });
      }
      const { report } = await checked({ simulator, streams: [...STREAMS_OF_LIST, 'offices'] });
      expect(report.ended).to.equal(null);
    }
  });

  it('ends on a signal', async () => {
    const stop = new AbortController();
    const onAsk = (stream: string): unknown =>
      stream === 'contracts' && stop.abort(new StopError('stopped by SIGINT', 'SIGINT'));
    const { report } = await checked({
      simulator: simulated({ rows: 3 }),
      streams: STREAMS_OF_LIST,
      stop,
      onAsk,
    });
    expect(report.ended).to.be.instanceOf(StopError);
    expect(report.streams.map(({ outcome }) => outcome)).to.deep.equal([
      'complete',
      'skipped',
      'skipped',
      'skipped',
    ]);
  });

  it('begins with the bookmark, and falls back as a sync would', async () => {
    const simulator = simulated({ rows: 3 });
    const state = { bookmarks: { jobs: { refresh_token: 'stale' } } };
    const { report, said } = await checked({ simulator, streams: ['jobs'], state });
    expect(report.streams[0]).to.include({ outcome: 'complete', rows: 3 });
    expect(said[0]).to.match(/^WARN jobs: the API no longer accepts its refresh_token/);
  });

  it('asks nothing where a schema of the catalog cannot be used', async () => {
    const simulator = simulated({ rows: 3 });
    const schema = { type: 'object', properties: { id: { type: 'number of the beast' } } };
    const catalog = { streams: [{ tap_stream_id: 'jobs', selected: true, schema }] };
    const error = await checked({ simulator, catalog }).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(ConfigError);
    expect(simulator.calls).to.deep.equal([]);
  });
});
