/** The hash of a masked value: HMAC-SHA-256 in hex of the trimmed, lower-cased text. */
import { hash } from 'node:crypto';

/** Hashes a text: the same hash for the same text in any case, in all streams and runs. */
export type Hash = (text: string) => string;

/** Hashes that are remembered: the same people occur in many rows. */
const REMEMBERED = 8192;
const BLOCK = 64;
const DIGEST = 32;
/** Bytes of the longest text that is hashed without allocating. */
const LONGEST = 4096;

/**
 * Creates the hash function for a key.
 *
 * HMAC (RFC 2104) is written with two calls of `crypto.hash`, since an object of `createHmac` for
 * each text takes twice the time, most of it for its creation.
 */
export function createHasher(key: string): Hash {
  const bytes = Buffer.from(key);
  const short = bytes.length > BLOCK ? hash('sha256', bytes, 'buffer') : bytes;
  const inner = padded(short, 0x36, LONGEST);
  const outer = padded(short, 0x5c, DIGEST);
  const known = new Map<string, string>();
  const hashOf = (text: string): string => {
    const folded = text.trim().toLowerCase();
    // A UTF-16 unit has at most 3 bytes in UTF-8.
    const isLong = folded.length * 3 > LONGEST;
    const message = isLong ? padded(short, 0x36, folded.length * 3) : inner;
    const length = message.write(folded, BLOCK);
    outer.write(hash('sha256', message.subarray(0, BLOCK + length), 'hex'), BLOCK, 'hex');
    return hash('sha256', outer, 'hex');
  };
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = hashOf(text);
    if (known.size >= REMEMBERED) known.clear();
    known.set(text, made);
    return made;
  };
}

/** A block of the key combined with a byte, and room for a message behind it. */
function padded(key: Uint8Array, pad: number, room: number): Buffer {
  const block = Buffer.alloc(BLOCK + room);
  block.fill(pad, 0, BLOCK);
  for (const [at, byte] of key.entries()) block[at] = byte ^ pad;
  return block;
}
