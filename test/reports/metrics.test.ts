import { expect } from 'chai';
import { createLog, type MetricPoint } from '#src/terminal/log.js';
import { Metrics } from '#src/reports/metrics.js';
import { callOf, reportOf } from '../support/reports.js';

describe('Metrics', () => {
  let now: number;
  let lines: string[];
  let metrics: Metrics;
  beforeEach(() => {
    now = 1_700_000_000_000;
    lines = [];
    const log = createLog({ level: 'info', format: 'text', write: (line) => lines.push(line) });
    metrics = new Metrics(log, () => now);
  });

  /** The metrics since the last call of this function. */
  function newPoints(): MetricPoint[] {
    return lines.splice(0).map((line) => {
      expect(line).to.match(/^INFO METRIC: \{.*\}\n$/);
      return JSON.parse(line.slice('INFO METRIC: '.length));
    });
  }

  /** Counters by name. */
  function newCounters(): Record<string, number> {
    const counters = newPoints().filter(({ type }) => type === 'counter');
    return Object.fromEntries(counters.map(({ metric, value }) => [metric, value]));
  }

  it('times each call, in seconds', () => {
    metrics.onCall(callOf({ ms: 1250 }));
    expect(newPoints()).to.deep.equal([
      {
        type: 'timer',
        metric: 'http_request_duration',
        value: 1.25,
        tags: { stream: 'jobs', http_status_code: 200, status: 'succeeded' },
      },
    ]);
  });

  for (const status of [400, 429, 500, 'ECONNRESET']) {
    it(`calls status ${status} failed`, () => {
      metrics.onCall(callOf({ status }));
      expect(newPoints()[0]?.tags).to.deep.equal({
        stream: 'jobs',
        http_status_code: status,
        status: 'failed',
      });
    });
  }

  it('logs counters once a minute', () => {
    metrics.onCall(callOf());
    newPoints();
    metrics.onProgress(reportOf('jobs', { rows: 100 }));
    now += 59_999;
    metrics.onProgress(reportOf('jobs', { rows: 200 }));
    expect(newPoints()).to.deep.equal([]);
    now += 1;
    metrics.onProgress(reportOf('jobs', { rows: 300, rejected: 2 }));
    expect(newCounters()).to.deep.equal({
      record_count: 300,
      http_request_count: 1,
      rejected_count: 2,
    });
    now += 59_999;
    metrics.onProgress(reportOf('jobs', { rows: 350, rejected: 2 }));
    expect(newPoints()).to.deep.equal([]);
    now += 1;
    metrics.onProgress(reportOf('jobs', { rows: 400, rejected: 2 }));
    expect(newCounters()).to.deep.equal({ record_count: 100, http_request_count: 0 });
  });

  it('logs the rest of a stream at its end, so that counters add up', () => {
    now += 60_000;
    metrics.onProgress(reportOf('jobs', { rows: 100 }));
    newPoints();
    metrics.onCall(callOf());
    metrics.onCall(callOf({ stream: 'crews' }));
    newPoints();
    metrics.onEnd(reportOf('jobs', { rows: 130, rejected: 1, ms: 61_500 }));
    const points = newPoints();
    expect(points.map(({ metric, value }) => [metric, value])).to.deep.equal([
      ['record_count', 30],
      ['http_request_count', 1],
      ['rejected_count', 1],
      ['sync_duration', 61.5],
    ]);
    expect(points.at(-1)?.tags).to.deep.equal({ stream: 'jobs', status: 'succeeded' });
    metrics.onEnd(reportOf('crews', { outcome: 'failed' }));
    expect(newPoints().at(-1)?.tags).to.deep.equal({ stream: 'crews', status: 'failed' });
  });
});
