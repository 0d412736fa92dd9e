import { expect } from 'chai';
import { discover } from '#src/catalog/discover.js';
import { extendCatalog } from '#src/catalog/extend.js';
import { plan } from '#src/catalog/plan.js';

const TEXT = { type: ['null', 'string'] };
const NEW = new Map([['cities', new Map([['mayor', TEXT]])]]);

describe('extendCatalog', () => {
  it('adds columns that are selected, and changes nothing else', () => {
    const before = discover();
    const catalog = { ...before, kept: 1 };
    const extended = extendCatalog(catalog, NEW);
    expect(catalog).to.deep.equal({ ...discover(), kept: 1 });
    const expected = discover();
    const cities = expected.streams.find(({ stream }) => stream === 'cities')!;
    cities.schema = {
      ...cities.schema,
      properties: { ...cities.schema.properties, mayor: TEXT },
    };
    cities.metadata.push({
      breadcrumb: ['properties', 'mayor'],
      metadata: {
        inclusion: 'available',
        'selected-by-default': true,
        'bolt-eci-tap.discovered': true,
      },
    });
    expect(extended).to.deep.equal({ ...expected, kept: 1 });
    const planned = plan(extended).streams.find(({ name }) => name === 'cities');
    expect([...planned!.selected]).to.include('mayor');
  });

  it('keeps selections, types, names and unknown keys of a catalog that was edited', () => {
    const schema = { properties: { id: { type: 'string' }, mayor: { type: 'null' } }, extra: [1] };
    const entry = { stream: 'cities', schema, selected: true, table: 'towns' };
    const left = { breadcrumb: ['properties', 'area'], metadata: { selected: false } };
    const catalog = { streams: [{ ...entry, metadata: [left] }, { stream: 'jobs' }, 'odd'] };
    const found = new Map([['cities', new Map([...NEW.get('cities')!, ['area', TEXT]])]]);
    expect(extendCatalog(catalog, found)).to.deep.equal({
      streams: [
        {
          ...entry,
          schema: { ...schema, properties: { ...schema.properties, area: TEXT } },
          metadata: [left],
        },
        { stream: 'jobs' },
        'odd',
      ],
    });
  });

  it('goes by the id of a renamed stream, and adds missing metadata', () => {
    const entry = { tap_stream_id: 'cities', stream: 'towns', schema: { properties: {} } };
    const extended = JSON.stringify(extendCatalog({ streams: [entry] }, NEW));
    expect(extended).to.include('"stream":"towns"').and.include('["properties","mayor"]');
  });
});
