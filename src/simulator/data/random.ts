/** Repeatable random numbers: the same seed gives the same numbers, whatever is drawn first. */

/**
 * Hashes a text (FNV-1a). Each stream and purpose has its own salt, so that their random numbers
 * are independent.
 */
export function salt(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** Spreads the bits of a number evenly over 32 bits (the finalizer of MurmurHash3). */
function mix(bits: number): number {
  let mixed = bits | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Returns an integer from 0 to 2^32-1 that depends only on the arguments. */
export function hash(seed: number, salt: number, index: number): number {
  return mix(mix(seed ^ salt) + Math.imul(index + 1, 0x9e3779b1));
}

/** A sequence of random numbers. */
export class Random {
  #state: number;

  constructor(start: number) {
    this.#state = start;
  }

  /** Returns an integer from 0 to `limit` - 1. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    return mix(this.#state) % limit;
  }

  /** Returns true with a probability of 1 in `count`. */
  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  /** Returns an element of a list. */
  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0];
  }

  /** Returns `count` decimal digits as text, leading zeros included. */
  digits(count: number): string {
    return String(this.below(10 ** count)).padStart(count, '0');
  }
}
