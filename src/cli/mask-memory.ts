/** Remembers how the last run of a tenant masked, and warns if this run masks differently. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintOf } from '../api/cache.js';
import type { Config } from '../config/config.js';
import { describe } from '../errors.js';
import type { Masking } from '../shape/masking.js';
import { replaceFile } from '../system/write-file.js';
import type { Log } from '../terminal/log.js';

/** In the file of a tenant whose last run masked nothing. */
const NOTHING = 'nothing is masked';
/** As long as every fingerprint and more. */
const LONGEST = 100;

/** What is known of the run that begins. */
export interface MaskedRun {
  readonly config: Pick<Config, 'baseUrl' | 'apiToken' | 'cacheDir'>;
  readonly masking: Masking | null;
  /** Whether an earlier run left bookmarks for this one, and traces in `cache_dir`. */
  readonly hasEarlierRows: boolean;
  readonly log: Log;
}

/**
 * Warns once if the last run had another list of masked columns, or another key, and remembers
 * those of this run. Only a fingerprint of them is written. A tenant that never masked has no file.
 */
export function rememberMasks({ config, masking, hasEarlierRows, log }: MaskedRun): void {
  const { baseUrl, apiToken, cacheDir } = config;
  const path = join(cacheDir, `mask-${fingerprintOf(baseUrl.host, apiToken)}.txt`);
  const last = read(path);
  const now = masking?.fingerprint ?? NOTHING;
  if (last === now || (last === null && masking === null)) return;
  if (last !== null || hasEarlierRows)
    log.warn(
      'MASK_CHANGED',
      'mask_columns or mask_key is not that of the last run: rows that were loaded before keep ' +
        'their old values, and old hashes do not equal new ones. To replace them, run once with ' +
        '--full-refresh all (docs/privacy.md, "Another list or key")',
    );
  try {
    mkdirSync(cacheDir, { recursive: true, mode: 0o700 });
    replaceFile(path, `${now}\n`, 0o600);
  } catch (error) {
    log.warn('CACHE_UNUSABLE', `${path} cannot be written: ${describe(error)}`);
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').slice(0, LONGEST).trim();
  } catch {
    return null;
  }
}
