/** The Python package, built and installed where there is no other Node. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { inProject } from '../../support/paths.js';
import { done, type Done } from './tools.js';

type Env = Readonly<Record<string, string>>;

/** Builds the wheel into a folder, and returns its path. */
export async function buildWheel(folder: string, env: Env = {}): Promise<string> {
  const built = await done(process.execPath, [inProject('scripts/package-python.js'), folder], {
    env: { ...process.env, ...env },
  });
  expect(built.code, built.log).to.equal(0);
  const wheel = readdirSync(folder).find((file) => file.endsWith('.whl'));
  return join(folder, wheel ?? '');
}

export class Installed {
  /** The commands of the virtual environment. */
  readonly bin: string;
  readonly #home: string;

  private constructor(home: string) {
    this.#home = home;
    this.bin = join(home, 'venv', 'bin');
  }

  /** Installs a wheel into a new virtual environment below a folder. */
  static install(wheel: string, home: string): Installed {
    const installed = new Installed(home);
    for (const [command = '', ...args] of [
      [process.env['PYTHON'] ?? 'python3', '-m', 'venv', join(home, 'venv')],
      [join(installed.bin, 'pip'), 'install', '--quiet', '--no-input', wheel],
    ]) {
      const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
      expect(status, stderr).to.equal(0);
    }
    return installed;
  }

  /** The folder of the package. */
  get folder(): string {
    const lib = join(this.#home, 'venv', 'lib');
    return join(lib, readdirSync(lib)[0] ?? '', 'site-packages', 'tap_bolt_eci');
  }

  /** A file that pip keeps about the package. */
  about(file: string): string {
    const [version = ''] = /"version": "(.+)"/
      .exec(readFileSync(join(this.folder, 'package.json'), 'utf8'))!
      .slice(1);
    return readFileSync(`${this.folder}-${version}.dist-info/${file}`, 'utf8');
  }

  /** Runs a command of the package. Its PATH has nothing but the virtual environment. */
  run(
    args: readonly string[],
    {
      command = 'tap-bolt-eci',
      env = {},
      input = '',
    }: { readonly command?: string; readonly env?: Env; readonly input?: string } = {},
  ): Promise<Done> {
    const options = { env: { ...this.#env, ...env }, cwd: this.#home, input };
    return done(join(this.bin, command), args, options);
  }

  /** Starts the command, in a new process group if it is `detached`. */
  start(args: readonly string[], { detached = false } = {}): ChildProcess {
    const options = { env: this.#env, cwd: this.#home, detached };
    return spawn(join(this.bin, 'tap-bolt-eci'), args, options);
  }

  get #env(): Env {
    return { PATH: this.bin, HOME: this.#home };
  }
}
