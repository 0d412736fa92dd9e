/** The rules of the comparison that a walk in the order of keys never needs. */
import { expect } from 'chai';
import { defaultPlan } from '#src/catalog/plan.js';
import { BoltRows } from '#src/engine/verify/bolt-rows.js';
import type { BoltRow, Comparison } from '#src/engine/verify/comparison.js';
import { Destination } from '#src/engine/verify/destination.js';
import { DataError } from '#src/errors.js';

const planned = defaultPlan(['customers']).streams[0]!;
const SINCE = Date.UTC(2025, 0, 6, 12);

/** A destination that holds these ids, each with the etag `a`. */
function held(...ids: readonly number[]): Comparison {
  const destination = new Destination(planned.schema, 'id');
  for (const id of ids) destination.add({ id, etag: 'a' });
  return destination.comparison();
}

function bolt(key: number, etag: string, updatedAt: number | null = null): BoltRow {
  return { key, record: { id: key, etag }, updatedAt };
}

describe('a comparison', () => {
  it('without updated_at: a row that differs at one of two looks has changed meanwhile', () => {
    const comparison = held(1, 2, 3);
    comparison.look(bolt(1, 'a'), SINCE);
    comparison.look(bolt(2, 'b'), SINCE);
    comparison.look(bolt(3, 'b'), SINCE);
    expect(comparison.look(bolt(1, 'b'), SINCE)).to.equal('unknown');
    expect(comparison.look(bolt(2, 'a'), SINCE)).to.equal('unknown');
    expect(comparison.look(bolt(3, 'b'), SINCE)).to.equal('stale');
    expect(comparison.differences(true)).to.deep.include({ stale: [3], unknown: [1, 2] });
  });

  it('with updated_at: the last look counts', () => {
    const comparison = held(1, 2);
    comparison.look(bolt(1, 'b', SINCE - 1), SINCE);
    comparison.look(bolt(1, 'a', SINCE - 1), SINCE);
    comparison.look(bolt(2, 'b', SINCE - 1), SINCE);
    expect(comparison.look(bolt(2, 'b', SINCE), SINCE)).to.equal('unknown');
    expect(comparison.differences(true)).to.deep.include({ stale: [], unknown: [2] });
  });

  it('starts again without what the walk brought', () => {
    const comparison = held(1, 2);
    comparison.look(bolt(1, 'a'), SINCE);
    comparison.look(bolt(2, 'b'), SINCE);
    comparison.look(bolt(3, 'c'), SINCE);
    comparison.reset();
    expect(comparison.counts()).to.deep.equal({ destination: 2, deletedThere: 0, bolt: 0 });
    const none = { missing: [], stale: [], unknown: [] };
    expect(comparison.differences(true)).to.deep.equal({ ...none, surplus: [1, 2] });
    expect(comparison.differences(false)).to.deep.equal({ ...none, surplus: [] });
  });

  it('does not take all rows for changes, if the refresh token returns all', () => {
    for (const [isCut, ids] of [
      [false, [1, 2, 3, 4]],
      [true, [1]],
    ] as const) {
      const comparison = held(1, 2, 3, 4);
      for (const id of [1, 2, 3, 4]) comparison.look(bolt(id, id === 1 ? 'b' : 'a'), SINCE);
      for (const id of ids) comparison.lookAgain(bolt(id, id === 1 ? 'b' : 'a'), SINCE);
      comparison.endLookAgain(isCut);
      expect(comparison.differences(true)).to.deep.include({ stale: [1], unknown: [] });
    }
  });

  it('sorts keys as numbers', () => {
    const comparison = held(10, 9, 100);
    expect(comparison.differences(true).surplus).to.deep.equal([9, 10, 100]);
  });

  it('continues from what it saved, for as many rows of the destination', () => {
    const comparison = held(1, 2);
    comparison.look(bolt(2, 'b'), SINCE);
    comparison.look(bolt(7, 'b'), SINCE);
    const { flags, added } = comparison.save();
    const next = held(1, 2);
    expect(next.restore(flags, added)).to.equal(true);
    expect(next.differences(true)).to.deep.equal(comparison.differences(true));
    expect(held(1, 2, 3).restore(flags, added)).to.equal(false);
  });
});

describe('the rows of Bolt', () => {
  it('end the verification if too many of them do not fit', () => {
    const rows = new BoltRows(planned, ['etag'], 0.1);
    const read = (): void => {
      for (let id = 1; id <= 100; id += 1) rows.read({ id: id % 5 === 0 ? 'secret' : id });
    };
    expect(read).to.throw(DataError, /^customers: 20 of 100 rows do not fit .* max_rejected_share/);
  });

  it('without a usable key are counted', () => {
    const rows = new BoltRows(planned, ['etag'], 1);
    expect([{ id: 'x' }, {}, 'text', null].map((row) => rows.read(row))).to.deep.equal([
      null,
      null,
      null,
      null,
    ]);
    expect(rows.counts).to.deep.equal({ rows: 4, unusable: 4, unfit: 4 });
  });
});
