import { expect } from 'chai';
import { HOUR } from '#src/api/budget.js';
import { Ledger } from '#src/api/ledger.js';
import { NOON } from '../support/clock.js';

const LIMITS = { callsPerHour: 3, callsPerSecond: 1000, batch: 1 };

describe('Ledger', () => {
  it('waits for enough calls to expire if an earlier run had a higher limit', () => {
    const calls = [1, 2, 3].map((span) => [NOON - span * 60_000, 2]);
    const wait = new Ledger({ calls, next: 0 }, NOON).reserve('tap', LIMITS);
    expect(wait).to.deep.include({ ms: HOUR - 120_000 });
    const later = new Ledger({ calls, next: 0 }, NOON + HOUR - 120_000).reserve('tap', LIMITS);
    expect(later).to.deep.include({ count: 1 });
  });

  it('gives back the time of unused calls', () => {
    const limits = { callsPerHour: 100, callsPerSecond: 1, batch: 5 };
    const ledger = new Ledger(undefined, NOON);
    const grant = ledger.reserve('tap', limits);
    expect(ledger.entry().next).to.equal(NOON + 5000);
    if ('count' in grant) ledger.settle('tap', grant, 1, limits);
    expect(ledger.entry()).to.deep.equal({ calls: [[NOON + 10_000, 1]], next: NOON + 1000 });
  });
});
