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

  /** What was said since this was asked last. */
  function said(): MetricPoint[] {
    return lines.splice(0).map((line) => {
      expect(line).to.match(/^INFO METRIC: \{.*\}\n$/);
      return JSON.parse(line.slice('INFO METRIC: '.length));
    });
  }

  /** Counters by name. */
  function counted(): Record<string, number> {
    const counters = said().filter(({ type }) => type === 'counter');
    return Object.fromEntries(counters.map(({ metric, value }) => [metric, value]));
  }

  it('times each call, in seconds', () => {
    metrics.call(callOf({ ms: 1250 }));
    expect(said()).to.deep.equal([
      {
        type: 'timer',
        metric: 'http_request_duration',
        value: 1.25,
        tags: { stream: 'jobs', http_status_code: 200, status: 'succeeded' },
      },
    ]);
  });

  for (const status of [400, 429, 500, 'ECONNRESET']) {
    it(`calls ${status} failed`, () => {
      metrics.call(callOf({ status }));
      expect(said()[0]?.tags).to.deep.equal({
        stream: 'jobs',
        http_status_code: status,
        status: 'failed',
      });
    });
  }

  it('says once a minute what came since', () => {
    metrics.call(callOf());
    said();
    metrics.progress(reportOf('jobs', { rows: 100 }));
    now += 59_999;
    metrics.progress(reportOf('jobs', { rows: 200 }));
    expect(said()).to.deep.equal([]);
    now += 1;
    metrics.progress(reportOf('jobs', { rows: 300, rejected: 2 }));
    expect(counted()).to.deep.equal({
      record_count: 300,
      http_request_count: 1,
      rejected_count: 2,
    });
    now += 59_999;
    metrics.progress(reportOf('jobs', { rows: 350, rejected: 2 }));
    expect(said()).to.deep.equal([]);
    now += 1;
    metrics.progress(reportOf('jobs', { rows: 400, rejected: 2 }));
    expect(counted()).to.deep.equal({ record_count: 100, http_request_count: 0 });
  });

  it('says the rest of a stream at its end, so that counters add up', () => {
    now += 60_000;
    metrics.progress(reportOf('jobs', { rows: 100 }));
    said();
    metrics.call(callOf());
    metrics.call(callOf({ stream: 'crews' }));
    said();
    metrics.end(reportOf('jobs', { rows: 130, rejected: 1, ms: 61_500 }));
    const points = said();
    expect(points.map(({ metric, value }) => [metric, value])).to.deep.equal([
      ['record_count', 30],
      ['http_request_count', 1],
      ['rejected_count', 1],
      ['sync_duration', 61.5],
    ]);
    expect(points.at(-1)?.tags).to.deep.equal({ stream: 'jobs', status: 'succeeded' });
    metrics.end(reportOf('crews', { outcome: 'failed' }));
    expect(said().at(-1)?.tags).to.deep.equal({ stream: 'crews', status: 'failed' });
  });
});
