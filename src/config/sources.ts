/** Where settings come from: config files, the environment, flags. */

import type { Warning } from '../codes.js';
import { statSync } from 'node:fs';
import { ConfigError } from '../errors.js';
import { readJson } from '../system/read-json.js';
import { isObject, kindOf } from '../json.js';
import { convert } from './kinds.js';
import { didYouMean } from '../system/did-you-mean.js';
import { environmentName, SETTINGS } from './settings.js';
import type { Setting } from './settings.js';

/** The sources of a configuration. */
export interface Sources {
  /** A stored profile: whatever else is given wins over it. */
  readonly profile?: { readonly name: string; readonly values: Readonly<Record<string, unknown>> };
  /** Paths, a later file wins; the word ENV among them is no file, it says that the environment is read, as it always is. */
  readonly files: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** By the settings' names; undefined where a flag was not given. */
  readonly flags?: Readonly<Record<string, unknown>>;
}

/** A value that was given for a setting, and where: a file's path, `environment variable NAME` or `--flag`. */
export interface Given {
  readonly value: unknown;
  readonly from: string;
}

const SETTING_BY_NAME: ReadonlyMap<string, Setting> = new Map(
  SETTINGS.map((setting) => [setting.name, setting]),
);
const NAMES: readonly string[] = [...SETTING_BY_NAME.keys()];
const NAME_BY_VARIABLE: ReadonlyMap<string, string> = new Map(
  NAMES.map((name) => [environmentName(name), name]),
);

/**
 * The winning value of every setting that was given: a flag's over the environment's over a file's over the profile's. Text is converted to the
 * setting's kind where it plainly stands for one. What nobody knows is added to `warnings`.
 * Throws ConfigError for a file that cannot be read or holds no object.
 */
export function gather(
  { profile, files, env, flags = {} }: Sources,
  warnings: Warning[],
): Map<string, Given> {
  const given = new Map<string, Given>();
  const take = (name: string, value: unknown, from: string): void => {
    const setting = SETTING_BY_NAME.get(name);
    if (setting) given.set(name, { value: convert(setting, value), from });
  };
  for (const [name, value] of Object.entries(profile?.values ?? {}))
    take(name, value, `profile ${profile?.name}`);
  for (const file of files) {
    if (file === 'ENV') continue;
    for (const [name, value] of fromFile(file, warnings)) take(name, value, file);
  }
  for (const [name, value] of fromEnvironment(env, warnings)) {
    take(name, value, `environment variable ${environmentName(name)}`);
  }
  for (const [name, value] of Object.entries(flags)) {
    if (value !== undefined) take(name, value, `--${name.replaceAll('_', '-')}`);
  }
  return given;
}

/** Platforms write null or empty text for what is not set. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function fromFile(file: string, warnings: Warning[]): [name: string, value: unknown][] {
  const content = readJson(file, 'config file');
  if (!isObject(content)) {
    throw new ConfigError(
      'SETTING_WRONG',
      `The config file ${file} takes a JSON object, got ${kindOf(content)}`,
    );
  }
  const set = Object.entries(content).filter(([, value]) => isSet(value));
  for (const name of Object.keys(content)) {
    if (!SETTING_BY_NAME.has(name)) {
      warnings.push({
        code: 'SETTING_UNKNOWN',
        message: `${file}: there is no setting ${JSON.stringify(name)}${didYouMean(name, NAMES)}`,
      });
    }
  }
  if (set.some(([name]) => SETTING_BY_NAME.get(name)?.kind === 'password') && othersMayRead(file)) {
    warnings.push({
      code: 'SECRET_READABLE',
      message: `${file} holds a secret, and other users of this machine can read it: chmod 600 it, or start what writes it with umask 077`,
    });
  }
  return set;
}

/** Whether it is a file that more users than its owner can read; Windows does not say so in the mode. */
function othersMayRead(file: string): boolean {
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
    // Two underscores begin what Meltano hands to every plugin beside its settings.
    if (!variable.startsWith(prefix) || variable.startsWith(`${prefix}_`)) continue;
    if (!isSet(value?.trim())) continue;
    const name = NAME_BY_VARIABLE.get(variable);
    // Secrets that come from files often end with a line break, which no setting contains.
    if (name !== undefined) found.push([name, value?.replace(/[\r\n]+$/, '')]);
    else
      warnings.push({
        code: 'SETTING_UNKNOWN',
        message: `${variable}: there is no such setting${didYouMean(variable.slice(prefix.length), NAMES)}`,
      });
  }
  return found;
}
