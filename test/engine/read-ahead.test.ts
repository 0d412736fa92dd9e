import { expect } from 'chai';
import { Ahead } from '#src/engine/read-ahead.js';

/** A source whose items are let out by hand. */
class Gate implements AsyncIterator<number, void, undefined> {
  asked = 0;
  /** How many requests are on their way. */
  open = 0;
  most = 0;
  readonly #waiting: (() => void)[] = [];

  async next(): Promise<IteratorResult<number, void>> {
    this.asked += 1;
    this.open += 1;
    this.most = Math.max(this.most, this.open);
    const value = this.asked;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.open -= 1;
    if (value === 13) throw new Error('unlucky');
    return value > 20 ? { done: true, value: undefined } : { done: false, value };
  }

  async let(items: number): Promise<void> {
    for (let left = items; left > 0; left -= 1) {
      await settled();
      this.#waiting.shift()?.();
    }
    await settled();
  }
}

async function* one(): AsyncGenerator<number, void, undefined> {
  yield 7;
}

/** Lets all promises that can settle do so. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const LIMITS = { items: 2, size: 1000, sizeOf: (item: number): number => item };

describe('Ahead', () => {
  let gate: Gate;
  let ends: number;
  let ahead: Ahead<number>;
  beforeEach(() => {
    gate = new Gate();
    ends = 0;
    ahead = new Ahead(gate, LIMITS, () => (ends += 1));
  });

  it('fetches nothing before it is started', async () => {
    await settled();
    expect(gate.asked).to.equal(0);
  });

  it('fetches so many items ahead, one at a time, and no more before one is taken', async () => {
    ahead.start();
    await gate.let(5);
    expect(gate.asked).to.equal(2);
    expect(await ahead.next()).to.deep.equal({ done: false, value: 1 });
    await settled();
    expect(gate.asked).to.equal(3);
    await gate.let(5);
    expect(gate.asked).to.equal(3);
    expect(gate.most).to.equal(1);
  });

  it('fetches fewer items ahead where they are large, and one at least', async () => {
    // The size of an item is its number: after 1 and 2 there is room for a third one, after 3 and
    // after 4 for one more, and after later ones for none.
    const large = new Ahead(gate, { ...LIMITS, items: 9, size: 5 }, () => undefined);
    large.start();
    await gate.let(9);
    const asked = [gate.asked];
    for (let item = 1; item <= 8; item += 1) {
      const next = large.next();
      await gate.let(9);
      expect(await next).to.deep.equal({ done: false, value: item });
      await gate.let(9);
      asked.push(gate.asked);
    }
    expect(asked).to.deep.equal([3, 3, 4, 5, 5, 6, 7, 8, 9]);
  });

  it('starts when the first item is wanted', async () => {
    const first = ahead.next();
    await gate.let(1);
    expect(await first).to.deep.equal({ done: false, value: 1 });
  });

  it('tells of the end once, as soon as the source has no more', async () => {
    for (let item = 1; item <= 12; item += 1) {
      const next = ahead.next();
      await gate.let(2);
      expect((await next).value).to.equal(item);
    }
    expect(ends).to.equal(1);
  });

  it('rejects as the source did, after the items before; then it is at its end', async () => {
    const got: unknown[] = [];
    for (;;) {
      const next = ahead.next().catch((error: Error) => error);
      await gate.let(2);
      const item = await next;
      got.push(item instanceof Error ? item.message : item.value);
      if (item instanceof Error) break;
    }
    expect(got).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 'unlucky']);
    expect(ends).to.equal(1);
    ahead.start();
    await settled();
    expect(gate.asked).to.equal(13);
  });

  it('ends where the source does', async () => {
    const few = new Ahead(one(), LIMITS, () => (ends += 1));
    expect([await few.next(), await few.next(), await few.next(), await few.next()]).to.deep.equal([
      { done: false, value: 7 },
      { done: true, value: undefined },
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    expect(ends).to.equal(1);
  });

  it('when it is closed waits for what is on its way, and asks for no more', async () => {
    ahead.start();
    await settled();
    let closed = false;
    const closing = ahead.close().then(() => (closed = true));
    await settled();
    expect([gate.asked, closed, ends]).to.deep.equal([1, false, 0]);
    await gate.let(1);
    await closing;
    expect([gate.asked, closed, ends]).to.deep.equal([1, true, 1]);
    ahead.start();
    await settled();
    expect(gate.asked).to.equal(1);
  });

  it('can be closed before it has begun, and after it has failed', async () => {
    await ahead.close();
    expect(ends).to.equal(1);
    gate.asked = 12;
    const failing = new Ahead(gate, LIMITS, () => (ends += 1));
    failing.start();
    await gate.let(1);
    await failing.close();
    expect(ends).to.equal(2);
  });
});
