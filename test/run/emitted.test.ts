import { expect } from 'chai';
import { Emitted } from '#src/run/emitted.js';
import { recordLines, schemaLine, stateLine } from '#src/singer/messages.js';

const at = (walk: number): { bookmarks: { jobs: { refresh_token: string } } } => ({
  bookmarks: { jobs: { refresh_token: String(walk) } },
});
const row = recordLines('jobs', 0)({ id: 1, text: '\n{"type":"STATE","value":{}}' });
const schema = schemaLine('jobs', { type: 'object', properties: {} }, ['id']);
const state = (walk: number): string => stateLine(at(walk));

function emitted(...pieces: readonly string[]): Emitted {
  const seen = new Emitted();
  for (const piece of pieces) seen.note(Buffer.from(piece));
  return seen;
}

describe('what the tap emitted', () => {
  for (const [how, pieces] of [
    ['at once', [[state(0), schema, row, row, state(1), row, state(2)].join('')]],
    ['line by line', [state(0), schema, row, row, state(1), row, state(2)]],
  ] as const) {
    it(`is committed with its last state, ${how}`, () => {
      const seen = emitted(...pieces);
      expect(seen.records).to.equal(3);
      for (const [walk, expected] of [
        [0, false],
        [1, false],
        [2, true],
      ] as const)
        expect(seen.isCommitted(at(walk)), String(walk)).to.equal(expected);
      expect(seen.isCommitted(null)).to.equal(false);
    });
  }

  it('is committed with any state after the last row', () => {
    const seen = emitted(state(0), row, state(1), schema, state(2), state(3));
    expect([0, 1, 2, 3, 4].map((walk) => seen.isCommitted(at(walk)))).to.deep.equal([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it('is committed with any state if there was no row', () => {
    expect(emitted(state(0), schema, state(1)).isCommitted(null)).to.equal(true);
    expect(emitted(state(0), schema, state(1)).isCommitted(at(7))).to.equal(true);
    expect(emitted().isCommitted(null)).to.equal(true);
  });

  it('is committed without a printed state if the state did not change (--max-records)', () => {
    expect(emitted(state(1), row, state(1)).isCommitted(null)).to.equal(true);
    expect(emitted(state(1), row, state(1)).isCommitted(at(1))).to.equal(true);
  });

  it('ignores rows after the last state, of a tap that was killed', () => {
    expect(emitted(state(0), row, state(1), row).isCommitted(at(1))).to.equal(true);
    expect(emitted(state(0), row, state(1), row).isCommitted(at(0))).to.equal(false);
    expect(emitted(state(0), row, state(1), row, schema).isCommitted(at(1))).to.equal(true);
  });

  it('compares bookmarks only, in any order of keys', () => {
    const both = { a: { refresh_token: 'x', walk: 'full' }, b: {} };
    const seen = emitted(
      row,
      `${JSON.stringify({ type: 'STATE', value: { bookmarks: both, currently_syncing: null } })}\n`,
    );
    const other = {
      currently_syncing: 'a',
      bookmarks: { b: {}, a: { walk: 'full', refresh_token: 'x' } },
    };
    expect(seen.isCommitted(other)).to.equal(true);
  });

  it('counts other messages as something to commit, but not as rows', () => {
    const seen = emitted(
      state(0),
      '{"type":"ACTIVATE_VERSION","stream":"jobs","version":1}\n',
      state(1),
    );
    expect([seen.records, seen.isCommitted(at(0)), seen.isCommitted(at(1))]).to.deep.equal([
      0,
      false,
      true,
    ]);
  });

  it('keeps a limited number of states without rows between them, with the first and the last', () => {
    const seen = emitted(
      state(0),
      row,
      ...Array.from({ length: 1500 }, (_, index) => state(index + 1)),
    );
    expect([1, 2, 1500].map((walk) => seen.isCommitted(at(walk)))).to.deep.equal([
      true,
      false,
      true,
    ]);
  });
});
