import { expect } from 'chai';
import { compileFields, CLOSENESS, type FindTarget } from '#src/shape/fields.js';
import { STREAMS } from '#src/streams.js';

const NAME = 'completiondate';

/** Other spellings of `NAME`: capitals by the bits of a number. */
function spelling(number: number): string {
  return NAME.split('')
    .map((letter, at) => ((number + 1) & (1 << at) ? letter.toUpperCase() : letter))
    .join('');
}

describe('the names that a stream remembers', () => {
  let find: FindTarget;
  let undeclared: string[];

  beforeEach(() => {
    const cities = STREAMS.find(({ name }) => name === 'cities')!;
    const properties = { id: { type: 'integer' }, [NAME]: { type: ['null', 'string'] } };
    undeclared = [];
    const schema = { type: 'object', properties } as const;
    ({ find } = compileFields(cities, schema, new Set([NAME]), (field) => undeclared.push(field)));
  });

  it('are a hundred other spellings, however many rows hold', () => {
    // A spelling that is remembered leads to the same target again, another one to a new target that is like it.
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

  it('are a hundred unknown ones, which are reported once each', () => {
    for (let round = 0; round < 2; round += 1) {
      for (let number = 0; number < 1000; number += 1)
        expect(find(`other ${number}`).slot).to.equal(-1);
    }
    expect(undeclared).to.deep.equal(Array.from({ length: 100 }, (_, number) => `other ${number}`));
    expect(find(NAME).slot).to.equal(1);
  });
});
