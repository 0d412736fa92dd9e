/** Loads the settings of a command. */
import { loadConfig, type LoadedConfig } from './config.js';
import { flagOf, SETTINGS } from './settings.js';

/** The flags that name sources of settings. The other flags may include those of settings. */
export interface SettingFlags {
  readonly config: readonly string[];
  readonly profile?: string | undefined;
}

/**
 * Loads settings from flags, environment, config files and profile, in this order of precedence.
 *
 * @param options with `needToken: false`, the token may be missing
 * @throws ConfigError if a setting is wrong or missing, or the profile does not exist
 */
export async function loadSettings(
  flags: SettingFlags,
  { needToken = true }: { readonly needToken?: boolean } = {},
): Promise<LoadedConfig> {
  const { config, profile } = flags;
  const sources = { files: config, env: process.env, flags: settingsFrom(flags), needToken };
  if (profile === undefined) return loadConfig(sources);
  const { readProfile } = await import('./profiles.js');
  return loadConfig({ ...sources, profile: { name: profile, values: readProfile(profile) } });
}

/** The values of flags, by the names of their settings. */
function settingsFrom(flags: object): Record<string, unknown> {
  const values = new Map<string, unknown>(Object.entries(flags));
  return Object.fromEntries(
    SETTINGS.flatMap((setting) => {
      const flag = flagOf(setting);
      return flag === undefined ? [] : [[setting.name, values.get(attributeOf(flag))]];
    }),
  );
}

/** The property in which commander stores a flag's value: `metricsFile` for `--metrics-file`. */
function attributeOf(flag: string): string {
  return flag
    .replace('--', '')
    .replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
