/** `bolt-eci-tap report`: makes a page from the summaries of runs. */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ConfigError, OutputError } from '../errors.js';
import { groupBy } from '../reports/page/group-by.js';
import { historyOf } from '../reports/page/history.js';
import { reportPage } from '../reports/page/page.js';
import { readSummary, type RunSummary } from '../reports/page/run-summary.js';
import { Writer } from '../singer/writer.js';
import { EXIT } from '../system/exit-codes.js';
import { describeFileError } from '../system/file-errors.js';
import { packageInfo } from '../system/package-files.js';
import { readJson } from '../system/read-json.js';
import { isClosed, replaceFile } from '../system/write-file.js';

/** The flags of the subcommand. */
export interface ReportFlags {
  readonly out: string;
  /** Hours. */
  readonly maxAge?: number | undefined;
}

/** A summary, with the folder that it lies in. */
interface Found {
  readonly folder: string;
  readonly run: RunSummary;
}

const HOUR = 3_600_000;
const WHAT = 'summary';

/**
 * Reads the summaries and writes the page.
 *
 * @param paths files, and folders with files `*.json`
 * @param now ms since 1970
 * @returns the exit code
 * @throws ConfigError if a file cannot be read or is not a summary, or the page cannot be written
 * @throws OutputError if the page goes to stdout, and that cannot be written
 */
export async function report(
  { out, maxAge }: ReportFlags,
  paths: readonly string[],
  now: number,
): Promise<number> {
  const found = filesOf(paths).map((file) => readFile(file));
  if (found.length === 0)
    throw new ConfigError(
      'FILE_UNREADABLE',
      `${paths.join(', ')}: no file *.json. --summary with a folder writes one in each run`,
    );
  const histories = inPlaces(found).map(([name, runs]) =>
    historyOf(name, runs, now, maxAge === undefined ? null : maxAge * HOUR),
  );
  const page = reportPage(histories, now, packageInfo().version);
  if (out === '-') await print(page);
  else write(out, page);
  return EXIT.complete;
}

/** Every file once, by its real path. */
function filesOf(paths: readonly string[]): string[] {
  const files = paths.flatMap((path) => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
    return namesIn(path)
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .map((name) => join(path, name));
  });
  return [...new Map(files.map((file) => [realPath(file), file])).values()];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch (error) {
    throw new ConfigError(
      'FILE_UNREADABLE',
      `The folder ${folder} cannot be read: ${describeFileError(error)}`,
    );
  }
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    // It is reported when it is read.
    return file;
  }
}

/** The message never quotes the file: it may be a config with a token in it. */
function readFile(file: string): Found {
  const run = readSummary(readJson(file, WHAT));
  if (run === 'foreign')
    throw new ConfigError(
      'FILE_UNREADABLE',
      `${file} is not a summary of bolt-eci-tap: report takes the files that --summary writes`,
    );
  if (run === 'newer')
    throw new ConfigError(
      'FILE_UNREADABLE',
      `${file} was written by a newer version of bolt-eci-tap: update the one that makes the report`,
    );
  return { folder: dirname(realPath(file)), run };
}

/**
 * The runs by folder, and by host if a folder has runs of several. A run whose summary names no
 * host (0.1.0) belongs to the first host.
 *
 * @returns pairs of name and runs, sorted by name
 */
function inPlaces(found: readonly Found[]): [string, RunSummary[]][] {
  const folders = groupBy(found, ({ folder }) => folder);
  const names = namesOf([...folders.keys()]);
  return [...folders.entries()]
    .flatMap(([folder, files]): [string, RunSummary[]][] => {
      const runs = files.map(({ run }) => run);
      const hosts = [...new Set(runs.map(({ host }) => host))].filter((host) => host !== null);
      const name = names.get(folder) ?? folder;
      if (hosts.length < 2) return [[name, runs]];
      const first = hosts[0] ?? '';
      const byHost = groupBy(runs, ({ host }) => host ?? first);
      return [...byHost].map(([host, some]) => [`${name} (${host})`, some]);
    })
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The names of folders: the last part of the path, with the part before if two have the same. */
function namesOf(folders: readonly string[]): Map<string, string> {
  const short = folders.map((folder) => basename(folder));
  return new Map(
    folders.map((folder, index) => {
      const name = short[index] ?? '';
      const isUnique = short.filter((other) => other === name).length === 1;
      return [folder, isUnique ? name : join(basename(dirname(folder)), name)];
    }),
  );
}

async function print(page: string): Promise<void> {
  if (isClosed(1)) throw new OutputError('stdout is closed: the page has nowhere to go', false);
  const writer = new Writer(process.stdout);
  await writer.write(page);
  await writer.end();
}

function write(file: string, page: string): void {
  try {
    replaceFile(file, page);
  } catch (error) {
    throw new ConfigError(
      'REPORT_UNWRITABLE',
      `--out: ${file} cannot be written: ${describeFileError(error)}`,
    );
  }
}
