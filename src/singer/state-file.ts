/** The bookmark file that `--state` names. */
import { describe } from '../errors.js';
import { parseJson, readText } from '../system/read-json.js';
import { isObject } from '../json.js';
import { readState, StateError, type ReadState, type StateFault } from './state-reader.js';
import { NO_STATE } from './state.js';

/** A state, and what was found in its file. */
export interface ReadStateFile extends ReadState {
  readonly found: 'state' | 'empty' | 'missing';
}

/**
 * Reads a bookmark file. A missing one is a first run, an empty one a warning. If it has one state
 * per line, as targets print them, the last one counts.
 *
 * @throws StateError if it cannot be read (`unreadable`), is not JSON (`broken`), or is not a state
 *   (`foreign`)
 */
export function readStateFile(file: string): ReadStateFile {
  const text = faultAs('unreadable', () => readText(file, 'state file'));
  if (text === null) {
    const note = `${file} does not exist yet: this is a first run`;
    return { state: NO_STATE, found: 'missing', notes: [note], warnings: [] };
  }
  if (text.trim() === '') {
    const warning =
      `${file} is empty: it was probably cut off while it was written; ` +
      `everything is synced from the beginning`;
    return {
      state: NO_STATE,
      found: 'empty',
      notes: [],
      warnings: [{ code: 'STATE_EMPTY', message: warning }],
    };
  }
  const read = readLines(text, file);
  if (read !== null) return { ...read, found: 'state' };
  const value = faultAs('broken', () => parseJson(text, `The state file ${file}`));
  return { ...readState(value, file), found: 'state' };
}

/**
 * Reads one state per line. Only the last line may be broken, as a pipe that was cut leaves it.
 *
 * @returns null if the text is not of this form
 */
function readLines(text: string, file: string): ReadState | null {
  const filled = text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [{ line, number: index + 1 }]));
  const values = filled.map(({ line, number }) => ({
    value: parsed(line),
    place: `${file}, line ${number}`,
  }));
  if (values.length === 1 || !isObject(values[0]?.value)) return null;
  const isCut = values.at(-1)?.value === undefined;
  const whole = isCut ? values.slice(0, -1) : values;
  const odd = whole.find((one) => !isObject(one.value));
  if (odd) throw new StateError(`${odd.place}: not a JSON object, as a state is`, 'broken');
  // A tap's output ends with a state too, but no target has committed it.
  const counts = whole.find(({ value }) => isOtherMessage(value)) ?? whole.at(-1);
  if (counts === undefined) return null;
  const { state, notes, warnings } = readState(counts.value, counts.place);
  const note = `${file} holds ${whole.length} states, one per line: the last one counts`;
  const cut = `${file}: its last line is cut off; the state in the line before it counts`;
  return {
    state,
    notes: whole.length > 1 ? [note, ...notes] : notes,
    warnings: isCut ? [{ code: 'STATE_EMPTY', message: cut }, ...warnings] : warnings,
  };
}

function isOtherMessage(value: unknown): boolean {
  return isObject(value) && typeof value['type'] === 'string' && value['type'] !== 'STATE';
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Returns the result of `read`. An error of it becomes a StateError with this fault. */
function faultAs<T>(fault: StateFault, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new StateError(describe(error), fault);
  }
}
