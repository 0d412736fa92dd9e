import { expect } from 'chai';
import { discover } from '#src/catalog/discover.js';
import { modeLines, startOf, type Beginning } from '#src/engine/mode.js';
import { defaultPlan, plan } from '#src/catalog/plan.js';
import type { Bookmark } from '#src/singer/state.js';
import { simulated } from '../simulator/client.js';
import { useApi } from '../support/api.js';
import { statesOf } from '../support/messages.js';
import { syncOnce } from '../support/run.js';

const NOTHING: Beginning = { state: { bookmarks: {} }, fullRefresh: [], eventStartTokens: {} };

/** How a stream begins with a bookmark. */
function begins(
  stream: string,
  bookmark?: Bookmark,
  from: Partial<Beginning> = {},
): [string, string | null] {
  const bookmarks = { crews: {}, ...(bookmark && { [stream]: bookmark }) };
  const [planned] = defaultPlan([stream]).streams;
  const { mode, why } = startOf(planned!, { ...NOTHING, state: { bookmarks }, ...from });
  return [mode, why];
}

describe('how a stream begins', () => {
  it('follows from its bookmark', () => {
    expect(begins('jobs', { refresh_token: 'r' })).to.deep.equal(['incremental', null]);
    expect(begins('jobs', { refresh_token: 'r', next_batch: 'n' })).to.deep.equal([
      'continued',
      null,
    ]);
    expect(begins('jobs', {})).to.deep.equal(['full', 'no token in the bookmark']);
    expect(begins('jobs')).to.deep.equal(['full', 'no bookmark']);
    expect(begins('jobs', undefined, { state: { bookmarks: {} } })).to.deep.equal([
      'full',
      'first run',
    ]);
    expect(begins('job_events', { event_token: 'e' })).to.deep.equal(['incremental', null]);
    expect(begins('job_type_configuration', {})).to.deep.equal(['full', 'FULL_TABLE']);
  });

  it('follows from --full-refresh and event_start_tokens', () => {
    const eventStartTokens = { job_events: 's' };
    expect(begins('jobs', { refresh_token: 'r' }, { fullRefresh: ['jobs'] })).to.deep.equal([
      'full',
      '--full-refresh',
    ]);
    expect(begins('job_events', undefined, { eventStartTokens })).to.deep.equal([
      'full',
      'no bookmark, from event_start_tokens',
    ]);
    const both = { eventStartTokens, fullRefresh: ['job_events'] };
    expect(begins('job_events', { event_token: 'e' }, both)).to.deep.equal([
      'full',
      '--full-refresh, from event_start_tokens',
    ]);
    expect(begins('job_events', { event_token: 'e' }, { eventStartTokens })).to.deep.equal([
      'incremental',
      null,
    ]);
  });

  it('of a FULL_TABLE list is in full, or continues a full walk', () => {
    const catalog = discover();
    for (const { tap_stream_id, metadata } of catalog.streams)
      if (tap_stream_id === 'jobs') metadata[0]!.metadata['replication-method'] = 'FULL_TABLE';
    const [jobs] = plan(catalog, { streams: ['jobs'] }).streams;
    const of = (bookmark: Bookmark): [string, string | null] => {
      const { mode, why } = startOf(jobs!, {
        ...NOTHING,
        state: { bookmarks: { jobs: bookmark } },
      });
      return [mode, why];
    };
    expect(of({ refresh_token: 'r' })).to.deep.equal(['full', 'FULL_TABLE']);
    expect(of({ refresh_token: 'r', next_batch: 'n', walk: 'changes' })).to.deep.equal([
      'full',
      'FULL_TABLE',
    ]);
    expect(of({ refresh_token: 'r', next_batch: 'n', walk: 'full' })).to.deep.equal([
      'continued',
      null,
    ]);
  });

  it('is a line per way, with the names', () => {
    const { streams } = defaultPlan(['crews', 'jobs', 'offices', 'job_events']);
    const bookmarks = { jobs: { next_batch: 'n' }, job_events: { event_token: 'e' } };
    expect(modeLines(streams, { ...NOTHING, state: { bookmarks } })).to.deep.equal([
      'in full (no bookmark): crews, offices',
      'continuing an interrupted walk: jobs',
      'incremental from a bookmark: job_events',
    ]);
    expect(modeLines([], NOTHING)).to.deep.equal([]);
  });
});

describe('how a stream ran', () => {
  useApi();

  it('is in the report, also if a stale token made it start anew', async () => {
    const simulator = simulated({ rows: 12, pageSize: 5 });
    const streams = ['jobs', 'job_events'];
    const modes = async (state: unknown): Promise<string[]> => {
      const { report } = await syncOnce({ simulator, streams, state });
      return report.streams.map(({ stream, began, mode }) => `${stream} ${began} ${mode}`);
    };
    const first = await syncOnce({ simulator, streams });
    const middle = statesOf(first.messages)[2]!;
    expect(await modes({})).to.have.members(['jobs full full', 'job_events full full']);
    expect(await modes(middle)).to.include('jobs continued continued');
    expect(await modes(first.state)).to.have.members([
      'jobs incremental incremental',
      'job_events incremental incremental',
    ]);
    simulator.expire(['next_batch', 'refresh_token']);
    expect(await modes(middle)).to.include('jobs continued full');
    expect(await modes(first.state)).to.include('jobs incremental full');
  });
});
