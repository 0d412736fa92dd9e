/** `run --to FILE` without `--state`: the bookmarks are in the database, beside the rows. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, codeOfEnd, describeEnd } from './child.js';
import { ConfigError } from '../errors.js';
import { isObject } from '../json.js';
import { EXIT } from '../system/exit-codes.js';
import { withoutOwnSettings, type TargetProcess } from './job.js';
import { NOT_STARTED, runJob, type Bookmarks, type RunEnd, type RunParts } from './run-job.js';
import { COMMAND, loadArguments, type LoadLog } from './target-command.js';

/** Only the owner may read bookmarks. */
const MODE = 0o600;

/** Bookmarks that `load` has committed with their rows. */
class DatabaseBookmarks implements Bookmarks {
  readonly path: string;
  readonly broken = false;
  #commits = 0;

  constructor(path: string) {
    this.path = path;
  }

  get commits(): number {
    return this.#commits;
  }

  commit(): void {
    this.#commits += 1;
  }
}

/**
 * Starts `load` first, which opens the database and so locks it, and then the tap, from the state
 * that the database holds.
 *
 * @throws ConfigError if `load` cannot open the database. It has logged why
 * @throws StopError if a signal came before the start
 */
export async function runToDatabase(file: string, log: LoadLog, parts: RunParts): Promise<RunEnd> {
  const opened = await openDatabase(file, log, parts);
  if (opened === null) return NOT_STARTED;
  const { target, state } = opened;
  if (state === null) parts.log.info(`${file} holds no bookmarks yet: this is a first run`);
  const folder = state === null ? null : mkdtempSync(join(tmpdir(), 'bolt-eci-tap-'));
  try {
    const stateFile = folder === null ? null : join(folder, 'state.json');
    if (stateFile !== null) writeFileSync(stateFile, state ?? '', { mode: MODE });
    return await runJob({
      ...parts,
      bookmark: new DatabaseBookmarks(file),
      stateFile,
      // The database is locked as long as `load` runs.
      isOurs: () => true,
      target,
      targetName: 'load',
    });
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts `load`, and returns it with the state; null if another process holds the database. */
async function openDatabase(
  file: string,
  log: LoadLog,
  { watch }: RunParts,
): Promise<{ target: TargetProcess; state: string | null } | null> {
  const child = await Child.of(
    fork(COMMAND, loadArguments(file, log), {
      stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
      detached: true,
      env: withoutOwnSettings(process.env),
    }),
  );
  const kill = (): void => child.signal('SIGKILL');
  process.once('exit', kill);
  try {
    const opened = await watch.until(Promise.race([stateFrom(child), child.ended]));
    if ('state' in opened) return { target: targetOf(child), state: opened.state };
    if (codeOfEnd(opened) === EXIT.locked) return null;
    throw new ConfigError(
      'DATABASE_UNUSABLE',
      `${file} could not be opened: load ${describeEnd(opened)}; its message above says why`,
    );
  } catch (error) {
    kill();
    throw error;
  } finally {
    process.off('exit', kill);
  }
}

/** Waits for the message that `load` sends when the database is open. */
function stateFrom({ process: loader }: Child): Promise<{ readonly state: string | null }> {
  return new Promise((resolve) => {
    loader.once('message', (message: unknown) => {
      const state = isObject(message) ? message['state'] : null;
      resolve({ state: typeof state === 'string' ? state : null });
    });
  });
}

function targetOf(child: Child): TargetProcess {
  const { stdin, stdout } = child.process;
  if (stdin === null || stdout === null) throw new TypeError('load was started without pipes');
  return { child, stdin, stdout };
}
