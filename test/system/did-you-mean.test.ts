import { expect } from 'chai';
import { didYouMean } from '#src/system/did-you-mean.js';

const NAMES = ['jobs', 'job_events', 'invoices', 'work_orders', 'api_token'];

describe('didYouMean', () => {
  const cases: [given: string, hint: string][] = [
    ['job', ' (did you mean jobs?)'],
    ['Invoice', ' (did you mean invoices?)'],
    ['workOrders', ' (did you mean work_orders?)'],
    ['api-tokn', ' (did you mean api_token?)'],
    ['weather', ''],
    ['', ''],
    ['j', ''],
    ['!?', ''],
    ['jobs'.repeat(100_000), ' (did you mean jobs?)'],
  ];
  for (const [given, hint] of cases) {
    it(`of ${JSON.stringify(given.slice(0, 20))}`, () => {
      expect(didYouMean(given, NAMES)).to.equal(hint);
    });
  }

  it('suggests three at most', () => {
    expect(didYouMean('abc', ['abcd', 'abce', 'abcf', 'abcg'])).to.equal(
      ' (did you mean abcd, abce, or abcf?)',
    );
  });
});
