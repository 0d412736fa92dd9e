/** Reading the JSON that a user hands over. Messages never quote it: it may hold secrets. */

import { readFileSync } from 'node:fs';
import { ConfigError, systemCode } from '../errors.js';

const REASONS: Readonly<Record<string, string>> = {
  EISDIR: 'is a folder',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
};

/**
 * The JSON value of a file. A byte order mark is left out.
 *
 * @param what what the file is for, as in `config file`, for messages
 * @throws ConfigError if the file does not exist, cannot be read, is not UTF-8 or not JSON; it never quotes the file
 */
export function readJson(file: string, what: string): unknown {
  const text = readText(file, what);
  if (text === null) throw new ConfigError('FILE_UNREADABLE', `The ${what} ${file} does not exist`);
  return parseJson(text, `The ${what} ${file}`);
}

/**
 * The text of a file, without a byte order mark, or null if there is no such file.
 *
 * @param what what the file is for, for messages
 * @throws ConfigError if the file cannot be read for any other reason, or is not UTF-8
 */
export function readText(file: string, what: string): string | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = systemCode(error) ?? 'unknown error';
    if (code === 'ENOENT') return null;
    throw new ConfigError(
      'FILE_UNREADABLE',
      `The ${what} ${file} ${REASONS[code] ?? `cannot be read (${code})`}`,
    );
  }
  return decode(bytes, file, what);
}

function decode(bytes: Buffer, file: string, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigError(
      'FILE_UNREADABLE',
      `The ${what} ${file} is not UTF-8: save it as such (Windows PowerShell's > writes UTF-16)`,
    );
  }
}

/**
 * Parses JSON. Node's own message would quote the text; this one has line and column instead.
 *
 * @param where what holds the text, as the subject of the message
 * @throws ConfigError if it is not JSON
 */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError('FILE_UNREADABLE', `${where} is not valid JSON${brokenAt(text, error)}`);
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
