/** Reads JSON files of the user. Messages never quote a file, because it may hold secrets. */

import { readFileSync } from 'node:fs';
import { ConfigError, systemCode } from '../errors.js';
import { describeFileError } from './file-errors.js';

/**
 * Reads a JSON file. A byte order mark is skipped.
 *
 * @param what kind of file, such as `config file`, for messages
 * @throws ConfigError if the file does not exist, cannot be read, or is not valid JSON in UTF-8
 */
export function readJson(file: string, what: string): unknown {
  const text = readText(file, what);
  if (text === null) throw new ConfigError('FILE_UNREADABLE', `The ${what} ${file} does not exist`);
  return parseJson(text, `The ${what} ${file}`);
}

/**
 * Reads a text file. A byte order mark is skipped.
 *
 * @param what kind of file, for messages
 * @returns null if the file does not exist
 * @throws ConfigError if the file cannot be read for another reason, or is not UTF-8
 */
export function readText(file: string, what: string): string | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw new ConfigError(
      'FILE_UNREADABLE',
      `The ${what} ${file} cannot be read: ${describeFileError(error)}`,
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
      `The ${what} ${file} is not UTF-8; save it as UTF-8 (> in Windows PowerShell writes UTF-16)`,
    );
  }
}

/**
 * Parses JSON.
 *
 * @param subject what holds the text, as the subject of the message
 * @throws ConfigError if the text is not valid JSON. The message has line and column; Node's own
 *   message is not used, because it quotes the text.
 */
export function parseJson(text: string, subject: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(
      'FILE_UNREADABLE',
      `${subject} is not valid JSON${describePosition(text, error)}`,
    );
  }
}

/**
 * Where parsing failed. Node's message ends with the position for most errors. For an unexpected
 * token it quotes the text instead, and the position has to be searched for.
 */
function describePosition(text: string, error: unknown): string {
  if (text.trim() === '') return ': it is empty';
  const message = String(error);
  if (message.endsWith('end of JSON input')) return ': it is incomplete';
  const position = /at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(message)?.[1];
  const length = position === undefined ? lengthBeforeToken(text) : Number(position);
  const before = text.slice(0, length);
  return ` at line ${before.split('\n').length}, column ${length - before.lastIndexOf('\n')}`;
}

/** The number of characters before an unexpected token, by bisection. */
function lengthBeforeToken(text: string): number {
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
