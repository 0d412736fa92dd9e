/** The commands of `run`. The target's is parsed into argv; no shell is involved. */
import { fileURLToPath } from 'node:url';
import { parse } from 'shell-quote';
import { ConfigError } from '../errors.js';
import type { LogFormat, LogLevel } from '../system/log-options.js';

/** This package's command: the tap and, as `load`, a target. */
export const COMMAND = fileURLToPath(new URL('../../bin/bolt-eci-tap.js', import.meta.url));

/** A command and its arguments. */
export type Argv = readonly [command: string, ...args: string[]];

/**
 * Returns the target's command.
 *
 * @param words the arguments after `--`
 * @param text the value of `--target`, in which quotes and backslashes work as in a shell
 * @throws ConfigError if neither or both are given, or the text needs a shell
 */
export function targetCommand(words: readonly string[], text: string | undefined): Argv {
  if (text !== undefined && words.length > 0)
    throw new ConfigError(
      'TARGET_UNUSABLE',
      'the target is given twice: give it after -- or with --target, not both',
    );
  const [command, ...args] = text === undefined ? words : split(text);
  if (command === undefined || command === '')
    throw new ConfigError(
      'TARGET_UNUSABLE',
      'run needs --to FILE.duckdb, or a target, such as: ' +
        'bolt-eci-tap run --state state.json -- target-jsonl --config target.json',
    );
  return [command, ...args];
}

/** How `load` logs: as `run` does. */
export interface LoadLog {
  readonly level: LogLevel;
  readonly format: LogFormat;
}

/** The arguments of `load` for a DuckDB file. */
export function loadArguments(file: string, { level, format }: LoadLog): string[] {
  return ['load', `--to=${file}`, `--log-level=${level}`, `--log-format=${format}`];
}

/** `load` as a target's command. */
export function loadCommand(file: string, log: LoadLog): Argv {
  return [process.execPath, COMMAND, ...loadArguments(file, log)];
}

function split(text: string): string[] {
  return parse(text, (variable) => ({ variable })).map((part) => {
    if (typeof part === 'string') return part;
    throw new ConfigError(
      'TARGET_UNUSABLE',
      `--target: ${describePart(part)} needs a shell, but run starts none: ` +
        "quote it, or give the target as -- sh -c '…'",
    );
  });
}

/** Describes why a command was not found. Arguments may contain passwords and are not quoted. */
export function describeMissingCommand(command: string, args: readonly string[]): string {
  const [first = ''] = command.trim().split(/\s+/);
  if (args.length > 0 || first === command || first === '')
    return `${command}: no such command; is the target installed, and on PATH?`;
  return (
    `${first} …: no command has this name with spaces: ` +
    `write the target as separate words (-- ${first} …) or as --target "${first} …"`
  );
}

function describePart(part: object): string {
  if ('variable' in part) return `$${String(part.variable)}`;
  if ('comment' in part) return '#';
  return 'pattern' in part ? String(part.pattern) : 'op' in part ? String(part.op) : 'a part of it';
}
