import { Ajv } from 'ajv';
import { default as addFormats } from 'ajv-formats';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { ApiError, StopError } from '#src/errors.js';
import { summaryJson, type RunFacts } from '#src/reports/summary-file.js';
import { CallStats } from '#src/reports/call-stats.js';
import { inProject } from '../support/paths.js';
import { callOf, reportOf } from '../support/reports.js';

const FACTS: RunFacts = {
  version: '1.2.3',
  exitCode: 1,
  startedAt: Date.UTC(2025, 0, 6, 8),
  host: 'bolt.example',
  callsPerHour: 900,
  maxRecords: null,
  codes: [{ code: 'RETRY', level: 'warning', stream: 'jobs', count: 2 }],
};
const isSummary = (() => {
  const ajv = new Ajv({ strict: false });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(inProject('schemas/reports/summary.json'), 'utf8')));
})();
const TOKEN = `${'x'.repeat(80)}--0123456789abcdef`;

describe('the summary file', () => {
  it('describes the run and each stream, with times in seconds', () => {
    const callStats = new CallStats();
    callStats.busiestHour = 120;
    callStats.waitedMs = 7500;
    callStats.add(callOf({ status: 429, retry: { ms: null, why: 'HTTP 429' } }));
    callStats.add(callOf({ ms: 100, pausedMs: 4000 }));
    const jobs = reportOf('jobs', {
      mode: 'continued',
      rows: 120,
      deleted: 4,
      pages: 2,
      rejected: 3,
      ms: 6500,
    });
    const text = summaryJson(
      { streams: [jobs, reportOf('crews')], ms: 9000, ended: null },
      callStats,
      FACTS,
    );
    expect(text).to.match(/\}\n$/);
    const { streams, ...run } = JSON.parse(text);
    expect(isSummary(JSON.parse(text)), JSON.stringify(isSummary.errors)).to.equal(true);
    expect(run).to.deep.equal({
      format: 1,
      version: '1.2.3',
      host: 'bolt.example',
      run_exit_code: null,
      run_code: null,
      max_records: null,
      calls_per_hour: 900,
      most_calls_in_an_hour: 120,
      seconds_waited: 7.5,
      codes: [{ code: 'RETRY', level: 'warning', stream: 'jobs', count: 2 }],
      started_at: '2025-01-06T08:00:00.000Z',
      seconds: 9,
      exit_code: 1,
      ended: null,
      ended_code: null,
    });
    expect(streams[0]).to.deep.equal({
      stream: 'jobs',
      mode: 'continued',
      outcome: 'complete',
      error: null,
      error_code: null,
      rows: 120,
      deleted: 4,
      pages: 2,
      calls: 2,
      retries: 1,
      rejected: 3,
      seconds: 6.5,
      seconds_waited_on_429: 4,
      latency_p50_s: 0.1,
      latency_p95_s: 0.1,
      bookmark_before: {},
      bookmark_after: {},
    });
    expect(streams[1]).to.include({
      stream: 'crews',
      calls: 0,
      latency_p50_s: null,
      latency_p95_s: null,
    });
  });

  it('has the cause of a failed stream, and of the end of the run', () => {
    const error = new ApiError('jobs: the API responded with HTTP 500', 'server-error', {
      cause: new Error('it is down'),
    });
    const streams = [reportOf('jobs', { outcome: 'failed', error })];
    const text = summaryJson(
      { streams, ms: 1, ended: new StopError('the time is up') },
      new CallStats(),
      FACTS,
    );
    const summary = JSON.parse(text);
    expect(summary.ended).to.equal('the time is up');
    expect(summary.streams[0]).to.include({
      outcome: 'failed',
      error: 'jobs: the API responded with HTTP 500: it is down',
    });
  });

  it('shortens tokens', () => {
    const before = { refresh_token: TOKEN, walk: 'full' } as const;
    const after = { event_token: TOKEN, page: 3 };
    const text = summaryJson(
      { streams: [reportOf('jobs', { before, after })], ms: 1, ended: null },
      new CallStats(),
      FACTS,
    );
    expect(text).to.not.contain(TOKEN.slice(0, 40));
    const [stream] = JSON.parse(text).streams;
    expect(stream.bookmark_before.refresh_token).to.be.a('string').and.not.equal('');
    expect(stream.bookmark_before.walk).to.equal('full');
    expect(stream.bookmark_after.page).to.equal(3);
  });
});
