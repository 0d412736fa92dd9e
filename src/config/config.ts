/** Collects, checks and completes the settings. */

import type { Warning } from '../codes.js';
import { apiRoot } from './base-url.js';
import { cacheDir } from './cache-dir.js';
import { ConfigError } from '../errors.js';
import { kindOf } from '../json.js';
import { checkSettings } from './check-settings.js';
import { expectedForm } from './kinds.js';
import { packageInfo } from '../system/package-files.js';
import { environmentName, SETTINGS } from './settings.js';
import type { Setting } from './settings.js';
import { collectSettings } from './sources.js';
import type { Sources, SourcedValue } from './sources.js';

type Declared = (typeof SETTINGS)[number];

/** The settings that always have a value. */
type AlwaysSet = Extract<
  Declared,
  { required: true } | { default: unknown } | { defaultText: string }
>;

type ValueOf<S extends Declared> = S extends { kind: 'url' }
  ? URL
  : S extends { kind: 'integer' | 'number' }
    ? number
    : S extends { kind: 'array' }
      ? readonly string[]
      : S extends { kind: 'boolean' }
        ? boolean
        : S extends { kind: 'object' }
          ? Readonly<Record<string, string>>
          : S extends { kind: 'words' }
            ? Readonly<Record<string, unknown>>
            : S extends { options: readonly (infer Word)[] }
              ? Word
              : string;

type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

/** The settings in camel case: `callsPerHour`. `baseUrl` is the root of the API, `…/open/v1`. */
export type Config = { readonly [S in AlwaysSet as Camel<S['name']>]: ValueOf<S> } & {
  readonly [S in Exclude<Declared, AlwaysSet> as Camel<S['name']>]?: ValueOf<S>;
};

export interface LoadedConfig {
  readonly config: Config;
  /** Unknown settings, and files with secrets that other users can read. */
  readonly warnings: readonly Warning[];
}

/**
 * Loads the configuration from a profile, files, the environment and flags.
 *
 * @param sources with `needToken: false`, the token may be missing; `apiToken` is then empty
 * @throws ConfigError if a file cannot be read, a setting has a wrong value, or the token is
 *   missing. No message contains a secret.
 */
export function loadConfig(sources: Sources & { readonly needToken?: boolean }): LoadedConfig {
  const warnings: Warning[] = [];
  const values = collectSettings(sources, warnings);
  const faults = findFaults(values, sources.needToken ?? true);
  const [first, ...more] = faults;
  if (first) {
    const rest =
      more.length === 0
        ? ''
        : ` (and ${more.length} more: ${more.map(({ name }) => name).join(', ')})`;
    // A missing token often has a misspelled name. The warning would never reach the log.
    const hints = values.has('api_token') ? [] : warnings.map(({ message }) => message);
    throw new ConfigError('SETTING_WRONG', [first.message + rest, ...hints].join('; '));
  }
  return { config: complete(values, sources.env), warnings };
}

/** The texts that must not be logged: the secrets of a configuration, and the token's name. */
export function secretsOf(config: Config): string[] {
  const secrets = SETTINGS.flatMap((setting) =>
    setting.kind === 'password' ? [config[camel(setting.name)] ?? ''] : [],
  );
  return [...secrets, config.apiTokenName ?? ''].filter((secret) => secret !== '');
}

interface Fault {
  readonly name: string;
  readonly message: string;
}

/** Finds wrong and missing values, in the order of the settings. */
function findFaults(values: ReadonlyMap<string, SourcedValue>, needToken: boolean): Fault[] {
  const wrong = wrongNames(values);
  const faults: Fault[] = [];
  for (const setting of SETTINGS) {
    const { name } = setting;
    const found = values.get(name);
    let message: string | undefined;
    if (found && wrong.has(name)) message = describeWrongValue(setting, found);
    else if (found && setting.kind === 'url') message = describeWrongUrl(name, found);
    else if (!found && 'required' in setting && needToken) message = describeMissing(name);
    if (message !== undefined) faults.push({ name, message });
  }
  return faults;
}

/** The names of the values that do not fit the settings' schema. */
function wrongNames(values: ReadonlyMap<string, SourcedValue>): Set<string> {
  checkSettings(Object.fromEntries([...values].map(([name, { value }]) => [name, value])));
  return new Set(
    (checkSettings.errors ?? []).map(({ instancePath }) => instancePath.split('/')[1] ?? ''),
  );
}

function describeWrongValue(setting: Setting, { value, from }: SourcedValue): string {
  const expected = expectedForm(setting);
  return `${setting.name} (${from}): expected ${expected}, got ${describeValue(setting, value)}`;
}

function describeWrongUrl(name: string, { value, from }: SourcedValue): string | undefined {
  const root = apiRoot(String(value));
  return typeof root === 'string' ? `${name} (${from}) ${root}` : undefined;
}

function describeMissing(name: string): string {
  const variable = environmentName(name);
  return (
    `${name} is not set: set it in a config file or the environment variable ${variable}, ` +
    'or store a profile with `bolt-eci-tap configure` and use --profile'
  );
}

/**
 * Describes a value without secrets. Long text, lists and URLs are not quoted either, because they
 * may contain a secret by mistake.
 */
function describeValue(setting: Setting, value: unknown): string {
  if (setting.kind === 'password') {
    const ending =
      typeof value === 'string' && /[\r\n]$/.test(value) ? ', which ends with a line break' : '';
    return `${kindOf(value)} (not shown)${ending}`;
  }
  if (Array.isArray(value) && value.length === 0) return 'an empty list';
  if (typeof value === 'object' || ['url', 'object', 'words'].includes(setting.kind))
    return kindOf(value);
  const json = JSON.stringify(value);
  return json.length <= 20 ? json : kindOf(value);
}

/** Converts valid values to the configuration, and adds the defaults. */
function complete(values: ReadonlyMap<string, SourcedValue>, env: NodeJS.ProcessEnv): Config;
function complete(
  values: ReadonlyMap<string, SourcedValue>,
  env: NodeJS.ProcessEnv,
): Record<string, unknown> {
  const computedDefaults: Record<Extract<Declared, { defaultText: string }>['name'], () => string> =
    {
      user_agent: () =>
        `${packageInfo().name}/${packageInfo().version} (+node/${process.versions.node})`,
      cache_dir: () => cacheDir(env),
    };
  const config: Record<string, unknown> = {};
  for (const setting of SETTINGS) {
    let value = values.get(setting.name)?.value;
    if ('defaultText' in setting) value ??= computedDefaults[setting.name]();
    if ('default' in setting) value ??= setting.default;
    if ('required' in setting) value ??= '';
    if (setting.kind === 'url') value = apiRoot(String(value));
    if (value !== undefined) config[camel(setting.name)] = value;
  }
  return config;
}

function camel<Name extends string>(name: Name): Camel<Name>;
function camel(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
