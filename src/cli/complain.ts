/** Errors that end the command before it has a log: in the requested format, without secrets. */
import { CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { readFileSync } from 'node:fs';
import { environmentName, SETTINGS } from '../config/settings.js';
import { codeOf, describe } from '../errors.js';
import { isObject } from '../json.js';
import { createStderrLog } from '../terminal/log.js';

const SECRET_SETTINGS: readonly string[] = [
  ...SETTINGS.filter(({ kind }) => kind === 'password').map(({ name }) => name),
  'api_token_name',
];

/**
 * Logs the error that ended the command to stderr.
 *
 * @param args the arguments of the command
 */
export function complain(
  error: unknown,
  program: CommandUnknownOpts,
  args: readonly string[],
): void {
  const own = ownArguments(program, args);
  const format =
    valuesOf(own, ['--log-format']).at(-1) ?? process.env[environmentName('log_format')];
  const message =
    error instanceof CommanderError
      ? `${withoutValues(describe(error)).replaceAll(/^error: |\.$/g, '')}; see --help`
      : describe(error);
  createStderrLog({
    level: 'info',
    format: format === 'json' ? 'json' : 'text',
    secrets: secretsGiven(valuesOf(own, ['--config', '-c'])),
  }).error(error instanceof CommanderError ? 'USAGE_WRONG' : codeOf(error), message);
}

/** The arguments before the target: up to `--`, or up to the target's first word. */
export function ownArguments(program: CommandUnknownOpts, args: readonly string[]): string[] {
  const command = program.commands.find((one) => one.name() === args[0]);
  const options = (command ?? program).options;
  const own: string[] = command === undefined ? [] : [command.name()];
  for (let at = own.length; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '--' || (command !== undefined && !arg.startsWith('-'))) break;
    own.push(arg);
    const option = options.find(({ short, long }) => arg === short || arg === long);
    const value = args[at + 1];
    if (option?.required !== true || value === undefined) continue;
    own.push(value);
    at += 1;
  }
  return own;
}

function valuesOf(args: readonly string[], names: readonly string[]): string[] {
  return args.flatMap((arg, at) => {
    const name = names.find((one) => arg === one || arg.startsWith(`${one}=`));
    if (name === undefined) return [];
    return arg === name ? (args[at + 1] ?? []) : arg.slice(name.length + 1);
  });
}

/** commander quotes an unknown flag together with its value, which may be a secret. */
function withoutValues(message: string): string {
  return message.replaceAll(/(--?[\w-]+)=[^']*/g, '$1=***');
}

/** The secrets in the environment and in the config files that can be read. */
function secretsGiven(files: readonly string[]): string[] {
  const given = SECRET_SETTINGS.map((name): unknown => process.env[environmentName(name)]);
  for (const file of files) {
    const content = contentOf(file);
    if (isObject(content)) given.push(...SECRET_SETTINGS.map((name) => content[name]));
  }
  return given.filter((value): value is string => typeof value === 'string');
}

function contentOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
