/** The dbt project: its files belong together. Dbt itself is not needed. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { shippedSchema } from '#src/catalog/shipped.js';
import { ALL_STREAMS, REJECTED } from '#src/streams.js';
import { inProject } from '../support/paths.js';

const FOLDER = 'deploy/dbt';
const NAMES = [...ALL_STREAMS.map(({ name }) => name), REJECTED];

const read = (path: string): string => readFileSync(inProject(`${FOLDER}/${path}`), 'utf8');

/** The arguments of the variables that a text uses. */
const variablesIn = (text: string): string[] =>
  [...text.matchAll(/var\('(\w+)'/g)].map(([, name = '']) => name);

describe('the dbt project', () => {
  it('has one staging view for each stream, and no other', () => {
    const views = readdirSync(inProject(`${FOLDER}/models/staging`)).filter((file) =>
      file.endsWith('.sql'),
    );
    expect(views).to.have.members(NAMES.map((name) => `stg_bolt_eci__${name}.sql`));
  });

  it('relates columns that there are, each to the key of another stream', () => {
    const related = ALL_STREAMS.flatMap(({ name, relations = {} }) =>
      Object.entries(relations).map(([column, to]) => ({ name, column, to })),
    );
    expect(related).to.not.be.empty;
    for (const { name, column, to } of related) {
      expect(shippedSchema(name).properties, name).to.have.property(column);
      const keys = ALL_STREAMS.find((stream) => stream.name === to)?.keys;
      expect(keys, `${name}.${column}`).to.have.lengthOf(1);
    }
  });

  it('explains in its README each variable that it uses, and no other', () => {
    const used = [
      'models/sources.yml',
      ...readdirSync(inProject(`${FOLDER}/analyses`)).map((file) => `analyses/${file}`),
      ...NAMES.map((name) => `models/staging/stg_bolt_eci__${name}.sql`),
    ].flatMap((file) => variablesIn(read(file)));
    const rows = read('README.md').match(/^\| `bolt_eci_.*$/gm) ?? [];
    const explained = rows.flatMap((row) => row.split('|')[1]?.match(/bolt_eci_\w+/g) ?? []);
    expect(new Set(explained)).to.deep.equal(new Set(used));
  });

  it('installs the versions that were tried', () => {
    const tried = readFileSync(inProject('test/interop/requirements/dbt.txt'), 'utf8').split('\n');
    const pins = read('README.md').match(/\b(?:dbt-)?(?:core|postgres|duckdb)==[\d.]+/g) ?? [];
    expect(pins).to.have.lengthOf(5);
    expect(tried).to.include.members(pins);
  });

  it('names analyses that there are', () => {
    const named = [...read('README.md').matchAll(/dbt show --select (\w+)/g)].map(
      ([, name]) => `${name}.sql`,
    );
    expect(readdirSync(inProject(`${FOLDER}/analyses`))).to.have.members(named);
  });
});
