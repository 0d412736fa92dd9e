/**
 * A 64-bit hash of a text, as two 32-bit numbers (cyrb53 with both halves kept whole). It tells
 * versions of one row apart; it is not for secrets. Fast, and it allocates nothing.
 */
export class TextHash {
  high = 0;
  low = 0;

  /** Sets `high` and `low` for this text. */
  of(text: string): this {
    let high = 0xdeadbeef;
    let low = 0x41c6ce57;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      high = Math.imul(high ^ code, 2_654_435_761);
      low = Math.imul(low ^ code, 1_597_334_677);
    }
    high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), MIX);
    low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), MIX);
    this.high = high >>> 0;
    this.low = low >>> 0;
    return this;
  }
}

const MIX = 3_266_489_909;
