/** A PostgreSQL server of the tests' own, in a folder of its own, on a free port of loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { done } from './tools.js';

const HOST = '127.0.0.1';
const USER = 'tap';
const PROGRAMS = ['initdb', 'postgres', 'psql'];
const START_TRIES = 100;
/** Where Debian keeps the server's programs, which are not on the PATH there. */
const DEBIAN = '/usr/lib/postgresql';

type Row = Readonly<Record<string, unknown>>;

export class Postgres {
  readonly host = HOST;
  readonly user = USER;
  readonly port: number;
  readonly #programs: string;
  readonly #folder: string;
  readonly #server: ChildProcess;

  private constructor(programs: string, folder: string, port: number, server: ChildProcess) {
    this.port = port;
    this.#programs = programs;
    this.#folder = folder;
    this.#server = server;
  }

  /**
   * Starts a server. Prints a line and returns null if PostgreSQL is not installed. Throws what the
   * server printed if it does not start.
   */
  static async start(): Promise<Postgres | null> {
    const programs = programsFolder();
    if (programs === null) {
      process.stderr.write('Left out: what needs PostgreSQL, whose server is not installed here\n');
      return null;
    }
    const folder = mkdtempSync(join(tmpdir(), 'bolt-postgres-'));
    const owner = await ownerOf(folder);
    const data = join(folder, 'data');
    const made = await done(
      join(programs, 'initdb'),
      ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '-N'],
      owner,
    );
    if (made.code !== 0) throw new Error(`initdb: ${made.log}`);
    const port = await freePort();
    // No sockets but loopback's; what is lost in a crash of the machine is no loss here.
    const args = ['-D', data, '-p', String(port), '-h', HOST, '-k', '', '-F'];
    const server = spawn(join(programs, 'postgres'), args, { ...owner, stdio: 'ignore' });
    const postgres = new Postgres(programs, folder, port, server);
    try {
      await postgres.#started();
      return postgres;
    } catch (error) {
      await postgres.stop();
      throw error;
    }
  }

  async #started(): Promise<void> {
    let said = '';
    for (let tries = 0; tries < START_TRIES; tries += 1) {
      const { code, log } = await this.#psql('postgres', 'select 1');
      if (code === 0) return;
      said = log;
      await wait(100);
    }
    throw new Error(`PostgreSQL does not start: ${said}`);
  }

  async createDatabase(name: string): Promise<void> {
    const { code, log } = await this.#psql('postgres', `create database ${name}`);
    if (code !== 0) throw new Error(log);
  }

  /** The rows that a query gives, times in UTC. */
  async rows(database: string, query: string): Promise<Row[]> {
    const { code, out, log } = await this.#psql(
      database,
      `select row_to_json(found) from (${query}) as found`,
    );
    if (code !== 0) throw new Error(log);
    return out
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Row => JSON.parse(line));
  }

  async stop(): Promise<void> {
    if (this.#server.exitCode === null) {
      // Fast shutdown: open sessions are ended.
      this.#server.kill('SIGINT');
      await once(this.#server, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #psql(database: string, query: string): ReturnType<typeof done> {
    const args = [
      '-h',
      HOST,
      '-p',
      String(this.port),
      '-U',
      USER,
      '-d',
      database,
      '-X',
      '-At',
      '-c',
      query,
    ];
    return done(join(this.#programs, 'psql'), args, { env: { ...process.env, PGTZ: 'UTC' } });
  }
}

/** The folder with the programs: on the PATH, or the newest of Debian's. */
function programsFolder(): string | null {
  const onPath = (process.env['PATH'] ?? '').split(delimiter);
  const versions = existsSync(DEBIAN)
    ? readdirSync(DEBIAN).toSorted((one, other) => Number(other) - Number(one))
    : [];
  const folders = [...onPath, ...versions.map((version) => join(DEBIAN, version, 'bin'))];
  return (
    folders.find((folder) => PROGRAMS.every((program) => existsSync(join(folder, program)))) ?? null
  );
}

/**
 * The user to start the server as. PostgreSQL does not run as root, so the user that its package
 * made becomes the owner of the folder.
 */
async function ownerOf(folder: string): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = await Promise.all([
    done('id', ['-u', 'postgres']),
    done('id', ['-g', 'postgres']),
  ]);
  if (uid.code !== 0 || gid.code !== 0)
    throw new Error('PostgreSQL refuses root, and there is no user postgres');
  const owner = { uid: Number(uid.out), gid: Number(gid.out) };
  chownSync(folder, owner.uid, owner.gid);
  return owner;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  server.close();
  await once(server, 'close');
  return port;
}
