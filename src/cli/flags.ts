/** Flags that the tap and `run` share, and the forms of their values. */
import { type Command, InvalidArgumentError, Option } from 'commander';

/** Adds the flags that say what to sync and what to tell of it; `state` is what the bookmark file means to the command. */
export function withSyncFlags(command: Command, state: string): Command {
  return command
    .addOption(
      new Option(
        '-c, --config <file>',
        'JSON file with settings; may be repeated, a later one wins; ENV names no file',
      )
        .argParser(collect)
        .default([], 'the environment alone'),
    )
    .option(
      '--profile <name>',
      'settings stored by configure; config files, environment and flags win over it',
    )
    .option('-s, --state <file>', state)
    .option(
      '--catalog <file>',
      'what to sync; without one, every stream that is selected by default',
    )
    .option('-p, --properties <file>', 'the older name of --catalog')
    .option('--streams <names>', 'sync these alone, separated by commas')
    .option(
      '--max-records <n>',
      'at most n rows of each stream; bookmarks stay where they were',
      count,
    )
    .option(
      '--full-refresh <names>',
      'forget the bookmarks of these streams, separated by commas, or of all',
    )
    .option('--summary <file>', 'write what happened as JSON')
    .option('--metrics-file <file>', "write what happened for Prometheus' textfile collector")
    .option('--log-level <level>', 'debug, info, warning or error')
    .option('--log-format <format>', 'text or json')
    .option('--no-progress', 'no spinner on a terminal');
}

/** The flags that a command was given, in the form `--flag=value`, so that another process can be given them; without those named. */
export function flagsGiven(command: Command, without: readonly string[]): string[] {
  return command.options
    .filter((option) => isGiven(command, option) && !without.includes(option.name()))
    .flatMap((option) => {
      const value: unknown = command.getOptionValue(option.attributeName());
      if (typeof value === 'boolean') return [String(option.long)];
      return [value].flat().map((one) => `${option.long}=${String(one)}`);
    });
}

/** Whether a flag stood on the command line. */
export function isGiven(command: Command, option: Option): boolean {
  return command.getOptionValueSource(option.attributeName()) === 'cli';
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** A whole number from 0 on. */
export function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It takes a whole number.');
  return Number(text);
}

/** A whole number from 1 on. */
export function count(text: string): number {
  if (whole(text) === 0) throw new InvalidArgumentError('It takes a whole number from 1 on.');
  return Number(text);
}

/** A port; 0 stands for a free one. */
export function port(text: string): number {
  if (whole(text) > 65_535) throw new InvalidArgumentError('It takes a port, from 0 to 65535.');
  return Number(text);
}

/** A number from 0 to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('It takes a number from 0 to 1.');
  return value;
}
