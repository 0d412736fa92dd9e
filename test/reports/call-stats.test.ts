import { expect } from 'chai';
import { CallStats } from '#src/reports/call-stats.js';
import { callOf } from '../support/reports.js';

describe('CallStats', () => {
  it('counts by stream', () => {
    const callStats = new CallStats();
    callStats.add(callOf({ retry: { ms: null, why: 'HTTP 429' }, status: 429 }));
    callStats.add(callOf({ pausedMs: 2000 }));
    callStats.add(
      callOf({ pausedMs: 500, status: 'ECONNRESET', retry: { ms: 100, why: 'broken' } }),
    );
    callStats.add(callOf({ stream: 'crews' }));
    const { calls, retries, pausedMs, statuses } = callStats.of('jobs');
    expect({ calls, retries, pausedMs }).to.deep.equal({ calls: 3, retries: 2, pausedMs: 2500 });
    expect(Object.fromEntries(statuses)).to.deep.equal({ '429': 1, '200': 1, ECONNRESET: 1 });
    expect(Object.fromEntries(callStats.of('crews').statuses)).to.deep.equal({ '200': 1 });
  });

  it('is zero for a stream without calls', () => {
    const { calls, retries, pausedMs, statuses } = new CallStats().of('jobs');
    expect({ calls, retries, pausedMs, statuses: statuses.size }).to.deep.equal({
      calls: 0,
      retries: 0,
      pausedMs: 0,
      statuses: 0,
    });
  });

  it('keeps percentiles of the latency, also of calls that took less than 1 ms', () => {
    const callStats = new CallStats();
    for (let ms = 1; ms <= 100; ms++) callStats.add(callOf({ ms }));
    expect(callStats.of('jobs').latency.percentile(50)).to.equal(50);
    expect(callStats.of('jobs').latency.percentile(95)).to.equal(95);
    for (const ms of [0, 0.4, 3_600_000]) callStats.add(callOf({ stream: 'crews', ms }));
    expect(callStats.of('crews').latency.min).to.equal(1);
    expect(callStats.of('crews').latency.max).to.be.within(3_598_000, 3_603_000);
  });
});
