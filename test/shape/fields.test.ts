import { expect } from 'chai';
import { compileFields, CLOSENESS, type FindDestination } from '#src/shape/fields.js';
import { STREAMS } from '#src/streams.js';

const NAME = 'completiondate';

/** Another spelling of `NAME`: the bits of the number choose the capitals. */
function spelling(number: number): string {
  return NAME.split('')
    .map((letter, at) => ((number + 1) & (1 << at) ? letter.toUpperCase() : letter))
    .join('');
}

describe('the names that compileFields remembers', () => {
  let find: FindDestination;
  let undeclared: string[];

  beforeEach(() => {
    const cities = STREAMS.find(({ name }) => name === 'cities')!;
    const properties = { id: { type: 'integer' }, [NAME]: { type: ['null', 'string'] } };
    undeclared = [];
    const schema = { type: 'object', properties } as const;
    ({ find } = compileFields(cities, schema, new Set([NAME]), (field) => undeclared.push(field)));
  });

  it('are at most 100 other spellings', () => {
    // A remembered spelling returns the same object each time, another one returns a copy.
    const isRemembered = (number: number): boolean =>
      find(spelling(number)) === find(spelling(number));
    const remembered = Array.from({ length: 1000 }, (_, number) => isRemembered(number));
    expect(remembered.filter(Boolean)).to.have.length(100);
    expect(remembered.lastIndexOf(true)).to.equal(99);
    for (const number of [0, 99, 100, 999]) {
      expect(find(spelling(number))).to.deep.equal({
        slot: 1,
        closeness: CLOSENESS.spelling,
        object: null,
      });
    }
  });

  it('are at most 100 unknown names, which are reported once each', () => {
    for (let round = 0; round < 2; round += 1) {
      for (let number = 0; number < 1000; number += 1)
        expect(find(`other ${number}`).slot).to.equal(-1);
    }
    expect(undeclared).to.deep.equal(Array.from({ length: 100 }, (_, number) => `other ${number}`));
    expect(find(NAME).slot).to.equal(1);
  });
});
