/**
 * The Meltano project of deploy/meltano, with the real Meltano, a test's source and its PostgreSQL.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import type { Postgres } from './postgres.js';
import type { Source } from './source.js';
import { done, type Done, tool } from './tools.js';
import { COMMAND, inProject } from '../../support/paths.js';

/** Kept between runs, since Meltano installs its loaders into it. */
const FOLDER = inProject('.interop/meltano-project');
const DEFINITION = inProject('deploy/meltano/meltano.yml');
/** The definition that the loaders were installed from. */
const STAMP = join(FOLDER, 'installed-from.yml');

export const DATABASE = 'meltano';

type Env = Readonly<Record<string, string>>;

export class Meltano {
  readonly #env: Env;

  private constructor(env: Env) {
    this.#env = env;
  }

  /** A project without state, with the loaders installed. */
  static async open(source: Source, postgres: Postgres): Promise<Meltano> {
    const definition = readFileSync(DEFINITION, 'utf8');
    const fresh = existsSync(STAMP) && readFileSync(STAMP, 'utf8') === definition;
    if (!fresh) rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(join(FOLDER, 'bin'), { recursive: true });
    copyFileSync(DEFINITION, join(FOLDER, 'meltano.yml'));
    for (const left of ['.meltano/meltano.db', '.meltano/run', 'output', 'bin/bolt-eci-tap'])
      rmSync(join(FOLDER, left), { recursive: true, force: true });
    // As npm links the command of an installed package.
    symlinkSync(COMMAND, join(FOLDER, 'bin', 'bolt-eci-tap'));
    const meltano = new Meltano(environment(source, postgres));
    if (fresh) return meltano;
    const { code, log } = await meltano.run(['install']);
    expect(code, log).to.equal(0);
    writeFileSync(STAMP, definition);
    return meltano;
  }

  /** Runs `meltano ARGS`; variables of `env` come over those of the project. */
  async run(args: readonly string[], env: Env = {}): Promise<Done> {
    return done(tool('meltano', 'meltano'), args, {
      cwd: FOLDER,
      env: { ...process.env, ...this.#env, ...env },
    });
  }

  /** The rows that target-jsonl wrote of a stream. */
  jsonl(stream: string): unknown[] {
    const lines = readFileSync(join(FOLDER, 'output', `${stream}.jsonl`), 'utf8')
      .trim()
      .split('\n');
    return lines.map((line): unknown => JSON.parse(line));
  }
}

/** As a project's `.env` has it. */
function environment(source: Source, postgres: Postgres): Env {
  const settings = Object.entries(source.settings).map(([name, value]) => [
    `TAP_BOLT_ECI_${name.toUpperCase()}`,
    String(value),
  ]);
  return {
    ...Object.fromEntries(settings),
    TARGET_POSTGRES_HOST: postgres.host,
    TARGET_POSTGRES_PORT: String(postgres.port),
    TARGET_POSTGRES_USER: postgres.user,
    TARGET_POSTGRES_PASSWORD: 'any',
    TARGET_POSTGRES_DATABASE: DATABASE,
    PATH: [join(FOLDER, 'bin'), process.env['PATH']].join(delimiter),
    NO_COLOR: '1',
  };
}
