/** Reads a state from a parsed `--state` file. Nothing unknown gets into it. Pure. */
import type { Warning } from '../codes.js';
import { ConfigError } from '../errors.js';
import { isObject, kindOf, type JsonObject } from '../json.js';
import { didYouMean } from '../system/did-you-mean.js';
import { isStateMessage, seemsToBe, settingsIn } from './state-guess.js';
import {
  BOOKMARK_FIELDS,
  bookmarkFields,
  NO_STATE,
  valueOf,
  type Bookmark,
  type State,
} from './state.js';
import { ALL_STREAMS, type StreamDef } from '../streams.js';

/** Why a `--state` file cannot be used. A file that was cut off is `broken`. */
export type StateFault = 'unreadable' | 'broken' | 'foreign';

/** A `--state` file cannot be used. */
export class StateError extends ConfigError {
  override name = 'StateError';
  readonly fault: StateFault;

  constructor(message: string, fault: StateFault) {
    super(fault === 'foreign' ? 'STATE_FOREIGN' : 'FILE_UNREADABLE', message);
    this.fault = fault;
  }
}

/** A state, with notes and warnings for the user. */
export interface ReadState {
  readonly state: State;
  readonly notes: readonly string[];
  readonly warnings: readonly Warning[];
}

const FIELDS: readonly string[] = Object.keys(BOOKMARK_FIELDS);
const OLDER_FIELDS = ['refresh_token', 'next_batch', 'event_token'];
const TOP_KEYS = ['bookmarks', 'currently_syncing'];
const BY_NAME: ReadonlyMap<string, StreamDef> = new Map(
  ALL_STREAMS.map((stream) => [stream.name, stream]),
);

/**
 * Reads a state: the value of a STATE message, a whole STATE message, or the state of the older
 * Fivetran connector. Unknown keys, streams and bookmark fields are dropped with a warning.
 *
 * @param value the parsed file
 * @param file its name, for messages
 * @throws StateError `foreign` if it is another thing; the message says what it seems to be
 */
export function readState(value: unknown, file: string): ReadState {
  if (isObject(value) && isStateMessage(value) && 'value' in value)
    return readState(value['value'] ?? {}, file);
  if (!isObject(value) && seemsToBe(value) === null) {
    throw new StateError(`${file}: it holds ${kindOf(value)}; a state is a JSON object`, 'foreign');
  }
  if (!isObject(value) || settingsIn(value).length > 0) throw notAState(value, file);
  const { bookmarks } = value;
  if (isOlderState(value)) return new Reader(file).older(value);
  const isState = Object.keys(value).length === 0 || TOP_KEYS.some((key) => key in value);
  if (!isState || 'type' in value) throw notAState(value, file);
  if (bookmarks !== undefined && bookmarks !== null && !isObject(bookmarks)) {
    throw new StateError(
      `${file}: bookmarks: expected an object of streams, found ${kindOf(bookmarks)}`,
      'foreign',
    );
  }
  if (isObject(bookmarks) && isForeign(bookmarks)) throw notAState(value, file);
  return new Reader(file).state(value, bookmarks ?? {});
}

function notAState(value: unknown, file: string): StateError {
  const guess = seemsToBe(value);
  const found = guess === null ? '' : `; it seems to be ${guess}`;
  return new StateError(
    `${file}: not a state of this tap${found}. Pass the file with this tap's bookmarks`,
    'foreign',
  );
}

/** Whether a value is the older Fivetran connector's: `{"jobs": {"refresh_token": "…"}}`. */
function isOlderState(value: JsonObject): boolean {
  const entries = Object.entries(value).filter(([name]) => BY_NAME.has(name));
  return (
    !('bookmarks' in value) && entries.some(([, entry]) => isOlderEntry(entry) || isEmpty(entry))
  );
}

function isOlderEntry(entry: unknown): entry is JsonObject {
  return isObject(entry) && OLDER_FIELDS.some((key) => key in entry);
}

function isEmpty(entry: unknown): boolean {
  return entry === null || (isObject(entry) && Object.keys(entry).length === 0);
}

/** Whether bookmarks are another tap's: none of them has a field of this tap. */
function isForeign(bookmarks: JsonObject): boolean {
  const entries = Object.entries(bookmarks).filter(
    ([name, entry]) => isObject(entry) || !BY_NAME.has(name),
  );
  return (
    entries.some(([, entry]) => !isEmpty(entry)) && !entries.some(([, entry]) => hasOurField(entry))
  );
}

function hasOurField(entry: unknown): boolean {
  // Other taps have a version too.
  return isObject(entry) && FIELDS.some((key) => key !== 'version' && key in entry);
}

