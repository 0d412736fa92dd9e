/** What comes with the package beside the code: its description and the schemas. */

import { readFileSync } from 'node:fs';
import type { StreamSchema } from './schema.js';

interface PackageInfo {
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

/** Name, version and description, as package.json has them. */
export function packageInfo(): PackageInfo {
  const { name, version, description }: PackageInfo = JSON.parse(packageFile('package.json'));
  return { name, version, description };
}

/** The schema that ships for a stream. */
export function shippedSchema(stream: string): StreamSchema {
  return JSON.parse(packageFile(`schemas/${stream}.json`));
}

/** The text of a file of this package, by its path from the package's root; the code runs from `dist/src`. */
function packageFile(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}
