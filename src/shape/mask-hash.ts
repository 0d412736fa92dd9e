/** The hash of a masked value: HMAC-SHA-256 in hex of the trimmed, lower-cased text. */
import { createHmac, createSecretKey } from 'node:crypto';

/**
 * Texts whose hashes are remembered: the same people occur again and again, and a hash costs more
 * than all other work on a cell.
 */
const REMEMBERED = 20_000;

/** Hashes a text: the same hash for the same text in any case, in all streams and runs. */
export type Hash = (text: string) => string;

/** Creates the hash function for a key. */
export function createHasher(key: string): Hash {
  const secret = createSecretKey(Buffer.from(key));
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const hash = createHmac('sha256', secret).update(text.trim().toLowerCase()).digest('hex');
    if (known.size >= REMEMBERED) known.clear();
    known.set(text, hash);
    return hash;
  };
}
