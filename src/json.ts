/** Looking at JSON that somebody else wrote: answers, configuration, catalogs, state. Messages never quote it, it may hold secrets. */

import { ConfigError } from './errors.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object: no array, not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a JSON value is, in words: `an object`, `text`, `null` … */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return 'text';
  return `a ${typeof value}`;
}

/**
 * Parses JSON text that came from `where` (a file's or a variable's name, for the message).
 * Throws ConfigError with line and column, as far as Node tells where it broke, and without a word of the text, which Node would quote.
 */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${where} is not valid JSON${brokenAt(text, error)}`);
  }
}

/** Where parsing broke. Node's message ends in the position for most faults, and quotes the text instead for the others. */
function brokenAt(text: string, error: unknown): string {
  if (text.trim() === '') return ': it is empty';
  const message = messageOf(error);
  if (message.endsWith('end of JSON input')) return ': it ends too early';
  const position = /at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(message)?.[1];
  const before = text.slice(0, position === undefined ? readable(text) : Number(position));
  return ` at line ${before.split('\n').length}, column ${before.length - before.lastIndexOf('\n')}`;
}

/** How many characters of a text with an unexpected token come before that token, found by halving. */
function readable(text: string): number {
  let good = 0;
  let bad = text.length;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (hasUnexpectedToken(text.slice(0, middle))) bad = middle;
    else good = middle;
  }
  return good;
}

function hasUnexpectedToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return messageOf(error).startsWith('Unexpected token');
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
