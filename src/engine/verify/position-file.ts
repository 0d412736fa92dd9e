/** The file of an interrupted verification: where its walk stands, and what was compared so far. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { isObject, type JsonObject } from '../../json.js';
import { readState } from '../../singer/state-reader.js';
import { parseJson, readText } from '../../system/read-json.js';
import { replaceFile } from '../../system/write-file.js';
import type { Comparison } from './comparison.js';
import type { Key } from './table.js';
import type { Position } from './verify.js';

/** What a file holds besides the position: flags of the rows, and the keys that only Bolt has. */
export interface Saved {
  readonly position: Position;
  readonly flags: string;
  readonly added: readonly Key[];
}

/** Only its owner can read it: page tokens are in it. */
const MODE = 0o600;

/** A file, and whose verification it is for. */
export interface PositionFile {
  readonly path: string;
  readonly stream: string;
  /** A hash of all that must be the same when the walk continues. */
  readonly identity: string;
}

/**
 * Writes the file.
 *
 * @throws the file system's error
 */
export function writePosition(
  { path, stream, identity }: PositionFile,
  position: Position,
  comparison: Comparison,
): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { bookmark, ...rest } = position;
  const state = { bookmarks: { [stream]: bookmark } };
  replaceFile(path, JSON.stringify({ identity, ...rest, state, ...comparison.save() }), MODE);
}

/** Removes the file, if there is one. */
export function removePosition({ path }: PositionFile): void {
  rmSync(path, { force: true });
}

/**
 * Reads the file.
 *
 * @returns `null` if there is none, `'other'` if it is of other rows or settings, or not readable
 */
export function readPosition({ path, stream, identity }: PositionFile): Saved | 'other' | null {
  try {
    const text = readText(path, 'position of verify');
    if (text === null) return null;
    const file = parseJson(text, path);
    if (!isObject(file) || file['identity'] !== identity) return 'other';
    return parse(file, stream) ?? 'other';
  } catch {
    return 'other';
  }
}

function parse(file: JsonObject, stream: string): Saved | null {
  const { flags, added, isWalked, since, token, pages, read, state } = file;
  if (typeof flags !== 'string' || typeof isWalked !== 'boolean' || typeof pages !== 'number')
    return null;
  if (!Array.isArray(added) || !added.every(isKey)) return null;
  if (!isObject(read) || (since !== null && typeof since !== 'number')) return null;
  if (token !== null && typeof token !== 'string') return null;
  const { rows, unusable, unfit } = read;
  if (typeof rows !== 'number' || typeof unusable !== 'number' || typeof unfit !== 'number')
    return null;
  const bookmark = readState(state, 'position of verify').state.bookmarks[stream] ?? {};
  const position = { bookmark, isWalked, since, token, pages, read: { rows, unusable, unfit } };
  return { position, flags, added };
}

function isKey(key: unknown): key is Key {
  return typeof key === 'string' || typeof key === 'number';
}
