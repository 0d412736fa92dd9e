/** `--discover` with `mask_columns`: the catalog in which masked columns are text. */
import { discover } from '../catalog/discover.js';
import { maskCatalog } from '../catalog/masked-schema.js';
import type { Warning } from '../codes.js';
import { secretsOf } from '../config/config.js';
import { loadSettings, type SettingFlags } from '../config/load.js';
import { createStderrLog } from '../terminal/log.js';
import { openMasking } from './open-masking.js';

/**
 * Returns the catalog. Needs no network and no credentials.
 *
 * @throws ConfigError if a setting is wrong
 */
export async function discoverMasked(flags: SettingFlags): Promise<unknown> {
  const { config, ...loaded } = await loadSettings(flags, { needToken: false });
  const warnings: Warning[] = [...loaded.warnings];
  const masking = openMasking(config, undefined, warnings);
  const { logLevel: level, logFormat: format } = config;
  const log = createStderrLog({ level, format, secrets: secretsOf(config) });
  for (const { code, message } of warnings) log.warn(code, message);
  return masking ? maskCatalog(discover(), masking.rules) : discover();
}
