/** Files that come with the package beside the code. */

import { readFileSync } from 'node:fs';

interface PackageInfo {
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

/** Name, version and description from package.json. */
export function packageInfo(): PackageInfo {
  const { name, version, description }: PackageInfo = JSON.parse(packageFile('package.json'));
  return { name, version, description };
}

/**
 * The text of a file of this package. Bundles replace this module with one that holds the files.
 *
 * @param path from the package's root; the code runs from `dist/system`
 */
export function packageFile(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}
