// (i) whole pipelines, from the API to a database: `run --to`, the tap with other targets, and dlt.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Postgres } from '../dist-test/interop/support/postgres.js';
import { file, folder, mediansOf, tap, withServer } from './process.js';
import { pythonOf } from './python.js';
import { figure, goal, table } from './table.js';

const STREAMS = 'jobs,work_orders';
const ALONE = 'tap into /dev/null';
const OURS = 'run --to';
/** How many times as fast as these `run --to` is to be. */
const OTHERS = { 'target-duckdb': 2.5, 'target-postgres': 5, dlt: 10 };
const MOST_MB = 400;

/** Databases and reports of the processes: each run has a folder for them. */
let runs = 0;

/**
 * Runs the commands of a pipeline to their end, each one's stdout in a real pipe to the next.
 * Returns the seconds, the CPU seconds of all processes, and the sum of their peak MB.
 */
async function measured(commands, place) {
  const usages = join(place, 'usages');
  mkdirSync(usages);
  const codes = join(place, 'codes');
  const parts = commands.map((words) => `{ ${words.map(quoted).join(' ')}; echo $? >>${codes}; }`);
  const began = performance.now();
  const child = spawn('sh', ['-c', `${parts.join(' | ')} >/dev/null`], {
    cwd: place,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      NODE_OPTIONS: `--import ${pathToFileURL(file('bench/measure-each.js')).href}`,
      PYTHONPATH: file('bench/python/usage'),
      BENCH_USAGES: usages,
    },
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (log = (log + text).slice(-4000)));
  await once(child, 'close');
  const seconds = (performance.now() - began) / 1000;
  if (/[^0\n]/.test(readFileSync(codes, 'utf8'))) throw new Error(`${parts.join(' | ')}:\n${log}`);
  const figures = readdirSync(usages).map((name) =>
    JSON.parse(readFileSync(join(usages, name), 'utf8')),
  );
  const sumOf = (key) => figures.reduce((sum, one) => sum + one[key], 0);
  return { seconds, cpu: sumOf('cpu'), mb: sumOf('mb'), processes: figures.length };
}

function quoted(word) {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Where an interop tool has its commands, if it is installed. */
function interop(name, command) {
  const path = file(`.interop/${name}/bin/${command}`);
  return existsSync(path) ? path : null;
}

/** The pipelines that can run here: functions from a new folder to commands. */
function pipelinesFor(url, postgres) {
  tap(url);
  const command = [process.execPath, file('bin/bolt-eci-tap.js')];
  const flags = ['--config', join(folder, 'config.json'), '--streams', STREAMS];
  const alone = [...command, ...flags];
  const into = (target, settings) => (place) => {
    const config = join(place, 'target.json');
    writeFileSync(config, JSON.stringify(settings(place)));
    return [alone, [target, '--config', config]];
  };
  const duckdb = interop('target-duckdb', 'target-duckdb');
  const meltanolabs = interop('meltanolabs-target-postgres', 'target-postgres');
  const all = {
    [ALONE]: () => [alone],
    [OURS]: (place) => [[...command, 'run', ...flags, '--to', join(place, 'bolt.duckdb')]],
    'target-duckdb':
      duckdb &&
      into(duckdb, (place) => ({
        filepath: join(place, 'bolt.duckdb'),
        default_target_schema: 'bolt',
      })),
    'target-postgres':
      postgres &&
      meltanolabs &&
      into(meltanolabs, () => ({
        host: postgres.host,
        port: postgres.port,
        user: postgres.user,
        password: 'any',
        database: 'bench',
        default_target_schema: `bolt_${runs}`,
      })),
    dlt:
      existsSync(pythonOf('dlt')) &&
      ((place) => [
        [
          pythonOf('dlt'),
          file('bench/python/dlt_rest_source.py'),
          url,
          join(place, 'bolt.duckdb'),
          join(place, 'dlt'),
          STREAMS,
        ],
      ]),
  };
  return Object.fromEntries(Object.entries(all).filter(([, commands]) => Boolean(commands)));
}

/** Measures the pipelines alternately, those of others only once, because they take minutes. */
async function sideBySide(pipelines, count) {
  const all = Object.fromEntries(Object.keys(pipelines).map((name) => [name, []]));
  for (let round = 0; round < count; round += 1) {
    for (const [name, commands] of Object.entries(pipelines)) {
      if (round > 0 && Object.hasOwn(OTHERS, name)) continue;
      runs += 1;
      const place = join(folder, `pipeline-${runs}`);
      mkdirSync(place);
      all[name].push(await measured(commands(place), place));
    }
  }
  return Object.fromEntries(
    Object.entries(all).map(([name, figures]) => [name, mediansOf(figures)]),
  );
}

/** (i) */
export async function pipelines({ rows, runs: count }) {
  const rowsByStream = { jobs: rows / 2, work_orders: rows / 2 };
  const simulator = { rowsByStream, keepPages: rows / 100 + 2, callsPerHour: 1e9 };
  const postgres = await Postgres.start();
  try {
    await postgres?.createDatabase('bench');
    const figures = await withServer({ simulator }, async (url) => {
      // The simulator makes its pages in the first walk.
      const place = join(folder, 'pipeline-0');
      mkdirSync(place);
      const found = pipelinesFor(url, postgres);
      await measured(found[ALONE](place), place);
      return sideBySide(found, count);
    });
    return report(rows, count, figures);
  } finally {
    await postgres?.stop();
  }
}

function report(rows, count, figures) {
  const ours = figures[OURS];
  const ratio = ours.seconds / figures[ALONE].seconds;
  const there = Object.keys(OTHERS).filter((name) => Object.hasOwn(figures, name));
  const missing = Object.keys(OTHERS).filter((name) => !there.includes(name));
  const timesAsFast = (name) => figures[name].seconds / ours.seconds;
  const lines = Object.entries(figures).map(([name, { seconds, cpu, mb, processes }]) =>
    [name].concat([rows, seconds, rows / seconds, cpu, mb, processes].map(figure)),
  );
  return {
    title: 'Whole pipelines',
    ratios: {
      'seconds of run --to, times the tap alone': ratio,
      ...Object.fromEntries(there.map((name) => [`run --to, times ${name}`, timesAsFast(name)])),
    },
    text: `The lists \`jobs\` and \`work_orders\`, from the simulator into an empty database. CPU and peak memory
are sums over the processes, without the server of PostgreSQL. The first two are medians of
${count} runs; the others run once.

${table(['', 'rows', 'seconds', 'rows a second', 'CPU s', 'peak MB', 'processes'], lines)}

${[
  goal(`within 1.5 times the tap alone: ${figure(ratio)} times`, ratio <= 1.5),
  ...there.map((name) =>
    goal(
      `${OTHERS[name]} times as fast as ${name}: ${figure(timesAsFast(name))} times`,
      timesAsFast(name) >= OTHERS[name],
    ),
  ),
  goal(`peak memory under ${MOST_MB} MB: ${figure(ours.mb)} MB`, ours.mb < MOST_MB),
].join(
  '\n',
)}${missing.map((name) => `\n\n${name} is left out: it is not installed (see bench/README.md).`).join('')}`,
  };
}
