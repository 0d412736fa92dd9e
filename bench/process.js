// Processes to measure, and what comes of several runs.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The files of this folder and of the tap, by their path from the repository's root. */
export function file(path) {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

/** A folder for the files of a run; gone when the bench ends. */
export const folder = mkdtempSync(join(tmpdir(), 'bolt-eci-tap-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const usage = join(folder, 'usage.json');
/** What commands are run with: they leave their own figures in the file that BENCH_USAGE names. */
export const env = { ...process.env, BENCH_USAGE: usage };

/** Starts a server of `bench/server.js`, runs `use` with its address, and stops it. */
export async function withServer(options, use) {
  const server = spawn(process.execPath, [file('bench/server.js'), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  try {
    const [line] = await once(server.stdout, 'data');
    return await use(String(line).trim());
  } finally {
    server.kill();
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  }
}

/**
 * Runs a command to its end, with its stdout in a real pipe to `wc`. Returns the seconds from start
 * to end, the CPU seconds and peak MB of the process, and the lines and bytes that it wrote.
 */
export async function measured([command, ...args]) {
  const began = performance.now();
  const child = spawn('sh', ['-c', '"$0" "$@" | wc -lc', command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  const said = [text(child.stdout), text(child.stderr)];
  await once(child, 'close');
  const seconds = (performance.now() - began) / 1000;
  const [counts, log] = await Promise.all(said);
  const [lines, bytes] = counts.trim().split(/\s+/).map(Number);
  if (/^(ERROR|Traceback)/m.test(log))
    throw new Error(`${command} ${args.join(' ')}:\n${log.slice(-2000)}`);
  return { seconds, lines, bytes, ...JSON.parse(readFileSync(usage, 'utf8')) };
}

async function text(stream) {
  let all = '';
  for await (const piece of stream.setEncoding('utf8')) all += piece;
  return all;
}

/** Node with a script, so that it leaves its figures. */
export function node(script, ...args) {
  return [process.execPath, '--import', file('bench/measure.js'), script, ...args];
}

/** The newest Node that npm has, beside the one that runs the bench. */
const NEWEST = 26;

/**
 * The newest Node as `{ name, path }`; null if this is it, or if npm cannot install it here.
 */
export function newestNode() {
  if (Number.parseInt(process.versions.node, 10) >= NEWEST) return null;
  const ask = 'process.version + " " + process.execPath';
  const args = ['--yes', '--package', `node@${NEWEST}`, '--', 'node', '-p', ask];
  const { status, stdout } = spawnSync('npx', args, { encoding: 'utf8', timeout: 300_000 });
  if (status !== 0) return null;
  const [version, path] = stdout.trim().split(' ');
  return { name: `Node ${version.slice(1)}`, path };
}

/**
 * Commands of Node, and the same commands with the newest Node under another name.
 *
 * @param newest what `newestNode` returned
 */
export function alsoNewest(commands, newest) {
  if (newest === null) return commands;
  const others = Object.entries(commands).map(([name, [, ...args]]) => [
    `${name}, ${newest.name}`,
    [newest.path, ...args],
  ]);
  return { ...commands, ...Object.fromEntries(others) };
}

/** The tap against a server, as fast as it goes. */
export function tap(url, ...args) {
  const config = join(folder, 'config.json');
  const settings = {
    base_url: url,
    api_token: 'simulated-token',
    api_token_name: 'simulator',
    cache_dir: folder,
  };
  const pace = { calls_per_hour: 1_000_000, calls_per_second: 1000 };
  writeFileSync(config, JSON.stringify({ ...settings, ...pace }), { mode: 0o600 });
  return node(file('bin/bolt-eci-tap.js'), '--config', config, ...args);
}

/**
 * Measures commands alternately, `runs` times, so that other load on the machine affects all of
 * them alike. Returns the medians of each command.
 */
export async function sideBySide(commands, runs) {
  const all = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const [name, command] of Object.entries(commands)) all[name].push(await measured(command));
  }
  return Object.fromEntries(
    Object.entries(all).map(([name, figures]) => [name, mediansOf(figures)]),
  );
}

/** The median of each figure. */
export function mediansOf(figures) {
  return Object.fromEntries(
    Object.keys(figures[0]).map((key) => [key, median(figures.map((one) => one[key]))]),
  );
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
