/** Parses JSON without rounding large integers. */
import { isObject } from '../json.js';

/** An integer of fewer digits is exact as a number. */
const DIGITS = 16;
const LARGE = /(?<=[:,[\s]|^)-?[1-9]\d{15,}(?:\.0+)?(?=[\s,\]}]|$)/g;

/**
 * Parses a response. An integer beyond 2^53-1 becomes a bigint, since `JSON.parse` would round it.
 *
 * @returns undefined if the text is not JSON. The parser's message is dropped, since it quotes the
 *   text
 */
export function parse(text: string): unknown {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return mayHoldLarge(json) ? parseExactly(json) : JSON.parse(json);
  } catch {
    return undefined;
  }
}

/**
 * Whether a run of digits may be a large integer. It is enough to look at every 16th character,
 * because a run of 16 digits covers at least one of them.
 */
function mayHoldLarge(text: string): boolean {
  for (let at = DIGITS - 1; at < text.length; at += DIGITS) {
    if (isDigit(text, at) && isLargeAt(text, at)) return true;
  }
  return false;
}

function isLargeAt(text: string, at: number): boolean {
  let from = at;
  while (isDigit(text, from - 1)) from -= 1;
  let to = at + 1;
  while (isDigit(text, to)) to += 1;
  // Digits of a fraction, and most digits in strings, have other neighbors.
  return (
    to - from >= DIGITS &&
    /^[:,[\s-]?$/.test(text.charAt(from - 1)) &&
    /^[\s,\]}.]?$/.test(text.charAt(to))
  );
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/**
 * Replaces each large integer by a marked string, parses, and replaces the marked strings by
 * bigints. Slow, but rarely needed.
 */
function parseExactly(text: string): unknown {
  const mark = `${crypto.randomUUID()}:`;
  let marked = '';
  for (let at = 0; at < text.length;) {
    const quote = text.indexOf('"', at);
    const outside = text.slice(at, quote < 0 ? undefined : quote);
    marked += outside.replaceAll(LARGE, (digits) => {
      return Number.isSafeInteger(Number(digits)) ? digits : `"${mark}${digits}"`;
    });
    if (quote < 0) break;
    const end = endOfString(text, quote);
    marked += text.slice(quote, end);
    at = end;
  }
  const root: Record<string, unknown> = { value: JSON.parse(marked) };
  restore(root, mark);
  return root['value'];
}

/** Returns the index after the string that begins at `quote`. */
function endOfString(text: string, quote: number): number {
  for (let at = text.indexOf('"', quote + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charAt(at - 1 - backslashes) === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
  }
  return text.length;
}

/** Replaces marked strings by bigints, at any depth. */
function restore(root: object, mark: string): void {
  const rest: object[] = [root];
  for (let holder = rest.pop(); holder !== undefined; holder = rest.pop()) {
    for (const [name, value] of Object.entries(holder)) {
      if (Array.isArray(value) || isObject(value)) rest.push(value);
      if (typeof value !== 'string' || !value.startsWith(mark)) continue;
      const [integer = '0'] = value.slice(mark.length).split('.');
      // An assignment would fail for the name `__proto__`.
      Object.defineProperty(holder, name, {
        value: BigInt(integer),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  }
}
