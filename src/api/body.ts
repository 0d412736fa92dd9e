/** Turns the bytes of a response into text: decompresses them within a limit, and decodes them. */
import { brotliDecompressSync, unzipSync } from 'node:zlib';
import { isUtf8 } from 'node:buffer';
import { NOT_DECOMPRESSED, NOT_TEXT, TOO_LARGE } from './outcome.js';

/** What `accept-encoding` offers. */
export const ENCODINGS = 'gzip, br';

/** Output buffer of zlib, in bytes. Almost every page fits into it. */
const CHUNK = 128 * 1024;
/** Bytes that are decoded at once. */
const PIECE = 4096;

/**
 * Decompresses and decodes a body. It is decompressed in a single call: a zlib stream hands each
 * piece of 16 KB to another thread and back, which took a third of the CPU time of a whole sync
 * (`bench/results.md`).
 *
 * @param encoding the header `content-encoding`; an unknown one leaves the bytes as they are
 * @param maxBytes limit of the decompressed size
 * @returns the text, or a code of `outcome.ts` that says why there is none
 */
export function decodeBody(
  body: Uint8Array,
  encoding: string | undefined,
  maxBytes: number,
): { readonly text: string } | { readonly code: string } {
  try {
    const { buffer, byteOffset, byteLength } =
      body.byteLength === 0 ? body : decompress(body, encoding, maxBytes);
    const bytes = Buffer.from(buffer, byteOffset, byteLength);
    // Decoding would replace invalid bytes by U+FFFD.
    return isUtf8(bytes) ? { text: decode(bytes) } : { code: NOT_TEXT };
  } catch (error) {
    // zlib throws a RangeError if the output exceeds its limit, and another Error on invalid input.
    return { code: error instanceof RangeError ? TOO_LARGE : NOT_DECOMPRESSED };
  }
}

function decompress(body: Uint8Array, encoding: string | undefined, maxBytes: number): Uint8Array {
  const options = { chunkSize: CHUNK, maxOutputLength: maxBytes };
  const name = encoding?.trim().toLowerCase() ?? '';
  if (['gzip', 'x-gzip', 'deflate'].includes(name)) return unzipSync(body, options);
  return name === 'br' ? brotliDecompressSync(body, options) : body;
}

/**
 * Decodes UTF-8 in pieces. Node decodes pure ASCII many times faster than other text, and most
 * pieces of a page are pure ASCII. A piece ends before an ASCII byte, so no character is split.
 */
function decode(bytes: Buffer): string {
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
