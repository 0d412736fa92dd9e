/** Profiles: how to reach the API, by name, in a file of the user's config folder that its owner alone can read. */
import { isAbsolute, join } from 'node:path';
import { Conf } from '../system/conf.js';
import { ConfigError, systemCode } from '../errors.js';
import { isObject } from '../json.js';

/** The settings of a profile, by their names in a config file. */
export interface Profile {
  readonly api_token: string;
  readonly base_url?: string;
  readonly api_token_name?: string;
}

const NAME = 'profiles';

/**
 * The settings of a profile, whatever its file holds: they are checked with all others.
 *
 * @throws ConfigError where there is no such profile
 */
export function readProfile(name: string): Readonly<Record<string, unknown>> {
  const store = open();
  const profile = Object.hasOwn(store.store, name) ? store.get(name) : undefined;
  if (isObject(profile)) return profile;
  const names = Object.keys(store.store);
  const others = names.length === 0 ? 'there are none yet' : `there are: ${names.join(', ')}`;
  throw new ConfigError(
    'PROFILE_WRONG',
    `There is no profile ${JSON.stringify(name)} (${others}): make it with bolt-eci-tap configure --profile ${name}`,
  );
}

/** The names of all profiles. */
export function profileNames(): string[] {
  return Object.keys(open().store);
}

/**
 * Stores a profile in the place of one with this name.
 *
 * @returns the file's path
 * @throws ConfigError where it cannot be written
 */
export function storeProfile(name: string, profile: Profile): string {
  const store = open();
  return attempt('written', () => {
    store.set(name, profile);
    return store.path;
  });
}

/** @throws ConfigError where there is none of this name */
export function deleteProfile(name: string): void {
  readProfile(name);
  const store = open();
  attempt('written', () => store.delete(name));
}

/** The file lies in the user's config folder by the habit of the platform; XDG_CONFIG_HOME counts on all of them. */
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

/** Errors without their causes: the parser's quotes the file, which holds tokens. */
function attempt<Result>(what: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new ConfigError(
        'PROFILE_WRONG',
        `${NAME}.json in the config folder of bolt-eci-tap is not valid JSON: repair it, or delete it and configure anew`,
      );
    const code = systemCode(error) ?? 'unknown error';
    throw new ConfigError(
      'PROFILE_WRONG',
      `${NAME}.json in the config folder of bolt-eci-tap cannot be ${what} (${code})`,
    );
  }
}
