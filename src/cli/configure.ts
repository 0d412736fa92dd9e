/** `bolt-eci-tap configure`: asks for URL and token, checks them, and stores them as a profile. */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { loadConfig, secretsOf } from '../config/config.js';
import { systemClock } from '../api/clock.js';
import { ApiError, ConfigError, StopError } from '../errors.js';
import { createLog } from '../terminal/log.js';
import { deleteProfile, profileNames, storeProfile, type Profile } from '../config/profiles.js';
import { Prompt } from '../terminal/prompt.js';
import { FIRST_RESPONSE_OF_CHECK_S, openSession } from '../api/session.js';
import { environmentName } from '../config/settings.js';
import { catchSignals } from '../system/signals.js';

/** The flags of the subcommand. None is for the token, because process lists show flags. */
export interface ConfigureFlags {
  readonly profile: string;
  readonly baseUrl?: string | undefined;
  readonly tokenName?: string | undefined;
  readonly force?: true | undefined;
  readonly check: boolean;
  readonly list?: true | undefined;
  readonly delete?: true | undefined;
}

/** The streams of the dialog. Tests pass their own. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/** The list that is requested to test the token. */
const PROBE = { name: 'jobs', path: '/jobs' } as const;
/** Few, because a person is waiting. */
const MOST_RETRIES = 1;

/** A profile of which some settings may be missing. */
type PartialProfile = { readonly [Setting in keyof Profile]?: Profile[Setting] | undefined };

/**
 * Stores a profile. On a terminal it asks for the settings that neither flags nor the environment
 * have. Without a terminal, the token is the first line of stdin.
 *
 * @throws ConfigError if a value is missing or wrong, or a profile of this name exists
 * @throws ApiError if the API refuses them; nothing is stored then
 * @throws StopError on Ctrl-C or a signal
 */
export async function configure(flags: ConfigureFlags, terminal: Terminal): Promise<void> {
  const { profile: name } = flags;
  const print = (line: string): void => void terminal.output.write(`${line}\n`);
  if (!/^\w[\w.-]*$/.test(name))
    throw new ConfigError(
      'USAGE_WRONG',
      '--profile: expected a name of letters, digits, dots, hyphens and underscores',
    );
  if (name.startsWith('__') || name in {})
    throw new ConfigError(
      'USAGE_WRONG',
      `--profile: ${name} is a reserved word; choose another name`,
    );
  if (flags.list) return profileNames().forEach(print);
  if (flags.delete) {
    deleteProfile(name);
    return print(`The profile ${name} is deleted.`);
  }
  const stop = catchSignals({ warn: (message) => print(`\n${message}`) });
  try {
    const profile = await (terminal.input.isTTY ? askForProfile : readProfileInput)(
      flags,
      terminal,
      stop.signal,
    );
    if (profile === null) return print('Nothing was stored.');
    await checkProfile(
      name,
      profile,
      flags.check,
      (line) => terminal.output.write(line),
      stop.signal,
    );
    return storeAs(name, profile, print);
  } finally {
    stop.release(new StopError('configure has ended'));
  }
}

function storeAs(name: string, profile: Profile, print: (line: string) => void): void {
  const file = storeProfile(name, profile);
  return print(
    `The profile ${name} is stored in ${file}. To use it: bolt-eci-tap --profile ${name}`,
  );
}

/** The settings from flags and environment. */
function settingsGiven({ baseUrl, tokenName }: ConfigureFlags): PartialProfile {
  return {
    base_url: baseUrl ?? variable('base_url'),
    api_token: variable('api_token'),
    api_token_name: tokenName ?? variable('api_token_name'),
  };
}

function variable(setting: keyof Profile): string | undefined {
  return process.env[environmentName(setting)] || undefined;
}

