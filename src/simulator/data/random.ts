/** Chance that can be repeated: the same seed gives the same numbers, in any order of asking. */

/** A number made of a text (FNV-1a), so that every stream and every use has chances of its own. */
export function salt(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** Spreads the bits of a number evenly over 32 bits. */
function mix(bits: number): number {
  let mixed = bits | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A whole number from 0 to 2^32-1 that depends on all three alone. */
export function hash(seed: number, salted: number, index: number): number {
  return mix(mix(seed ^ salted) + Math.imul(index + 1, 0x9e3779b1));
}

/** A row of throws that begins at a given number. */
export class Dice {
  #at: number;

  constructor(start: number) {
    this.#at = start;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    this.#at = (this.#at + 0x6d2b79f5) | 0;
    return mix(this.#at) % limit;
  }

  /** True once in `times` throws. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  /** One of a list that has one at least. */
  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0];
  }

  /** A decimal number of so many digits, as text; it may begin with a zero. */
  digits(count: number): string {
    return String(this.below(10 ** count)).padStart(count, '0');
  }
}
