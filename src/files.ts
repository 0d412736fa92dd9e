/** Reading the JSON that a user hands over. Messages never quote it: it may hold secrets. */

import { readFileSync } from 'node:fs';
import { ConfigError } from './errors.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
};

/**
 * The JSON value of a file. `what` says in messages what the file is for, as in `config file`. A byte order mark is left out.
 * Throws ConfigError if the file cannot be read, is not UTF-8 or not JSON; the message never quotes the file.
 */
export function readJson(file: string, what: string): unknown {
  return parseJson(decode(readBytes(file, what), file, what), `The ${what} ${file}`);
}

function readBytes(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigError(`The ${what} ${file} ${REASONS[code] ?? `cannot be read (${code})`}`);
  }
}

function decode(bytes: Buffer, file: string, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigError(`The ${what} ${file} is not UTF-8: save it as such (Windows PowerShell's > writes UTF-16)`);
  }
}

/** Node's own message would quote the text; this one has line and column instead. */
function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${where} is not valid JSON${brokenAt(text, error)}`);
  }
}

/** Where parsing broke. Node's message ends in the position for most faults, and quotes the text instead for the others. */
function brokenAt(text: string, error: unknown): string {
  if (text.trim() === '') return ': it is empty';
  const message = String(error);
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
    return String(error).includes('Unexpected token');
  }
}
