import { expect } from 'chai';
import { Tally } from '#src/reports/call-stats.js';
import { callOf } from '../support/reports.js';

describe('Tally', () => {
  it('counts by stream', () => {
    const tally = new Tally();
    tally.add(callOf({ retry: { ms: null, why: 'HTTP 429' }, status: 429 }));
    tally.add(callOf({ pausedMs: 2000 }));
    tally.add(callOf({ pausedMs: 500, status: 'ECONNRESET', retry: { ms: 100, why: 'broken' } }));
    tally.add(callOf({ stream: 'crews' }));
    const { calls, retries, pausedMs, statuses } = tally.of('jobs');
    expect({ calls, retries, pausedMs }).to.deep.equal({ calls: 3, retries: 2, pausedMs: 2500 });
    expect(Object.fromEntries(statuses)).to.deep.equal({ '429': 1, '200': 1, ECONNRESET: 1 });
    expect(Object.fromEntries(tally.of('crews').statuses)).to.deep.equal({ '200': 1 });
  });

  it('knows nothing of a stream without calls', () => {
    const { calls, retries, pausedMs, statuses } = new Tally().of('jobs');
    expect({ calls, retries, pausedMs, statuses: statuses.size }).to.deep.equal({
      calls: 0,
      retries: 0,
      pausedMs: 0,
      statuses: 0,
    });
  });

  it('keeps percentiles of the latency, of calls in no time at all too', () => {
    const tally = new Tally();
    for (let ms = 1; ms <= 100; ms++) tally.add(callOf({ ms }));
    expect(tally.of('jobs').latency.percentile(50)).to.equal(50);
    expect(tally.of('jobs').latency.percentile(95)).to.equal(95);
    for (const ms of [0, 0.4, 3_600_000]) tally.add(callOf({ stream: 'crews', ms }));
    expect(tally.of('crews').latency.min).to.equal(1);
    expect(tally.of('crews').latency.max).to.be.within(3_598_000, 3_603_000);
  });
});
