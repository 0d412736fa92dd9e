/** The dbt project of deploy/dbt, in a folder, with the real dbt. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { inProject } from '../../support/paths.js';
import type { Row } from '../../support/messages.js';
import { done, tool } from './tools.js';

/** dbt's own settings: no colours, no statistics, nothing of the user's. */
const QUIET = { NO_COLOR: '1', DBT_USE_COLORS: 'false', DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' };

/** A column in dbt's catalog (`type`) or manifest (`description`). */
export interface Described {
  readonly name: string;
  readonly type?: string;
  readonly description?: string;
}

/** A table in dbt's catalog or manifest. */
export interface Documented {
  readonly name?: string;
  readonly description?: string;
  readonly columns: Readonly<Record<string, Described>>;
}

interface Documents {
  readonly nodes: Readonly<Record<string, Documented>>;
  readonly sources: Readonly<Record<string, Documented>>;
}

export class Dbt {
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #variables: Row;

  /**
   * Copies the project to `folder`/dbt.
   *
   * @param env the variables that profiles.yml reads
   * @param variables of dbt
   */
  constructor(folder: string, env: Readonly<Record<string, string>>, variables: Row) {
    this.#folder = join(folder, 'dbt');
    this.#env = env;
    this.#variables = variables;
    const isOurs = (path: string): boolean => !/\/(?:target|logs|dbt_packages)$/.test(path);
    cpSync(inProject('deploy/dbt'), this.#folder, { recursive: true, filter: isOurs });
  }

  /** Runs `dbt ARGS`, expects it to succeed without a warning, and returns what it printed. */
  async run(args: readonly string[], variables: Row = {}): Promise<string> {
    const flags = ['--vars', JSON.stringify({ ...this.#variables, ...variables })];
    const { code, out, log } = await done(tool('dbt', 'dbt'), [...args, ...flags], {
      cwd: this.#folder,
      env: { ...process.env, ...QUIET, ...this.#env },
    });
    expect(code, out + log).to.equal(0);
    expect(out.replaceAll('WARN=0', ''), log).to.not.match(/warn|deprecat/i);
    return out;
  }

  /** The rows of a query in analyses/. */
  async show(analysis: string): Promise<Row[]> {
    const out = await this.run([
      'show',
      '--quiet',
      '--output',
      'json',
      '--limit',
      '-1',
      '--select',
      analysis,
    ]);
    return JSON.parse(out).show;
  }

  /** What `dbt docs generate` wrote: the descriptions, or what the database has. */
  documents(file: 'manifest' | 'catalog'): Documents {
    return JSON.parse(readFileSync(join(this.#folder, 'target', `${file}.json`), 'utf8'));
  }
}
