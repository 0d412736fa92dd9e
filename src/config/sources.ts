/** Collects settings from their sources: a profile, config files, the environment, flags. */

import type { Warning } from '../codes.js';
import { statSync } from 'node:fs';
import { ConfigError } from '../errors.js';
import { readJson } from '../system/read-json.js';
import { isObject, kindOf } from '../json.js';
import { parseSetting } from './kinds.js';
import { didYouMean } from '../system/did-you-mean.js';
import { environmentName, flagOf, SETTINGS } from './settings.js';
import type { Setting } from './settings.js';

/** The sources of a configuration. */
export interface Sources {
  /** A stored profile. Every other source overrides it. */
  readonly profile?: { readonly name: string; readonly values: Readonly<Record<string, unknown>> };
  /** Paths; later files override earlier ones. `ENV` names no file and has no effect. */
  readonly files: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Values by the names of the settings; undefined for flags that are not on the command line. */
  readonly flags?: Readonly<Record<string, unknown>>;
}

/** The value of a setting with its source. */
export interface SourcedValue {
  readonly value: unknown;
  /** For messages: a path, `profile NAME`, `environment variable NAME`, or `--flag`. */
  readonly from: string;
}

const SETTING_BY_NAME: ReadonlyMap<string, Setting> = new Map(
  SETTINGS.map((setting) => [setting.name, setting]),
);
const NAMES: readonly string[] = [...SETTING_BY_NAME.keys()];
const NAME_BY_VARIABLE: ReadonlyMap<string, string> = new Map(
  NAMES.map((name) => [environmentName(name), name]),
);

/** Meltano also passes each entry of an object as a variable, such as `…_MASK_COLUMNS_EMAIL`. */
const OBJECT_PREFIXES: readonly string[] = SETTINGS.filter(
  ({ kind }) => kind === 'object' || kind === 'words',
).map(({ name }) => `${environmentName(name)}_`);

/**
 * Collects the settings. Flags override the environment, which overrides files, which override the
 * profile. Text is converted to the kind of its setting.
 *
 * @param warnings receives unknown settings, and files with secrets that other users can read
 * @returns values by the names of the settings; they are not checked
 * @throws ConfigError if a file cannot be read, or is not a JSON object
 */
export function collectSettings(
  { profile, files, env, flags = {} }: Sources,
  warnings: Warning[],
): Map<string, SourcedValue> {
  const values = new Map<string, SourcedValue>();
  const add = (name: string, value: unknown, from: string): void => {
    const setting = SETTING_BY_NAME.get(name);
    if (setting) values.set(name, { value: parseSetting(setting, value), from });
  };
  for (const [name, value] of Object.entries(profile?.values ?? {}))
    add(name, value, `profile ${profile?.name}`);
  for (const file of files) {
    if (file === 'ENV') continue;
    for (const [name, value] of fromFile(file, warnings)) add(name, value, file);
  }
  for (const [name, value] of fromEnvironment(env, warnings)) {
    add(name, value, `environment variable ${environmentName(name)}`);
  }
  for (const [name, value] of Object.entries(flags)) {
    if (value !== undefined) add(name, value, flagOf(SETTING_BY_NAME.get(name)) ?? 'flag');
  }
  return values;
}

/** Whether a value is set. Some platforms write null or empty text for settings that are not. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function fromFile(file: string, warnings: Warning[]): [name: string, value: unknown][] {
  const content = readJson(file, 'config file');
  if (!isObject(content)) {
    throw new ConfigError(
      'SETTING_WRONG',
      `The config file ${file}: expected a JSON object, got ${kindOf(content)}`,
    );
  }
  const set = Object.entries(content).filter(([, value]) => isSet(value));
  for (const name of Object.keys(content)) {
    if (!SETTING_BY_NAME.has(name)) {
      warnings.push({
        code: 'SETTING_UNKNOWN',
        message: `${file}: unknown setting ${JSON.stringify(name)}${didYouMean(name, NAMES)}`,
      });
    }
  }
  if (set.some(([name]) => SETTING_BY_NAME.get(name)?.kind === 'password') && othersCanRead(file)) {
    warnings.push({
      code: 'SECRET_READABLE',
      message: `${file} contains a secret, but other users of this machine can read it: chmod 600 the file, or start the program that writes it with umask 077`,
    });
  }
  return set;
}

/** Whether users other than its owner can read a file. On Windows the mode does not tell. */
function othersCanRead(file: string): boolean {
  const stat = statSync(file);
  return process.platform !== 'win32' && stat.isFile() && (stat.mode & 0o077) !== 0;
}

function fromEnvironment(
  env: NodeJS.ProcessEnv,
  warnings: Warning[],
): [name: string, value: unknown][] {
  const prefix = environmentName('');
  const found: [string, unknown][] = [];
  for (const [variable, value] of Object.entries(env)) {
    // A second underscore: variables that Meltano passes to every plugin, besides settings.
    if (!variable.startsWith(prefix) || variable.startsWith(`${prefix}_`)) continue;
    if (!isSet(value?.trim()) || OBJECT_PREFIXES.some((one) => variable.startsWith(one))) continue;
    const name = NAME_BY_VARIABLE.get(variable);
    // A secret that was read from a file often ends with a line break. No setting contains one.
    if (name !== undefined) found.push([name, value?.replace(/[\r\n]+$/, '')]);
    else
      warnings.push({
        code: 'SETTING_UNKNOWN',
        message: `${variable}: unknown setting${didYouMean(variable.slice(prefix.length), NAMES)}`,
      });
  }
  return found;
}
