/** Reads one setting without checking the others, for commands that need none. */
import { ConfigError } from '../errors.js';
import type { SettingFlags } from './load.js';
import { SETTINGS, type Setting } from './settings.js';
import { collectSettings } from './sources.js';

/**
 * Returns the value of a setting, or its default. It is not checked.
 *
 * @returns the default if a file or the profile cannot be read
 */
export async function peekSetting(
  name: (typeof SETTINGS)[number]['name'],
  { config, profile }: SettingFlags,
): Promise<unknown> {
  const settings: readonly Setting[] = SETTINGS;
  const byDefault = settings.find((setting) => setting.name === name)?.default;
  const sources = { files: config, env: process.env };
  try {
    if (profile === undefined) return collectSettings(sources, []).get(name)?.value ?? byDefault;
    const { readProfile } = await import('./profiles.js');
    const stored = { name: profile, values: readProfile(profile) };
    return collectSettings({ ...sources, profile: stored }, []).get(name)?.value ?? byDefault;
  } catch (error) {
    if (error instanceof ConfigError) return byDefault;
    throw error;
  }
}
