/** Files of the package other than its code. */

import { readFileSync } from 'node:fs';

interface PackageInfo {
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

/** Reads name, version and description from package.json. */
export function packageInfo(): PackageInfo {
  const { name, version, description }: PackageInfo = JSON.parse(packageFile('package.json'));
  return { name, version, description };
}

/**
 * Reads a file of this package. A bundle replaces this module with one that contains the files.
 *
 * @param path relative to the root of the package; the code runs from `dist/system`
 */
export function packageFile(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}
