/** `_rescued_data`: what a row has beyond the catalog. Only used if that column is selected. */
import { NOWHERE, type FindDestination } from './fields.js';
import { isObject, type JsonObject } from '../json.js';
import { jsonText } from './json-text.js';

/**
 * Returns JSON text of the fields of a row that no property declares: under their raw names, those
 * of a flattened object inside of an object of its name, and sorted by name. An object of which no
 * column is selected counts as not selected, with all of its fields.
 *
 * @returns null if there are none
 */
export function rescuedText(row: JsonObject, find: FindDestination): string | null {
  const kept: { readonly name: string; readonly text: string }[] = [];
  for (const name in row) {
    const value = row[name];
    const destination = find(name);
    if (destination === NOWHERE) kept.push({ name, text: jsonText(value) });
    else if (destination.object?.selected === true && isObject(value)) {
      const text = rescuedText(value, destination.object.fields);
      if (text !== null) kept.push({ name, text });
    }
  }
  if (kept.length === 0) return null;
  kept.sort((a, b) => (a.name < b.name ? -1 : 1));
  return `{${kept.map(({ name, text }) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}
