/** The command as users run it: a child process in an empty folder, with simulators on loopback. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Simulator, type SimulatorOptions } from '#src/simulator/simulator.js';
import { serve } from '#src/simulator/serve.js';
import { makeFolder } from './folder.js';
import { COMMAND, moduleUrl } from './paths.js';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  /** Without the times of its log lines. */
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Where stdin comes from; empty without. */
  readonly stdin?: number;
  /** Where stdout goes to; read by the test without. */
  readonly stdout?: number;
  /** Starts it with a closed stdout, through a shell. */
  readonly closed?: true;
}

/** A folder and the simulators of a test; `close` takes all of it away. */
export class Place {
  readonly folder = makeFolder();
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

  /** Starts the command in the folder. Its settings in the environment are only those given. */
  start(args: readonly string[], options: CommandOptions = {}): ChildProcess {
    return this.#spawn([COMMAND, ...args], options);
  }

  #spawn(
    args: readonly string[],
    { env = {}, stdin, stdout, closed }: CommandOptions,
  ): ChildProcess {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^TAP_BOLT_ECI_|_proxy$/i.test(name),
    );
    const [command, words] = closed
      ? ['sh', ['-c', 'exec "$0" "$@" >&-', process.execPath, ...args]]
      : [process.execPath, [...args]];
    const child = spawn(command, words, {
      cwd: this.folder,
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: [stdin ?? 'ignore', stdout ?? 'pipe', 'pipe'],
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
    const script = `import { main } from ${JSON.stringify(moduleUrl('cli.js'))};
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
    const exits = [...this.#children]
      .filter((child) => child.exitCode === null && child.signalCode === null)
      .map(async (child) => {
        child.kill('SIGKILL');
        await once(child, 'exit');
      });
    await Promise.all([...exits, ...this.#closing.map((close) => close())]);
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
