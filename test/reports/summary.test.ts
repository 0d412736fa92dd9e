import { expect } from 'chai';
import { ApiError, ConfigError, StopError } from '#src/errors.js';
import { newReport, type StreamReport, type SyncReport } from '#src/reports/report.js';
import { resultLine, summaryLines } from '#src/reports/summary.js';

function report(stream: string, fields: Partial<StreamReport>): StreamReport {
  return { ...newReport(stream, {}), ...fields };
}

function summary(streams: StreamReport[], ms = 0): string[] {
  const run: SyncReport = { streams, ms, ended: null };
  return summaryLines(run);
}

describe('summaryLines', () => {
  it('is a table with a line per stream and a total, and the causes of failures', () => {
    const error = new ApiError('crews: the API responded with HTTP 500', 'server-error', {
      cause: new Error('why'),
    });
    const lines = summary(
      [
        report('jobs', {
          began: 'incremental',
          rows: 43_912,
          deleted: 7,
          pages: 440,
          ms: 123_456,
          rejected: 12,
          outcome: 'complete',
        }),
        report('crews', { pages: 1, ms: 49, outcome: 'failed', error }),
        report('job_type_configuration', { outcome: 'skipped' }),
      ],
      200_000,
    );
    expect(lines).to.deep.equal([
      'stream  mode                     rows  deleted  pages  seconds  rejected  outcome',
      'jobs    incremental, then full  43912        7    440    123.5        12  complete',
      'crews   full                        0        0      1      0.0         0  failed',
      'total                           43912        7    441    200.0        12  1 of 3 complete',
      'not started: job_type_configuration',
      'failed: crews: the API responded with HTTP 500: why',
    ]);
  });

  it('needs no stream', () => {
    expect(summary([])).to.deep.equal([
      'stream  mode  rows  deleted  pages  seconds  rejected  outcome',
      'total            0        0      0      0.0         0  0 of 0 complete',
    ]);
  });
});

describe('resultLine', () => {
  const done = report('jobs', { rows: 1_975, outcome: 'complete' });
  const one = report('crews', { rows: 1, outcome: 'complete' });
  const failed = report('offices', { outcome: 'failed' });
  const skipped = report('types', {});
  const line = (streams: StreamReport[], ended: unknown = null): string =>
    resultLine({ streams, ms: 0, ended });

  it('has the number of rows', () => {
    expect(line([done, one])).to.equal('complete: 2 streams, 1,976 rows');
    expect(line([one])).to.equal('complete: 1 stream, 1 row');
  });

  it('names the failed streams, and counts the rest', () => {
    expect(line([done, failed, skipped])).to.equal(
      'failed: offices; 1 of 3 streams complete, 1,975 rows',
    );
  });

  it('distinguishes a stopped run from a failed one', () => {
    expect(line([done, skipped], new StopError('the time is over'))).to.equal(
      'stopped: 1 of 2 streams complete, 1,975 rows',
    );
    expect(line([done, skipped], new ConfigError('SETTING_WRONG', 'x'))).to.equal(
      'failed: 1 of 2 streams complete, 1,975 rows',
    );
  });

  it('ends with the first cause, because some tools show only that line', () => {
    const error = new ApiError('jobs: the API refuses the token (HTTP 401)', 'unauthorized');
    const jobs = { ...newReport('jobs', {}), outcome: 'failed' as const, error };
    const line = resultLine({ streams: [jobs], ms: 0, ended: error });
    expect(line).to.equal(
      'failed: jobs; 0 of 1 stream complete, 0 rows; jobs: the API refuses the token (HTTP 401)',
    );
  });
});
