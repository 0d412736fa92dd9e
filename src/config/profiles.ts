/**
 * Profiles: named sets of API settings, in a file in the user's config folder that only its owner
 * can read.
 */
import { isAbsolute, join } from 'node:path';
import { Conf } from '../system/conf.js';
import { ConfigError } from '../errors.js';
import { describeFileError } from '../system/file-errors.js';
import { isObject } from '../json.js';

/** The settings that a profile stores, with the names that they have in a config file. */
export interface Profile {
  readonly api_token: string;
  readonly base_url?: string;
  readonly api_token_name?: string;
}

const NAME = 'profiles';
const FILE = `${NAME}.json in the config folder of bolt-eci-tap`;

/**
 * Reads a profile. Its settings are not checked here, but together with those of other sources.
 *
 * @throws ConfigError if the profile does not exist, or the file cannot be read
 */
export function readProfile(name: string): Readonly<Record<string, unknown>> {
  const store = open();
  const profile = Object.hasOwn(store.store, name) ? store.get(name) : undefined;
  if (isObject(profile)) return profile;
  const names = Object.keys(store.store);
  const others = names.length === 0 ? 'no profile is stored' : `stored: ${names.join(', ')}`;
  throw new ConfigError(
    'PROFILE_WRONG',
    `The profile ${JSON.stringify(name)} does not exist (${others}); create it with bolt-eci-tap configure --profile ${name}`,
  );
}

/** The names of all profiles. */
export function profileNames(): string[] {
  return Object.keys(open().store);
}

/**
 * Stores a profile, and replaces one of the same name.
 *
 * @returns the path of the file
 * @throws ConfigError if the file cannot be read or written
 */
export function storeProfile(name: string, profile: Profile): string {
  const store = open();
  return attempt('written', () => {
    store.set(name, profile);
    return store.path;
  });
}

/**
 * Deletes a profile.
 *
 * @throws ConfigError if the profile does not exist, or the file cannot be written
 */
export function deleteProfile(name: string): void {
  readProfile(name);
  const store = open();
  attempt('written', () => store.delete(name));
}

/** Opens the file. Its folder depends on the platform; XDG_CONFIG_HOME overrides it on each. */
function open(): Conf {
  const home = process.env['XDG_CONFIG_HOME'] ?? '';
  return attempt(
    'read',
    () =>
      new Conf({
        projectName: 'bolt-eci-tap',
        projectSuffix: '',
        ...(isAbsolute(home) && { cwd: join(home, 'bolt-eci-tap') }),
        configName: NAME,
        configFileMode: 0o600,
        accessPropertiesByDotNotation: false,
      }),
  );
}

/**
 * Converts errors to ConfigErrors without a cause: a parser error quotes the tokens in the file.
 */
function attempt<Result>(verb: 'read' | 'written', action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new ConfigError(
        'PROFILE_WRONG',
        `${FILE} is not valid JSON: repair it, or delete it and run bolt-eci-tap configure`,
      );
    throw new ConfigError(
      'PROFILE_WRONG',
      `${FILE} cannot be ${verb}: ${describeFileError(error)}`,
    );
  }
}
