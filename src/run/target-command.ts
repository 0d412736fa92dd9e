/** Parses the target's command into words. No shell is involved. */
import { parse } from 'shell-quote';
import { ConfigError } from '../errors.js';

/** A command and its arguments. */
export type Words = readonly [command: string, ...args: string[]];

/**
 * The words of a target: those after `--`, or the text of `--target`, in which quotes and backslashes work as in a shell.
 *
 * @throws ConfigError where neither or both are given, or the text wants a shell
 */
export function targetCommand(words: readonly string[], text: string | undefined): Words {
  if (text !== undefined && words.length > 0)
    throw new ConfigError(
      'TARGET_UNUSABLE',
      'run takes the target once: after -- or with --target, not both',
    );
  const [command, ...args] = text === undefined ? words : split(text);
  if (command === undefined || command === '')
    throw new ConfigError(
      'TARGET_UNUSABLE',
      'run takes a target: bolt-eci-tap run --state state.json -- target-jsonl --config target.json',
    );
  return [command, ...args];
}

function split(text: string): string[] {
  return parse(text, (variable) => ({ variable })).map((part) => {
    if (typeof part === 'string') return part;
    throw new ConfigError(
      'TARGET_UNUSABLE',
      `--target: ${nameOf(part)} needs a shell, and there is none: put it into quotes, or give the target as -- sh -c '…'`,
    );
  });
}

/** For a command that does not exist. Arguments may hold passwords and are not quoted. */
export function noSuchCommand(command: string, args: readonly string[]): string {
  const [first = ''] = command.trim().split(/\s+/);
  if (args.length > 0 || first === command || first === '')
    return `${command}: no such command; is the target installed, and on PATH?`;
  return (
    `${first} …: the target is one word with blanks in it, and no command has that name: ` +
    `write it as words (-- ${first} …) or as --target "${first} …"`
  );
}

function nameOf(part: object): string {
  if ('variable' in part) return `$${String(part.variable)}`;
  if ('comment' in part) return '#';
  return 'pattern' in part ? String(part.pattern) : 'op' in part ? String(part.op) : 'a part of it';
}
