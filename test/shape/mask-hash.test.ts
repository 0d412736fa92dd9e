import { expect } from 'chai';
import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { createHasher } from '#src/shape/mask-hash.js';

function byNode(key: string, text: string): string {
  return createHmac('sha256', key).update(text.trim().toLowerCase()).digest('hex');
}

describe('the hash of a masked value', () => {
  it('is the HMAC-SHA-256 of Node, for keys and texts of every length', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 300 });
    const keys = fc.string({ unit: 'binary', minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(keys, fc.array(texts), (key, all) => {
        const hash = createHasher(key);
        for (const text of all) expect(hash(text)).to.equal(byNode(key, text));
      }),
    );
    for (const length of [0, 55, 56, 63, 64, 65, 1365, 1366, 50_000])
      expect(createHasher('k')('é'.repeat(length))).to.equal(byNode('k', 'é'.repeat(length)));
  });

  it('ignores case and blanks around the text, and stays the same when many are remembered', () => {
    const hash = createHasher('a key for tests');
    const first = hash('Ann Lee');
    expect(hash('  ann LEE\n')).to.equal(first);
    for (let at = 0; at < 20_000; at += 1) hash(`other ${at}`);
    expect(hash('Ann Lee')).to.equal(first);
  });
});
