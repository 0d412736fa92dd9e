/** The tap and a target as one pipe, as a shell makes it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { messagesOf, type Message } from '../../support/messages.js';
import { COMMAND } from '../../support/paths.js';

/** What a pipe is made of; `state` is the file with the bookmark, which need not be there. */
export interface Pipe {
  readonly config: string;
  readonly state: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** More flags of the tap. */
  readonly flags?: readonly string[];
}

/**
 * Runs tap and target to their ends, expects both to succeed, and writes the last state that the
 * target printed to the bookmark file. Returns the messages of the tap.
 */
export async function runPipe({
  config,
  state,
  command,
  args,
  cwd,
  flags = [],
}: Pipe): Promise<Message[]> {
  const bookmark = existsSync(state) ? ['--state', state] : [];
  const tap = spawn(process.execPath, [COMMAND, '--config', config, ...bookmark, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const target = spawn(command, args, { cwd, stdio: 'pipe' });
  const parts: Buffer[] = [];
  tap.stdout.on('data', (part: Buffer) => parts.push(part));
  tap.stdout.pipe(target.stdin.on('error', () => undefined));
  const [[tapCode], [targetCode], tapLog, printed, targetLog] = await Promise.all([
    once(tap, 'close'),
    once(target, 'close'),
    text(tap.stderr),
    text(target.stdout),
    text(target.stderr),
  ]);
  expect(targetCode, targetLog.slice(-2000)).to.equal(0);
  expect(tapCode, tapLog).to.equal(0);
  const committed = printed.trim().split('\n').at(-1) ?? '';
  expect(JSON.parse(committed)).to.have.property('bookmarks');
  writeFileSync(state, committed);
  return messagesOf(Buffer.concat(parts).toString());
}
