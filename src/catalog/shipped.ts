/** The schemas that ship with the tap. */
import { packageFile } from '../system/package-files.js';
import type { StreamSchema } from './schema.js';

/** The schema of a stream, from `schemas/`. */
export function shippedSchema(stream: string): StreamSchema {
  return JSON.parse(packageFile(`schemas/${stream}.json`));
}
