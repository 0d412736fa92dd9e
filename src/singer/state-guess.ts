/** Guesses what a value is that is not a state of this tap. Never quotes a value. */
import { environmentName, SETTINGS } from '../config/settings.js';
import { isObject, type JsonObject } from '../json.js';

const MESSAGES: ReadonlySet<unknown> = new Set(['RECORD', 'SCHEMA', 'ACTIVATE_VERSION', 'BATCH']);
/** Keys in the configs of other taps and of targets. */
const CREDENTIALS =
  /^(access_token|api_?key|client_id|client_secret|password|private_key|token|user(name)?|host|db_?name|database|sqlalchemy_url)$/i;
/** Keys in the bookmarks of taps that replicate by a column. */
const REPLICATION =
  /^(replication_key(_value)?|replication_method|last_replication_method|version|progress_markers)$/;
const DATE = /^\d{4}-\d\d-\d\d/;

/**
 * Describes what a value seems to be.
 *
 * @param value parsed JSON that is not a state
 * @returns for example `a catalog`; null if it resembles nothing known
 */
export function seemsToBe(value: unknown): string | null {
  if (Array.isArray(value))
    return value.some((one) => isMessage(one)) ? 'a list of Singer messages' : null;
  if (!isObject(value)) return null;
  if (isMessage(value)) return `a Singer ${String(value['type'])} message`;
  if (isStateMessage(value)) return 'a STATE message without its value';
  if ('singer_state' in value)
    return 'the output of "meltano state get": the state is its singer_state';
  const inner = value['value'];
  if (isObject(inner) && 'bookmarks' in inner)
    return 'a STATE message without its type: add "type": "STATE"';
  const { streams } = value;
  if (Array.isArray(streams) && 'exit_code' in value) return 'the summary of a run (--summary)';
  if (Array.isArray(streams) && streams.some((one) => isObject(one))) return 'a catalog';
  if ('$schema' in value || isObject(value['properties'])) return 'a JSON schema';
  const settings = settingsIn(value);
  if (settings.length > 0) return `a config (it has ${settings.slice(0, 3).join(', ')})`;
  if (Object.keys(value).some((key) => CREDENTIALS.test(key)))
    return 'the config of another tap or of a target';
  return isBookmarkOfAnotherTap(value, 3) ? "another tap's state" : null;
}

/** Returns the settings of this tap that an object has, by their name in files or environment. */
export function settingsIn(value: JsonObject): string[] {
  return SETTINGS.flatMap(({ name }) => [name, environmentName(name)]).filter((name) =>
    Object.hasOwn(value, name),
  );
}

/** Whether a value is a STATE message, with or without a value. */
export function isStateMessage(value: JsonObject): boolean {
  return value['type'] === 'STATE';
}

function isMessage(value: unknown): boolean {
  return isObject(value) && MESSAGES.has(value['type']);
}

function isBookmarkOfAnotherTap(value: JsonObject, depth: number): boolean {
  return Object.entries(value).some(
    ([key, of]) =>
      (key === 'bookmarks' && isObject(of) && Object.keys(of).length > 0) ||
      REPLICATION.test(key) ||
      (typeof of === 'string' && DATE.test(of)) ||
      (depth > 0 && isObject(of) && isBookmarkOfAnotherTap(of, depth - 1)),
  );
}
