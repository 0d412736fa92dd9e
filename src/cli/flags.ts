/** The flags that the tap and `run` share. */
import { type Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { SETTINGS, type Setting } from '../config/settings.js';
import { LOG_FORMATS, LOG_LEVELS } from '../system/log-options.js';
import { collect, positiveNumber } from './argument-types.js';

/** Headings of `--help`. */
export const GROUPS = {
  settings: 'Settings:',
  selection: 'What to sync:',
  output: 'Logs and reports:',
  destination: 'Where to load:',
  instead: 'Instead of a sync:',
  other: 'Other:',
} as const;

const FLAGGED: readonly Setting[] = SETTINGS;
/** Settings whose flags every command with a log has. */
const LOG_SETTINGS: ReadonlySet<string> = new Set(['log_level', 'log_format']);

/**
 * Adds the flags to a command, grouped by purpose.
 *
 * @param state what `--state` means to the command
 */
export function addSyncFlags(command: Command, state: string) {
  const flagged = addSettingFlags(command)
    .optionsGroup(GROUPS.selection)
    .option('-s, --state <file>', state)
    .option('--catalog <file>', 'what to sync (default: every stream)')
    .option('-p, --properties <file>', 'the older name of --catalog')
    .option('--max-records <n>', 'at most n rows per stream; bookmarks do not move', positiveNumber)
    .option('--full-refresh <names>', 'ignore the bookmarks of these streams (a,b), or of all')
    .optionsGroup(GROUPS.output)
    .option('--no-progress', 'no spinner on a terminal');
  for (const { flag } of FLAGGED) {
    if (flag)
      flagged.addOption(new Option(flag.name, flag.description).helpGroup(GROUPS[flag.group]));
  }
  return flagged;
}

/** Adds the flags that say where settings come from. */
function addSettingFlags(command: Command) {
  return command
    .optionsGroup(GROUPS.settings)
    .addOption(
      new Option(
        '-c, --config <file>',
        'JSON file with settings; may be repeated, later files win; ENV names no file',
      )
        .argParser<readonly string[]>(collect)
        .default([] as readonly string[], 'only the environment'),
    )
    .option(
      '--profile <name>',
      'settings stored by configure; files, environment and flags win over it',
    );
}

/** Adds the flags of `verify`. */
export function addVerifyFlags(command: Command) {
  const flagged = addSettingFlags(command)
    .optionsGroup('What to verify:')
    .requiredOption('--stream <name>', 'the list that the rows on stdin are of')
    .option('--catalog <file>', 'the catalog of the syncs, if there is one')
    .option('--emit', 'write the rows that differ to stdout, as Singer messages')
    .optionsGroup(GROUPS.output)
    .option('--report <file>', 'write counts and keys of what differs as JSON')
    .option('--no-progress', 'no spinner on a terminal');
  for (const { name, flag } of FLAGGED) {
    if (flag && LOG_SETTINGS.has(name))
      flagged.addOption(new Option(flag.name, flag.description).helpGroup(GROUPS.output));
  }
  return flagged;
}

/** Adds the flags of `load`, which are not settings of the tap. */
export function addLoadFlags(command: Command) {
  return command
    .optionsGroup(GROUPS.destination)
    .requiredOption('--to <file>', 'DuckDB file; created if it does not exist')
    .option(
      '--state-id <name>',
      'name of the pipeline: the file keeps one state for each',
      'default',
    )
    .optionsGroup(GROUPS.output)
    .addOption(
      new Option('--log-level <level>', 'the lowest level that is logged')
        .choices(LOG_LEVELS)
        .default('info' as const),
    )
    .addOption(
      new Option('--log-format <format>', 'format of the log on stderr')
        .choices(LOG_FORMATS)
        .default('text' as const),
    );
}

/** Adds the flags of `probe`. */
export function addProbeFlags(command: Command) {
  return addSettingFlags(command)
    .optionsGroup(GROUPS.output)
    .option('--report <file>', 'write the answers as JSON, to attach to an issue');
}

/**
 * The flags on the command line in the form `--flag=value`, to pass on to another process.
 *
 * @param without names of flags to leave out
 */
export function flagsGiven(command: CommandUnknownOpts, without: readonly string[]): string[] {
  return command.options
    .filter((option) => isGiven(command, option) && !without.includes(option.name()))
    .flatMap((option) => {
      const value: unknown = command.getOptionValue(option.attributeName());
      if (typeof value === 'boolean') return [String(option.long)];
      return [value].flat().map((one) => `${option.long}=${String(one)}`);
    });
}

/** Whether a flag is on the command line. */
export function isGiven(command: CommandUnknownOpts, option: Option): boolean {
  return command.getOptionValueSource(option.attributeName()) === 'cli';
}