/** Asks for the missing settings. Returns null if the user keeps an existing profile. */
async function askForProfile(
  flags: ConfigureFlags,
  { input, output }: Terminal,
  signal: AbortSignal,
): Promise<Profile | null> {
  const given = settingsGiven(flags);
  const prompt = new Prompt(input, output, signal);
  try {
    if (
      exists(flags) &&
      !/^y(es)?$/i.test(await prompt.ask(`Replace the profile ${flags.profile}? (y/N) `))
    )
      return null;
    return withoutEmpty({
      base_url:
        given.base_url ?? (await prompt.ask(`URL of the API (Enter for ${defaultAddress()}): `)),
      api_token: given.api_token ?? (await prompt.askHidden('API token (it is not shown): ')),
      api_token_name:
        given.api_token_name ?? (await prompt.ask('Name of the token (Enter for none): ')),
    });
  } finally {
    prompt.close();
  }
}

/** Without a terminal, the token comes from the environment or from stdin. */
async function readProfileInput(
  flags: ConfigureFlags,
  { input }: Terminal,
  signal: AbortSignal,
): Promise<Profile> {
  if (exists(flags))
    throw new ConfigError(
      'USAGE_WRONG',
      `The profile ${flags.profile} exists: use --force to replace it, or another --profile`,
    );
  const given = settingsGiven(flags);
  return withoutEmpty({
    ...given,
    api_token: given.api_token ?? (await textOf(input, signal)).split('\n', 1)[0]?.trim(),
  });
}

/** Reads all of the input. Rejects if the signal is aborted first. */
async function textOf(input: NodeJS.ReadableStream, signal: AbortSignal): Promise<string> {
  const stopped = once(signal, 'abort').then(() => signal.throwIfAborted());
  return (await Promise.race([text(input), stopped])) ?? '';
}

function exists({ profile, force }: ConfigureFlags): boolean {
  return force !== true && profileNames().includes(profile);
}

/** Omits empty settings. Throws ConfigError if the token is missing. */
function withoutEmpty({ base_url, api_token = '', api_token_name }: PartialProfile): Profile {
  if (api_token === '')
    throw new ConfigError(
      'SETTING_WRONG',
      `The token is missing: set ${environmentName('api_token')}, or pass it on stdin`,
    );
  return { api_token, ...(base_url && { base_url }), ...(api_token_name && { api_token_name }) };
}

function defaultAddress(): string {
  return loadConfig({ files: [], env: process.env, needToken: false }).config.baseUrl.origin;
}

/**
 * Checks the settings, and requests a page with them. This also finds the form of the header, which
 * the cache remembers.
 *
 * @throws ConfigError if a setting is wrong
 * @throws ApiError if the API gives no page; a 403 for this list is only a warning
 */
async function checkProfile(
  name: string,
  profile: Profile,
  withApi: boolean,
  write: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const own = new Set(Object.keys(profile).map((setting) => environmentName(setting)));
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([variable]) => !own.has(variable)),
  );
  const { config, warnings } = loadConfig({
    files: [],
    env,
    profile: { name, values: { ...profile } },
  });
  const log = createLog({
    level: config.logLevel,
    format: config.logFormat,
    // A person reads the lines as they come, whatever stderr is.
    isTerminal: true,
    secrets: secretsOf(config),
    write,
  });
  for (const { code, message } of warnings) log.warn(code, message);
  if (!withApi) return;
  const { client, close } = await openSession({
    config: { ...config, maxRetries: Math.min(config.maxRetries, MOST_RETRIES) },
    log,
    clock: systemClock,
    signal,
    onCall: () => undefined,
    firstResponseS: FIRST_RESPONSE_OF_CHECK_S,
  });
  try {
    await client.get(PROBE.name, PROBE.path, {});
    log.info(`${config.baseUrl.host} accepts the token`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { message, fault } = error;
    if (fault !== 'forbidden')
      throw new ApiError(`Nothing was stored: ${message}`, fault, { cause: error });
    log.warn(
      'STREAM_FORBIDDEN',
      `${config.baseUrl.host} accepts the token, but not for ${PROBE.name}; --test shows which streams it can read`,
    );
  } finally {
    await close();
  }
}
