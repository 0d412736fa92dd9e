/** The command as users run it: a child process, in a folder of its own, against simulators on loopback. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Simulator, type SimulatorOptions } from '#src/simulator/simulator.js';
import { serve } from '#src/simulator/serve.js';

/** The command's file. */
export const COMMAND = fileURLToPath(new URL('../../bin/bolt-eci-tap.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  /** Without the times of its log lines. */
  readonly stderr: string;
}

/** A message of the tap, as a reader sees it. */
export interface Message {
  readonly type: 'SCHEMA' | 'RECORD' | 'STATE';
  readonly stream?: string;
  readonly record?: Readonly<Record<string, unknown>>;
  readonly value?: {
    readonly bookmarks: Readonly<Record<string, Record<string, unknown>>>;
  } & Record<string, unknown>;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Where stdout goes to; read by the test without. */
  readonly stdout?: number;
  /** Starts it with a closed stdout, through a shell. */
  readonly closed?: true;
}

/** A folder and the simulators of a test; `close` takes all of it away. */
export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'bolt-eci-tap-test-'));
  readonly #children = new Set<ChildProcess>();
  readonly #closing: (() => Promise<void>)[] = [];

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file, JSON unless it is text, and gives its path. */
  file(name: string, content: unknown): string {
    writeFileSync(
      this.path(name),
      typeof content === 'string' ? content : JSON.stringify(content),
      { mode: 0o600 },
    );
    return this.path(name);
  }

  /** Serves a small simulator; its settings lie in a config file of this name. */
  async simulator(
    config: string,
    options: SimulatorOptions = {},
  ): Promise<{ simulator: Simulator; url: string }> {
    const simulator = new Simulator({ rows: 20, callsPerHour: Infinity, ...options });
    const { url, close } = await serve(simulator);
    this.#closing.push(close);
    this.file(config, this.settings(url));
    return { simulator, url };
  }

  /** Settings for a simulator that need not be spared. */
  settings(url: string): Record<string, unknown> {
    const allowance = {
      calls_per_hour: 1_000_000,
      calls_per_second: 1000,
      cache_dir: this.path('cache'),
    };
    return {
      base_url: url,
      api_token: 'simulated-token',
      api_token_name: 'simulator',
      ...allowance,
    };
  }

  /** Starts the command in the folder, with nothing in its environment that concerns it but what is given. */
  start(args: readonly string[], options: CommandOptions = {}): ChildProcess {
    return this.#spawn([COMMAND, ...args], options);
  }

  #spawn(args: readonly string[], { env = {}, stdout, closed }: CommandOptions): ChildProcess {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^TAP_BOLT_ECI_|_proxy$/i.test(name),
    );
    const [command, words] = closed
      ? ['sh', ['-c', 'exec "$0" "$@" >&-', process.execPath, ...args]]
      : [process.execPath, [...args]];
    const child = spawn(command, words, {
      cwd: this.folder,
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
    });
    this.#children.add(child);
    return child;
  }

  /** Starts another script of Node in the same way. */
  startScript(script: string, args: readonly string[], options: CommandOptions = {}): ChildProcess {
    return this.#spawn([script, ...args], options);
  }

  /** Runs the command to its end. */
  async run(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
    return ended(this.start(args, options));
  }

  /** Runs several command lines in one process, for those that differ in what is said alone. */
  async runInOne(
    commandLines: readonly (readonly string[])[],
    options: CommandOptions = {},
  ): Promise<Ended[]> {
    const script = `import { main } from ${JSON.stringify(new URL(import.meta.resolve('#src/cli.js')).href)};
      const ended = [];
      for (const args of ${JSON.stringify(commandLines)}) {
        const said = { stdout: '', stderr: '' };
        for (const name of ['stdout', 'stderr']) {
          process[name].write = (text, done) => {
            said[name] += text;
            done?.();
            return true;
          };
        }
        ended.push({ code: await main(args), ...said });
      }
      (await import('node:fs')).writeFileSync('ended.json', JSON.stringify(ended));`;
    const child = await ended(this.#spawn(['--input-type=module', '-e', script], options));
    if (child.code !== 0) throw new Error(child.stderr);
    const all: Ended[] = JSON.parse(readFileSync(this.path('ended.json'), 'utf8'));
    return all.map(({ code, stdout, stderr }) => ({ code, stdout, stderr: withoutTimes(stderr) }));
  }

  async close(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await Promise.all(this.#closing.map((close) => close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a child has said when it has ended. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const parts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (part: string) => (parts[name] += part));
  }
  await once(child, 'close');
  return { code: child.exitCode, stdout: parts.stdout, stderr: withoutTimes(parts.stderr) };
}

/** A log without the times of its lines, which differ from run to run. */
export function withoutTimes(log: string): string {
  return log.replaceAll(/^([A-Z]+) \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /gm, '$1 ');
}

/** The messages on stdout. Throws where anything else is there, or a line that was cut. */
export function messagesOf(stdout: string): Message[] {
  if (stdout !== '' && !stdout.endsWith('\n'))
    throw new Error('stdout ends in the middle of a line');
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const message: Message = JSON.parse(line);
      if (!['SCHEMA', 'RECORD', 'STATE'].includes(message.type))
        throw new Error(`no message: ${line}`);
      return message;
    });
}

/** How many records there are of each stream. */
export function countsOf(messages: readonly Message[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type, stream = '' } of messages)
    if (type === 'RECORD') counts[stream] = (counts[stream] ?? 0) + 1;
  return counts;
}

/** The value of the last STATE, which has to be the last message. */
export function lastState(messages: readonly Message[]): NonNullable<Message['value']> {
  const last = messages.at(-1);
  if (last?.type !== 'STATE' || last.value === undefined)
    throw new Error('the last message is no STATE');
  return last.value;
}
