import { expect } from 'chai';
import * as fc from 'fast-check';
import { discover } from '#src/catalog/discover.js';
import { TableVersion } from '#src/engine/table-version.js';
import { StopError } from '#src/errors.js';
import type { Bookmark } from '#src/singer/state.js';
import { idAt, simulated } from '../simulator/client.js';
import { NOW, useApi } from '../support/api.js';
import { formOf, statesOf, type Message } from '../support/messages.js';
import { syncOnce, type Ran } from '../support/run.js';

const SECONDS = NOW / 1000;

function activationsOf({ messages }: Ran): string[] {
  return messages.flatMap((message) =>
    message.type === 'ACTIVATE_VERSION' ? [`${message.stream} ${message.version}`] : [],
  );
}

/** The versions of a stream's records. */
function versionsOf(messages: readonly Message[], stream: string): (number | undefined)[] {
  const versions = messages.flatMap((message) =>
    message.type === 'RECORD' && message.stream === stream ? [message.version] : [],
  );
  return [...new Set(versions)];
}

describe('ACTIVATE_VERSION', () => {
  useApi();

  it('is not emitted without the setting, and records have no version', async () => {
    const ran = await syncOnce({ simulator: simulated({ rows: 6 }) });
    expect(activationsOf(ran)).to.deep.equal([]);
    expect(ran.text).not.to.include('"version"');
  });

  it('ends a complete full walk, behind its rows and before its STATE', async () => {
    const simulator = simulated({ rows: 12, pageSize: 5 });
    const ran = await syncOnce({ simulator, streams: ['cities', 'jobs'], activateMinShare: 0.5 });
    expect(activationsOf(ran)).to.deep.equal([`cities ${SECONDS}`, `jobs ${SECONDS}`]);
    expect(versionsOf(ran.messages, 'jobs')).to.deep.equal([SECONDS]);
    const form = formOf(ran.messages);
    const at = form.indexOf('ACTIVATE_VERSION jobs');
    expect(form.slice(at - 1, at + 2)).to.deep.equal([
      'RECORD jobs',
      'ACTIVATE_VERSION jobs',
      'STATE',
    ]);
    const before = statesOf(
      ran.messages.slice(
        0,
        ran.messages.findLastIndex((one) => one.type === 'ACTIVATE_VERSION'),
      ),
    );
    expect(before.at(-1)?.bookmarks['jobs']).not.to.have.property('refresh_token');
  });

  it('is for lists only: feeds, work_order_statuses and rejected_records have no version', async () => {
    const simulator = simulated({ rows: 30, malformed: 0.2 });
    const ran = await syncOnce({ simulator, activateMinShare: 0.5 });
    for (const stream of ['job_events', 'work_order_statuses', 'rejected_records'])
      expect(versionsOf(ran.messages, stream), stream).to.deep.equal([undefined]);
    expect(activationsOf(ran)).to.have.length(18);
    // A record of a rejection is not a row of the list.
    expect(ran.rejected.map(({ stream }) => stream)).to.include('jobs');
    expect(ran.state.bookmarks['jobs']?.full_rows).to.equal(ran.records('jobs').length);
  });

  it('does not follow an incremental walk, whose records carry the version of the last full one', async () => {
    const simulator = simulated({ rows: 12, now: () => NOW });
    const options = { simulator, streams: ['jobs', 'job_events'], activateMinShare: 0.5 };
    const first = await syncOnce(options);
    simulator.change('jobs', idAt(simulator, 'jobs', 1), { notes: 'new' });
    simulator.remove('jobs', idAt(simulator, 'jobs', 2));
    const second = await syncOnce({ ...options, state: first.state });
    expect(second.records('jobs')).to.have.length(2);
    expect(versionsOf(second.messages, 'jobs')).to.deep.equal([SECONDS]);
    expect(activationsOf(second)).to.deep.equal([]);
  });

  it('has a version that grows with each full walk, even if the clock stands still', async () => {
    const simulator = simulated({ rows: 4 });
    const options = { simulator, streams: ['cities', 'job_type_configuration'] };
    const first = await syncOnce({ ...options, activateMinShare: 0.5 });
    const second = await syncOnce({
      ...options,
      activateMinShare: 0.5,
      state: first.state,
      fullRefresh: ['cities'],
    });
    expect(activationsOf(second)).to.deep.equal([
      `cities ${SECONDS + 1}`,
      `job_type_configuration ${SECONDS + 1}`,
    ]);
  });

  it('ends a resumed walk once, with the version of its start', async () => {
    const simulator = simulated({ rows: 20, pageSize: 4 });
    const options = { simulator, streams: ['jobs'], activateMinShare: 0.5 };
    const stop = new AbortController();
    let calls = 0;
    const cut = await syncOnce({
      ...options,
      stop,
      onAsk: () => (calls += 1) > 3 && stop.abort(new StopError('enough')),
    });
    expect(activationsOf(cut)).to.deep.equal([]);
    const rest = await syncOnce({ ...options, state: cut.state });
    expect(activationsOf(rest)).to.deep.equal([`jobs ${SECONDS}`]);
    expect(rest.state.bookmarks['jobs']).to.include({ full_rows: 20 });
    expect(rest.state.bookmarks['jobs']).not.to.have.property('walk_rows');
  });

  it('a walk that starts again has a new version', async () => {
    const simulator = simulated({ rows: 20, pageSize: 4 });
    const options = { simulator, streams: ['jobs'], activateMinShare: 0.5 };
    const first = await syncOnce(options);
    const middle = statesOf(first.messages)[3];
    simulator.expire(['next_batch']);
    const again = await syncOnce({ ...options, state: middle });
    expect(activationsOf(again)).to.deep.equal([`jobs ${SECONDS + 1}`]);
    expect(versionsOf(again.messages, 'jobs')).to.deep.equal([SECONDS + 1]);
  });

  it('is not emitted after a failure, nor with --max-records', async () => {
    const simulator = simulated({ rows: 20, pageSize: 4 });
    simulator.fault({ kind: 'status', status: 403, stream: 'jobs', after: 2, times: Infinity });
    const options = { simulator, streams: ['jobs'], activateMinShare: 0 };
    expect(activationsOf(await syncOnce(options))).to.deep.equal([]);
    simulator.clearFaults();
    const few = await syncOnce({ ...options, maxRecords: 100 });
    expect(few.records('jobs')).to.have.length(20);
    expect(activationsOf(few)).to.deep.equal([]);
    expect(versionsOf(few.messages, 'jobs')).to.deep.equal([undefined]);
  });

  it('is not emitted if the walk brought far fewer rows than the one before; the next one counts', async () => {
    const simulator = simulated({ rows: 10 });
    const options = { simulator, streams: ['jobs'], activateMinShare: 0.5, fullRefresh: ['jobs'] };
    const first = await syncOnce(options);
    for (let left = 6; left > 0; left -= 1) simulator.remove('jobs', idAt(simulator, 'jobs', 0));
    const second = await syncOnce({ ...options, state: first.state });
    expect(activationsOf(second)).to.deep.equal([]);
    expect(second.said.join('\n')).to.include(
      'WARN jobs: the full walk brought 4 rows, the one before 10: less than activate_min_share',
    );
    const third = await syncOnce({ ...options, state: second.state });
    expect(activationsOf(third)).to.deep.equal([`jobs ${SECONDS + 2}`]);
  });

  it('follows each walk of a FULL_TABLE list', async () => {
    const catalog = discover();
    const entry = catalog.streams.find(({ stream }) => stream === 'cities')!;
    entry.metadata[0]!.metadata['replication-method'] = 'FULL_TABLE';
    const options = { simulator: simulated({ rows: 4 }), catalog, streams: ['cities'] };
    const first = await syncOnce({ ...options, activateMinShare: 0.5 });
    const second = await syncOnce({ ...options, activateMinShare: 0.5, state: first.state });
    expect(activationsOf(second)).to.deep.equal([`cities ${SECONDS + 1}`]);
  });

  it('does not count a walk that was in part without versions', async () => {
    const simulator = simulated({ rows: 20, pageSize: 4 });
    const first = await syncOnce({ simulator, streams: ['jobs'], activateMinShare: 0.5 });
    const off = await syncOnce({
      simulator,
      streams: ['jobs'],
      state: statesOf(first.messages)[2],
    });
    const state = statesOf(off.messages)[1];
    const on = await syncOnce({ simulator, streams: ['jobs'], state, activateMinShare: 0.5 });
    expect(on.report.streams[0]?.outcome).to.equal('complete');
    expect(activationsOf(on)).to.deep.equal([]);
  });
});

