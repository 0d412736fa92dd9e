/** What the tests of real tools share: where the tools are, and how a command runs to its end. */
import { spawn, type SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Context } from 'mocha';
import { inProject } from '../../support/paths.js';

/** What a command did. */
export interface Done {
  readonly code: number | null;
  readonly out: string;
  readonly log: string;
}

/** Where a command of a Python tool is. */
export function tool(name: string, command: string): string {
  return inProject(`.interop/${name}/bin/${command}`);
}

/**
 * Skips the tests if a Python tool is not installed; `npm run test:interop` has printed the reason.
 */
export function needsTool(context: Context, name: string): void {
  if (!existsSync(inProject(`.interop/${name}/made-from.txt`))) context.skip();
}

/** Runs a command to its end, with nothing or `input` on its stdin. */
export async function done(
  command: string,
  args: readonly string[],
  { input = '', ...options }: SpawnOptions & { readonly input?: string } = {},
): Promise<Done> {
  const child = spawn(command, args, { ...options, stdio: 'pipe' });
  // A command that ends before it has read all says so by its exit code.
  child.stdin.on('error', () => undefined).end(input);
  const [code, out, log] = await Promise.all([
    new Promise<number | null>((resolve, reject) =>
      child.once('error', reject).once('close', resolve),
    ),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, out, log };
}
