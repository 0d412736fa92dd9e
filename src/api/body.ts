/** From the bytes of an answer to its text: unpacked in one go, within a limit, and decoded. */
import { brotliDecompressSync, unzipSync } from 'node:zlib';
import { isUtf8 } from 'node:buffer';
import { NOT_TEXT, NOT_UNPACKED, TOO_LARGE } from './outcome.js';

/** What `accept-encoding` offers. */
export const ENCODINGS = 'gzip, br';

/** Bytes that are unpacked at once: more than nearly each page has. */
const CHUNK = 128 * 1024;
/** Bytes that are decoded at once. */
const PIECE = 4096;

/**
 * The text of a body, which is UTF-8, or the code of why it has none. A packed one is unpacked in a single call: as a stream it comes in pieces of
 * 16 KB, each of which goes to another thread and back, and that took a third of the CPU time of a whole sync (`bench/results.md`).
 *
 * @param encoding the header `content-encoding`; one that was not asked for leaves the bytes as they are
 * @param most bytes that it may have when it is unpacked
 */
export function textOf(
  body: Uint8Array,
  encoding: string | undefined,
  most: number,
): { readonly text: string } | { readonly code: string } {
  try {
    const { buffer, byteOffset, byteLength } =
      body.byteLength === 0 ? body : unpacked(body, encoding, most);
    const bytes = Buffer.from(buffer, byteOffset, byteLength);
    // Decoding would put U+FFFD in place of what is not UTF-8.
    return isUtf8(bytes) ? { text: decoded(bytes) } : { code: NOT_TEXT };
  } catch (error) {
    // zlib's own kinds: a RangeError for more than it may give, else what is wrong with the bytes.
    return { code: error instanceof RangeError ? TOO_LARGE : NOT_UNPACKED };
  }
}

function unpacked(body: Uint8Array, encoding: string | undefined, most: number): Uint8Array {
  const options = { chunkSize: CHUNK, maxOutputLength: most };
  const name = encoding?.trim().toLowerCase() ?? '';
  if (['gzip', 'x-gzip', 'deflate'].includes(name)) return unzipSync(body, options);
  return name === 'br' ? brotliDecompressSync(body, options) : body;
}

/**
 * It is decoded in pieces, cut where a character of one byte begins: most of a page is plain ASCII, which Node decodes
 * many times faster, but only where there is nothing else in the piece.
 */
function decoded(bytes: Buffer): string {
  let text = '';
  for (let from = 0; from < bytes.length;) {
    let to = Math.min(from + PIECE, bytes.length);
    while (to < bytes.length && !isAsciiAt(bytes, to)) to += 1;
    text += bytes.toString('utf8', from, to);
    from = to;
  }
  return text;
}

function isAsciiAt(bytes: Buffer, at: number): boolean {
  return (bytes[at] ?? 0) < 0x80;
}
