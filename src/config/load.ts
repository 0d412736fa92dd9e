/** The configuration that a command's flags lead to. */
import { loadConfig, type LoadedConfig } from './config.js';
import { SETTINGS, type Setting } from './settings.js';

/** The flags that say where settings come from. The flags of settings are among the others. */
export interface SettingFlags {
  readonly config: readonly string[];
  readonly profile?: string | undefined;
}

const ALL: readonly Setting[] = SETTINGS;

/**
 * Loads settings from flags, which win, environment, files and profile.
 *
 * @throws ConfigError if one of them is wrong, or there is no such profile
 */
export async function loadSettings(flags: SettingFlags): Promise<LoadedConfig> {
  const { config, profile } = flags;
  const sources = { files: config, env: process.env, flags: settingsOf(flags) };
  if (profile === undefined) return loadConfig(sources);
  const { readProfile } = await import('./profiles.js');
  return loadConfig({ ...sources, profile: { name: profile, values: readProfile(profile) } });
}

/** The values of flags by the names of the settings that they stand for. */
function settingsOf(flags: object): Record<string, unknown> {
  const values = new Map<string, unknown>(Object.entries(flags));
  return Object.fromEntries(
    ALL.flatMap(({ name, flag }) => (flag ? [[name, values.get(attributeOf(flag.name))]] : [])),
  );
}

/** The name under which commander keeps a flag's value: `--metrics-file <file>` is `metricsFile`. */
function attributeOf(flag: string): string {
  return flag
    .replace(/^--(\S+).*$/, '$1')
    .replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
