import { expect } from 'chai';
import { discover } from '#src/catalog/discover.js';
import { plan, type Plan } from '#src/catalog/plan.js';
import { openValidator } from '#src/cli/open-validator.js';

/** A plan of the shipped catalog, with keywords added to a column of jobs. */
function planWith(keywords: Readonly<Record<string, unknown>>): Plan {
  const streams = discover().streams.map((entry) => {
    if (entry.stream !== 'jobs') return entry;
    const lot = { ...entry.schema.properties['lot'], ...keywords };
    const properties = { ...entry.schema.properties, lot };
    return Object.assign({}, entry, { schema: { ...entry.schema, properties } });
  });
  return plan({ streams });
}

describe('openValidator', () => {
  it('checks keywords of a catalog', async () => {
    for (const keywords of [{ enum: ['A', 'B'] }, { maxLength: 1 }]) {
      const validator = await openValidator(planWith(keywords));
      const valid = validator({ type: ['null', 'string'], ...keywords });
      expect([valid('A'), valid('CC')]).to.deep.equal([true, false]);
    }
  });

  it('checks nothing if no column has a keyword that needs it', async () => {
    const validator = await openValidator(planWith({ title: 'Lot' }));
    expect(validator({ type: 'string', enum: ['A'] })('B')).to.equal(true);
  });
});
