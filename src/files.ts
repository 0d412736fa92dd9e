/** Reading the JSON files that a user hands over. */

import { readFileSync } from 'node:fs';
import { ConfigError } from './errors.js';
import { parseJson } from './json.js';

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
