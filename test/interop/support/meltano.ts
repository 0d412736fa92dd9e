/**
 * The Meltano project of deploy/meltano, with the real Meltano, a test's source and its PostgreSQL.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { expect } from 'chai';
import type { Postgres } from './postgres.js';
import type { Source } from './source.js';
import { done, type Done, tool } from './tools.js';
import { buildWheel } from './wheel.js';
import { makeFolder } from '../../support/folder.js';
import { inProject } from '../../support/paths.js';

/** Kept between runs, since Meltano installs its loaders into it. */
const FOLDER = inProject('.interop/meltano-project');
const DEFINITION = inProject('deploy/meltano/meltano.yml');
/** The definition and the wheel that everything was installed from. */
const STAMP = join(FOLDER, 'installed-from.txt');

export const DATABASE = 'meltano';

type Env = Readonly<Record<string, string>>;

export class Meltano {
  readonly #env: Env;

  private constructor(env: Env) {
    this.#env = env;
  }

  /** A project without state, with the tap's Python package and the loaders installed. */
  static async open(source: Source, postgres: Postgres): Promise<Meltano> {
    const wheel = await buildWheel(makeFolder());
    const hash = createHash('sha256').update(readFileSync(wheel)).digest('hex');
    const stamp = `${readFileSync(DEFINITION, 'utf8')}# ${hash}\n`;
    const fresh = existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp;
    if (!fresh) rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    copyFileSync(DEFINITION, join(FOLDER, 'meltano.yml'));
    copyFileSync(wheel, join(FOLDER, basename(wheel)));
    for (const left of ['.meltano/meltano.db', '.meltano/run', 'output'])
      rmSync(join(FOLDER, left), { recursive: true, force: true });
    const meltano = new Meltano(environment(source, postgres));
    if (fresh) return meltano;
    const { code, log } = await meltano.run(['install']);
    expect(code, log).to.equal(0);
    writeFileSync(STAMP, stamp);
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
    // The tap brings its own Node, so that of this machine must not be needed.
    PATH: [brokenNode(), process.env['PATH']].join(delimiter),
    NO_COLOR: '1',
  };
}

/** A folder with a Node that fails. */
function brokenNode(): string {
  const folder = makeFolder();
  writeFileSync(join(folder, 'node'), '#!/bin/sh\nexit 99\n', { mode: 0o755 });
  return folder;
}