/** Reads one state, and collects warnings about it. */
class Reader {
  readonly #file: string;
  readonly #warnings: Warning[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  state(value: JsonObject, bookmarks: JsonObject): ReadState {
    for (const key of Object.keys(value))
      if (!TOP_KEYS.includes(key)) this.#drop('', 'key', key, TOP_KEYS);
    const read: Record<string, Bookmark> = {};
    for (const [name, entry] of Object.entries(bookmarks)) {
      const stream = BY_NAME.get(name);
      if (stream) read[name] = this.#bookmark(stream, entry, `bookmarks.${name}`);
      else this.#drop('bookmarks: ', 'stream', name, [...BY_NAME.keys()]);
    }
    const state = { ...NO_STATE, ...this.#syncing(value), bookmarks: read };
    return { state, notes: [], warnings: this.#warnings };
  }

  older(value: JsonObject): ReadState {
    const read: Record<string, Bookmark> = {};
    const notes: string[] = [];
    for (const [name, entry] of Object.entries(value)) {
      const stream = BY_NAME.get(name);
      if (name === 'currently_syncing' || (stream && isEmpty(entry))) continue;
      if (!stream || !isOlderEntry(entry)) {
        this.#drop('', stream ? 'entry' : 'stream', name, stream ? [] : [...BY_NAME.keys()]);
        continue;
      }
      const { next_batch: unfinished, ...bookmark } = this.#bookmark(stream, entry, name);
      if (unfinished === undefined) read[name] = bookmark;
      else {
        notes.push(
          `${this.#file}: the older connector stopped ${name} in the middle of a walk, and its ` +
            `token may skip rows: it starts in full`,
        );
      }
    }
    const names = Object.keys(read).join(', ') || 'no bookmark';
    notes.unshift(`${this.#file}: taken over from the older connector (${names})`);
    return { state: { ...this.#syncing(value), bookmarks: read }, notes, warnings: this.#warnings };
  }

  /**
   * Reads the known fields of a bookmark. Null and blank values count as absent.
   *
   * @throws StateError if a field has a value of another type
   */
  #bookmark(stream: StreamDef, entry: unknown, place: string): Bookmark {
    if (entry === null) return {};
    if (!isObject(entry)) {
      throw new StateError(
        `${this.#file}: ${place}: expected an object, found ${kindOf(entry)}`,
        'foreign',
      );
    }
    const fields = bookmarkFields(stream);
    const read: Record<string, string | number> = {};
    for (const [key, value] of Object.entries(entry)) {
      if (value === null) continue;
      if (!fields.includes(key)) {
        this.#drop(`${place}: `, 'field', key, fields);
        continue;
      }
      const isNumber = valueOf(key) === 'number';
      if (isNumber ? !Number.isSafeInteger(value) : typeof value !== 'string') {
        const expected = isNumber ? 'an integer' : 'text';
        throw new StateError(
          `${this.#file}: ${place}.${key}: expected ${expected}, found ${kindOf(value)}`,
          'foreign',
        );
      }
      if (typeof value === 'number') read[key] = value;
      else if (typeof value === 'string' && this.#isUsable(key, value, place)) read[key] = value;
    }
    return read;
  }

  /** Whether the text of a field can be used. A wrong time is dropped with a warning. */
  #isUsable(key: string, text: string, place: string): boolean {
    if (key === 'walk') return text === 'full' || text === 'changes';
    if (text.trim() === '') return false;
    if (valueOf(key) !== 'time' || !Number.isNaN(Date.parse(text))) return true;
    this.#warn(`${this.#file}: ${place}.${key} is not a time; it is dropped`);
    return false;
  }

  /** Reads the stream in which an earlier run was cut short. */
  #syncing({ currently_syncing: at }: JsonObject): { currently_syncing?: string | null } {
    if (at === undefined) return {};
    if (typeof at === 'string' && BY_NAME.has(at)) return { currently_syncing: at };
    if (at !== null)
      this.#warn(`${this.#file}: currently_syncing does not name a stream of this tap`);
    return { currently_syncing: null };
  }

  #drop(place: string, kind: string, name: string, known: readonly string[]): void {
    // A field of another kind of stream is not misspelled.
    const hint = FIELDS.includes(name) ? '' : didYouMean(name, known);
    this.#warn(`${this.#file}: ${place}unknown ${kind} ${quoted(name)}${hint}; it is dropped`);
  }

  #warn(message: string): void {
    this.#warnings.push({ code: 'STATE_DROPPED', message });
  }
}

/** Quotes a name for a message. A long or strange one may be a value in the wrong place. */
function quoted(name: string): string {
  return /^[a-z_]\w{0,39}$/i.test(name) ? `"${name}"` : '(name not shown)';
}
