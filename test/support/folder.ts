/** Temporary folders of tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Holds the folders of all tests of this process. */
let parent: string | undefined;

/** Makes an empty folder, which is removed after the tests, and returns its path. */
export function makeFolder(): string {
  parent ??= mkdtempSync(join(tmpdir(), 'bolt-eci-tap-test-'));
  return mkdtempSync(join(parent, 'folder-'));
}

/** Removes the folders that `makeFolder` made. */
export function removeFolders(): void {
  // Processes that a test killed may still be writing.
  if (parent !== undefined)
    rmSync(parent, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  parent = undefined;
}
