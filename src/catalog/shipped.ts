/** The schemas in the package. */
import { packageFile } from '../system/package-files.js';
import type { StreamSchema } from './schema.js';

/** Reads the schema of a stream from `schemas/`. Throws if the package has none for that name. */
export function shippedSchema(stream: string): StreamSchema {
  return JSON.parse(packageFile(`schemas/${stream}.json`));
}