describe('the version of a table', () => {
  it('grows, activates only complete full walks, and never with too few rows', () => {
    const page = fc.record({
      starts: fc.option(fc.constantFrom('full', 'incremental', 'continued'), { nil: undefined }),
      isLast: fc.boolean(),
      records: fc.nat({ max: 9 }),
      isKilled: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(page, { maxLength: 30 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (pages, minShare) => {
          let bookmark: Bookmark = {};
          let version = new TableVersion({ bookmark, minShare, now: () => NOW });
          let last = 0;
          let rows: number | null = null;
          let before: number | null = null;
          for (const { starts, isLast, records, isKilled } of pages) {
            const one = {
              rows: [],
              size: 0,
              arrivedAt: 0,
              bookmark: {},
              ...(starts && { starts }),
              ...(isLast && { isLast: true as const }),
            };
            const carried = version.begin(one);
            if (starts === 'full') {
              expect(carried).to.be.above(last);
              rows = 0;
            } else expect(carried ?? 0).to.equal(last);
            if (starts === 'incremental') rows = null;
            last = carried ?? 0;
            const result = version.end(one, records);
            if (rows !== null) rows += records;
            if (rows === null || !isLast) expect(result).to.equal(null);
            else {
              const isEnough: boolean = before === null || rows >= before * minShare;
              expect(result?.activate).to.equal(isEnough);
              before = rows;
              rows = null;
            }
            bookmark = version.addTo(bookmark);
            if (isKilled) version = new TableVersion({ bookmark, minShare, now: () => NOW });
          }
        },
      ),
    );
  });
});
