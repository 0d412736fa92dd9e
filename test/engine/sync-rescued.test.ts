import { expect } from 'chai';
import { discover } from '#src/catalog/discover.js';
import { RESCUED, STREAMS } from '#src/streams.js';
import { held, isRow, simulated } from '../simulator/client.js';
import { useApi } from '../support/api.js';
import { expectedOf, rescuedOf } from '../support/oracle.js';
import { syncOnce } from '../support/run.js';

/** The catalog with `_rescued_data` selected in each stream. */
function rescuing(): unknown {
  const { streams } = discover();
  for (const { metadata } of streams) {
    for (const { breadcrumb, metadata: column } of metadata)
      if (breadcrumb[1] === RESCUED) column['selected'] = true;
  }
  return { streams };
}

describe('sync: _rescued_data', () => {
  useApi();

  it('has what the schemas do not declare, in lists, in feeds and in what is made of them', async () => {
    const simulator = simulated({ rows: 40, pageSize: 20, malformed: 0.2 });
    const news = { 'Lot Color': 'red', specs: { b: [1, null], a: 0.5 }, 7: true, _rescued_data: 1 };
    for (const stream of ['jobs', 'work_orders', 'customers', 'cities']) {
      const ids = held(simulator, stream).map(({ id }) => Number(id));
      simulator.change(
        stream,
        ids.find((id) => Number.isSafeInteger(id))!,
        news,
      );
    }
    const ran = await syncOnce({ simulator, catalog: rescuing() });
    let count = 0;
    for (const stream of STREAMS) {
      const last = new Map(
        ran.records(stream.name).map((one) => [String(one[stream.keys[0]!]), one[RESCUED]]),
      );
      for (const row of simulator.rows(stream.name)) {
        const { record } = expectedOf(stream, row);
        if (record === null || !isRow(row)) continue;
        const expected = rescuedOf(stream, row);
        if (expected !== null) count += 1;
        expect(last.get(String(record[stream.keys[0]!])), stream.name).to.equal(expected);
      }
    }
    expect(count).to.be.at.least(4);
    expect(ran.said.join('\n')).to.contain('it is kept in _rescued_data');
    for (const record of ran.records('work_order_statuses'))
      expect(record).to.have.property(RESCUED);
  });
});
