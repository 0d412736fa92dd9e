// The taps on Python's Singer libraries, in bench/.venvs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedSchema } from '../dist/catalog/shipped.js';
import { file, folder } from './process.js';

/** Where the Python of a library is, if it is installed. */
export function pythonOf(name) {
  return file(`bench/.venvs/${name}/bin/python`);
}

/**
 * The command of the minimal tap on singer-sdk.
 *
 * @param streams as in `src/streams.ts`
 * @param params the first query of each stream, by name
 */
export function sdkCommand(url, streams, params = {}) {
  const path = join(folder, 'sdk-streams.json');
  const described = streams.map(({ name, path: at, recordsKey, keys, paging }) => ({
    name,
    path: at,
    records: paging === 'array' ? '$[*]' : `$.${recordsKey}[*]`,
    keys,
    schema: shippedSchema(name),
    params: params[name] ?? {},
  }));
  writeFileSync(path, JSON.stringify(described));
  return [pythonOf('singer-sdk'), file('bench/python/singer_sdk_tap.py'), url, path];
}
