/** The configuration that a command's flags lead to. */
import { loadConfig, type LoadedConfig } from './config.js';

/** The flags that say where settings come from, or are settings. */
export interface SettingFlags {
  readonly config: readonly string[];
  readonly profile?: string;
  readonly streams?: string;
  readonly summary?: string;
  readonly metricsFile?: string;
  readonly logLevel?: string;
  readonly logFormat?: string;
}

/**
 * Loads settings from flags, which win, environment, files and profile.
 *
 * @throws ConfigError where one of them is wrong, or there is no such profile
 */
export async function loadSettings(flags: SettingFlags): Promise<LoadedConfig> {
  const { config, profile, streams, summary, metricsFile, logLevel, logFormat } = flags;
  const sources = {
    files: config,
    env: process.env,
    flags: {
      streams,
      summary_file: summary,
      metrics_file: metricsFile,
      log_level: logLevel,
      log_format: logFormat,
    },
  };
  if (profile === undefined) return loadConfig(sources);
  const { readProfile } = await import('./profiles.js');
  return loadConfig({ ...sources, profile: { name: profile, values: readProfile(profile) } });
}
