/** The bookmark file that `--state` names. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { readJson } from './files.js';
import { readState, type State } from './state.js';

export interface ReadStateFile {
  readonly state: State;
  /** Lines that tell what was found. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** What a run without a bookmark begins with. */
export const NO_STATE: State = { bookmarks: {} };

/**
 * Reads a bookmark file. One that does not exist is a first run, an empty one is a warning.
 *
 * @throws ConfigError where it cannot be read or holds no state
 */
export function readStateFile(file: string): ReadStateFile {
  if (!existsSync(file))
    return { state: NO_STATE, notes: [`${file} does not exist yet: this is a first run`], warnings: [] };
  if (statSync(file).isFile() && readFileSync(file, 'utf8').trim() === '') {
    const warning = `${file} is empty: it was probably cut off while it was written; everything is synced from the beginning`;
    return { state: NO_STATE, notes: [], warnings: [warning] };
  }
  return { ...readState(readJson(file, 'state file'), file), warnings: [] };
}
