/** Singer messages, as lines of JSON. */
import type { StreamSchema } from '../catalog/schema.js';
import type { State } from './state.js';

/** Returns a SCHEMA message. */
export function schemaLine(stream: string, schema: StreamSchema, keys: readonly string[]): string {
  return `${JSON.stringify({ type: 'SCHEMA', stream, schema, key_properties: keys })}\n`;
}

/** Returns a STATE message. */
export function stateLine(value: State): string {
  return `${JSON.stringify({ type: 'STATE', value })}\n`;
}

/** Returns an ACTIVATE_VERSION message: a target may delete records of other versions. */
export function activateVersionLine(stream: string, version: number): string {
  return `${JSON.stringify({ type: 'ACTIVATE_VERSION', stream, version })}\n`;
}

/**
 * Returns a function that makes RECORD messages of one stream and page. What is the same in all of
 * them is made once.
 *
 * @param extractedAt when the page's response arrived, ms since 1970
 * @param version of the table, for ACTIVATE_VERSION; undefined for none
 */
export function recordLines(
  stream: string,
  extractedAt: number,
  version?: number,
): (record: Readonly<Record<string, unknown>>) => string {
  const before = `{"type":"RECORD","stream":${JSON.stringify(stream)},"record":`;
  const ofTable = version === undefined ? '' : `,"version":${version}`;
  const after = `${ofTable},"time_extracted":"${new Date(extractedAt).toISOString()}"}\n`;
  return (record) => before + JSON.stringify(record) + after;
}
