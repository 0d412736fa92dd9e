import { expect } from 'chai';
import { createHmac } from 'node:crypto';
import { declaredColumns } from '#src/catalog/mask-columns.js';
import { MaskRules } from '#src/catalog/mask-rules.js';
import { Masking } from '#src/shape/masking.js';

const KEY = 'a key for the tests of changes';
const SETTING = { home_owner: 'hmac', zip: 'null', '_rescued_data.door_code': 'null' };

function hashOf(text: string): string {
  return createHmac('sha256', KEY).update(text.trim().toLowerCase()).digest('hex');
}

/** `changes` of a job's event, masked. */
function maskedIn(changes: unknown, setting: Record<string, string> = SETTING): unknown {
  const masking = new Masking(new MaskRules(setting, declaredColumns()), KEY);
  const row = masking.rowsOf('job_events')?.({ id: 1, changes });
  return typeof row === 'object' && row !== null && 'changes' in row ? row.changes : undefined;
}

const [ann, bob] = [hashOf('Ann'), hashOf('Bob')];

describe('masking of changes', () => {
  const FORMS: Readonly<Record<string, readonly [changes: unknown, masked: unknown]>> = {
    'a field': [{ home_owner: ['Ann', 'Bob'] }, { home_owner: [ann, bob] }],
    'a field with a name around it': [
      { home_owner_was: 'Ann', homeOwner: 'Bob', home_owner_phone: '5' },
      { home_owner_was: ann, homeOwner: bob, home_owner_phone: '5' },
    ],
    'a name as a value': [
      [
        { field: 'home_owner', old: 'Ann', new: 'Bob' },
        { field: 'zip', old: '1', new: 2 },
        { field: 'home_owner_phone', old: '5', new: '6' },
        { field: 'Home Owner Phone', old: '5', new: '6' },
      ],
      [
        { field: 'home_owner', old: ann, new: bob },
        { field: 'zip', old: null, new: null },
        { field: 'home_owner_phone', old: '5', new: '6' },
        { field: 'Home Owner Phone', old: '5', new: '6' },
      ],
    ],
    'a name with its values in an object': [
      { attribute: 'Home Owner', values: { from: 'Ann', to: 'Bob' } },
      { attribute: 'Home Owner', values: { from: ann, to: bob } },
    ],
    'a name in an array': [
      [
        ['home_owner', 'Ann', 'Bob'],
        ['home_owner', ['Ann', 'Bob']],
        ['lot', 'Ann', 'Bob'],
      ],
      [
        ['home_owner', ann, bob],
        ['home_owner', [ann, bob]],
        ['lot', 'Ann', 'Bob'],
      ],
    ],
    'a name in a list of names': [
      { fields: ['home_owner'], old: ['Ann'], new: ['Bob'] },
      { fields: [hashOf('home_owner')], old: [ann], new: [bob] },
    ],
    'two texts that could be the name': [
      { old: 'Zip', new: 'Ann', field: 'home_owner' },
      { old: null, new: null, field: null },
    ],
    'an undeclared name': [
      { k: 'Door Code', v: 17 },
      { k: null, v: null },
    ],
    'a text': [
      ['lot: 1 -> 2', 'notes were changed'],
      ['lot: 1 -> 2', 'notes were changed'],
    ],
    'a text with a name': [
      { lot: ['1', '2'], all: 'home_owner: Ann -> Bob' },
      {
        lot: [hashOf('1'), hashOf('2')],
        all: hashOf('home_owner: Ann -> Bob'),
      },
    ],
    'the text of another column': [
      { notes: 'ask the home owner', lot: ['1', '2'] },
      { notes: hashOf('ask the home owner'), lot: ['1', '2'] },
    ],
  };
  for (const [form, [changes, masked]] of Object.entries(FORMS)) {
    it(`finds the values of ${form}`, () => {
      expect(maskedIn(changes)).to.deep.equal(masked);
      expect(maskedIn(JSON.stringify(changes))).to.equal(JSON.stringify(masked));
      const nested = maskedIn({ text: JSON.stringify(changes) });
      expect(nested).to.deep.equal({ text: JSON.stringify(masked) });
    });
  }

  it('returns the same value if nothing in it is masked', () => {
    const changes = [{ field: 'lot', old: '1', new: ['x', { deep: null }] }, 'lot', 5, true];
    expect(maskedIn(changes)).to.equal(changes);
    expect(maskedIn('[1, "lot"]')).to.equal('[1, "lot"]');
  });

  it('does not take a value for a name because a pattern matches it', () => {
    expect(maskedIn(['x', 'cell_phone'], { '*_phone': 'null' })).to.deep.equal([null, null]);
  });

  it('survives any depth', () => {
    let deep: unknown = 'Ann';
    for (let at = 0; at < 5000; at += 1) deep = [deep];
    expect(JSON.stringify(maskedIn({ deep })).length).to.be.below(2000);
  });
});
