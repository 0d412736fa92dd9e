/** Moving over: the tables of the older connector have no column that the catalog lacks. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { discover } from '#src/catalog/discover.js';
import { inProject } from '../support/paths.js';

interface OlderTable {
  readonly key: readonly string[];
  /** The names of columns, separated by blanks, by type. */
  readonly columns: Readonly<Record<string, string>>;
}

const TABLES: Readonly<Record<string, OlderTable>> = JSON.parse(
  readFileSync(inProject('test/catalog/older-tables.json'), 'utf8'),
);

describe("the older connector's tables", () => {
  const { streams } = discover();

  it('are 21, and each is still a stream', () => {
    expect(Object.keys(TABLES)).to.have.lengthOf(21);
    expect(streams.map(({ stream }) => stream)).to.include.members(Object.keys(TABLES));
  });

  for (const [name, { key, columns }] of Object.entries(TABLES)) {
    it(`${name}: every column is there with its key and its type`, () => {
      const entry = streams.find(({ stream }) => stream === name);
      expect(entry?.key_properties).to.deep.equal(key);
      for (const [type, names] of Object.entries(columns)) {
        for (const column of names.split(' ')) {
          const property = entry?.schema.properties[column];
          const kinds = [property?.type ?? []].flat().filter((kind) => kind !== 'null');
          // The tap emits JSON as text.
          const wanted = type === 'json' ? 'string' : type;
          expect([property?.format ?? kinds[0], kinds.length], column).to.deep.equal([wanted, 1]);
        }
      }
    });
  }
});
