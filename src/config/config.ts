/**
 * The configuration: what `settings.ts` declares, gathered, checked and completed. This file loads ajv, so the command imports
 * it only where a configuration is needed.
 */

import type { Warning } from '../codes.js';
import { Ajv } from 'ajv';
import { apiRoot } from './base-url.js';
import { cacheDir } from './cache-dir.js';
import { ConfigError } from '../errors.js';
import { kindOf } from '../json.js';
import { settingsSchema, takes } from './kinds.js';
import { packageInfo } from '../system/package-files.js';
import { environmentName, SETTINGS } from './settings.js';
import type { Setting } from './settings.js';
import { gather } from './sources.js';
import type { Given, Sources } from './sources.js';

type Declared = (typeof SETTINGS)[number];

/** The settings that always have a value. */
type Always = Extract<
  Declared,
  { required: true } | { default: unknown } | { defaultText: string }
>;

type ValueOf<S extends Declared> = S extends { kind: 'url' }
  ? URL
  : S extends { kind: 'integer' | 'number' }
    ? number
    : S extends { kind: 'array' }
      ? readonly string[]
      : S extends { kind: 'object' }
        ? Readonly<Record<string, string>>
        : S extends { options: readonly (infer Word)[] }
          ? Word
          : string;

type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

/** The settings as the code takes them: `calls_per_hour` is `callsPerHour`; `baseUrl` is the API's root, `…/open/v1`. */
export type Config = { readonly [S in Always as Camel<S['name']>]: ValueOf<S> } & {
  readonly [S in Exclude<Declared, Always> as Camel<S['name']>]?: ValueOf<S>;
};

export interface LoadedConfig {
  readonly config: Config;
  /** Lines for the log: unknown settings, files that others can read. */
  readonly warnings: readonly Warning[];
}

/**
 * Loads the configuration from files, the environment and flags. Where no token is needed (`needToken: false`), `apiToken`
 * may come back empty.
 * Throws ConfigError: a file that cannot be read, a setting with a wrong value, no token. No message shows a secret.
 */
export function loadConfig(sources: Sources & { readonly needToken?: boolean }): LoadedConfig {
  const warnings: Warning[] = [];
  const given = gather(sources, warnings);
  const faults = findFaults(given, sources.needToken ?? true);
  const [first, ...more] = faults;
  if (first) {
    const rest =
      more.length === 0
        ? ''
        : ` (and ${more.length} more: ${more.map(({ name }) => name).join(', ')})`;
    // A misspelled name is why a token is missing, more often than not; the log would say it too late.
    const hints = given.has('api_token') ? [] : warnings.map(({ message }) => message);
    throw new ConfigError('SETTING_WRONG', [first.message + rest, ...hints].join('; '));
  }
  return { config: complete(given, sources.env), warnings };
}

/** The secrets in a configuration, and the name beside the token, so that the log can keep them out. */
export function secretsOf(config: Config): string[] {
  const secrets = SETTINGS.flatMap((setting) =>
    setting.kind === 'password' ? [config[camel(setting.name)] ?? ''] : [],
  );
  return [...secrets, config.apiTokenName ?? ''].filter((secret) => secret !== '');
}

/**
 * Holds values to the settings' schema; that the token is there is checked apart, it is not always needed. That the schema is one is left to the
 * tests: to compile the schema of schemas took longer than all else that is done before the first request.
 */
const validate = new Ajv({
  allErrors: true,
  strict: false,
  meta: false,
  validateSchema: false,
}).compile({
  ...settingsSchema(),
  required: [],
});

interface Fault {
  readonly name: string;
  readonly message: string;
}

/** What is wrong with the values that were given, in the order of the settings. */
function findFaults(given: ReadonlyMap<string, Given>, needToken: boolean): Fault[] {
  const wrong = wrongNames(given);
  const faults: Fault[] = [];
  for (const setting of SETTINGS) {
    const { name } = setting;
    const at = given.get(name);
    let message: string | undefined;
    if (at && wrong.has(name))
      message = `${name} (${at.from}) takes ${takes(setting)}, got ${shown(setting, at.value)}`;
    else if (at && setting.kind === 'url') message = wrongAddress(name, at);
    else if (!at && 'required' in setting && needToken) message = missing(name);
    if (message !== undefined) faults.push({ name, message });
  }
  return faults;
}

/** The names of the values that do not fit the settings' schema. */
function wrongNames(given: ReadonlyMap<string, Given>): Set<string> {
  const values = Object.fromEntries([...given].map(([name, { value }]) => [name, value]));
  validate(values);
  return new Set(
    (validate.errors ?? []).map(({ instancePath }) => instancePath.split('/')[1] ?? ''),
  );
}

function wrongAddress(name: string, { value, from }: Given): string | undefined {
  const root = apiRoot(String(value));
  return typeof root === 'string' ? `${name} (${from}) ${root}` : undefined;
}

function missing(name: string): string {
  return `${name} is not set: put it into a config file or the environment variable ${environmentName(name)}, or name a profile of \`bolt-eci-tap configure\` with --profile`;
}

/** A value in a message. Secrets are not shown, nor what may hold one by mistake: long text, lists, addresses. */
function shown(setting: Setting, value: unknown): string {
  if (setting.kind === 'password') {
    const ending =
      typeof value === 'string' && /[\r\n]$/.test(value) ? ' and ends with a line break' : '';
    return `${kindOf(value)} that is not shown${ending}`;
  }
  if (Array.isArray(value) && value.length === 0) return 'none';
  if (typeof value === 'object' || setting.kind === 'url' || setting.kind === 'object')
    return kindOf(value);
  const json = JSON.stringify(value);
  return json.length <= 20 ? json : kindOf(value);
}

/** The configuration of values that are in order, named and typed as the declaration says. */
function complete(given: ReadonlyMap<string, Given>, env: NodeJS.ProcessEnv): Config;
function complete(
  given: ReadonlyMap<string, Given>,
  env: NodeJS.ProcessEnv,
): Record<string, unknown> {
  const ofMachine: Record<Extract<Declared, { defaultText: string }>['name'], () => string> = {
    user_agent: () =>
      `${packageInfo().name}/${packageInfo().version} (+node/${process.versions.node})`,
    cache_dir: () => cacheDir(env),
  };
  const config: Record<string, unknown> = {};
  for (const setting of SETTINGS) {
    let value = given.get(setting.name)?.value;
    if ('defaultText' in setting) value ??= ofMachine[setting.name]();
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
