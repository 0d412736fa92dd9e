// (a) a whole sync of many rows, (b) the same pages with Python's Singer libraries, (f) how
// time and memory grow with rows and columns.
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  alsoNewest,
  file,
  folder,
  measured,
  node,
  sideBySide,
  tap,
  withServer,
} from './process.js';
import { pythonOf, sdkCommand } from './python.js';
import { figure, goal, table } from './table.js';
import { STREAMS as ALL } from '../dist/streams.js';

const STREAMS = 'jobs,work_orders';
/** The taps on Python's libraries, and how many times as fast the tap is to be. */
const PYTHON = {
  'singer-python': {
    least: 15,
    command: (url) => [
      pythonOf('singer-python'),
      file('bench/python/singer_python_tap.py'),
      url,
      catalogFile(),
      STREAMS,
    ],
  },
  'singer-sdk': {
    least: 8,
    command: (url) =>
      sdkCommand(
        url,
        ALL.filter(({ name }) => STREAMS.split(',').includes(name)),
      ),
  },
};
/** A heap that is held small, to see what the tap needs rather than what V8 takes when it may. */
const SMALL_HEAP = ['--max-old-space-size=32', '--max-semi-space-size=2'];
const HEAD = ['', 'rows', 'seconds', 'CPU s', 'rows a CPU s', 'MB/s', 'peak MB'];

/**
 * Starts a simulator whose two largest lists have `rows` rows in total. It keeps its pages, so that
 * making them is not measured.
 */
function serverOf(rows) {
  const rowsByStream = { jobs: rows / 2, work_orders: rows / 2 };
  return {
    simulator: { rowsByStream, keepPages: Math.min(rows / 100 + 2, 3000), callsPerHour: 1e9 },
  };
}

function line(name, rows, { seconds, cpu, mb, bytes }) {
  const speeds = [rows / cpu, bytes / 2 ** 20 / seconds];
  return [name, ...[rows, seconds, cpu, ...speeds, mb].map(figure)];
}

/** The catalog of the tap, in a file. */
function catalogFile() {
  const path = join(folder, 'catalog.json');
  writeFileSync(path, execFileSync(process.execPath, [file('bin/bolt-eci-tap.js'), '--discover']));
  return path;
}

/** (a) */
export async function wholeSync({ rows, runs, newest }) {
  return withServer(serverOf(rows), async (url) => {
    const commands = alsoNewest(
      {
        tap: tap(url, '--streams', STREAMS),
        'bare loop': node(file('bench/bare.js'), url, STREAMS),
      },
      newest,
    );
    for (const command of Object.values(commands)) await measured(command);
    const figures = await sideBySide(commands, runs);
    const ratio = figures.tap.cpu / figures['bare loop'].cpu;
    return {
      title: 'A whole sync',
      ratios: { 'CPU, times a bare loop': ratio },
      text: `${table(
        HEAD,
        Object.entries(figures).map(([name, one]) => line(name, rows, one)),
      )}

${goal(`within 1.15 times a bare loop's CPU time: ${figure(ratio)} times`, ratio <= 1.15)}
${goal(`peak memory under 150 MB: ${figure(figures.tap.mb)} MB`, figures.tap.mb < 150)}`,
    };
  });
}

/** (b) */
export async function python({ rows, runs }) {
  const there = Object.keys(PYTHON).filter((name) => existsSync(pythonOf(name)));
  const missing = Object.keys(PYTHON).filter((name) => !there.includes(name));
  const figures = await withServer(serverOf(rows), (url) => {
    const pythons = there.map((name) => [name, PYTHON[name].command(url)]);
    return sideBySide(
      { tap: tap(url, '--streams', STREAMS), ...Object.fromEntries(pythons) },
      runs,
    );
  });
  const ratioTo = (name) => figures[name].cpu / figures.tap.cpu;
  const goals = there.map((name) =>
    goal(
      `${PYTHON[name].least} times ${name}: ${figure(ratioTo(name))} times`,
      ratioTo(name) >= PYTHON[name].least,
    ),
  );
  return {
    title: 'Beside Python',
    ratios: Object.fromEntries(
      there.map((name) => [`rows a CPU second, times ${name}`, ratioTo(name)]),
    ),
    text: [
      'singer-python with its Transformer and `write_record`; a minimal REST tap on singer-sdk.',
      table(
        HEAD,
        Object.entries(figures).map(([name, one]) => line(name, rows, one)),
      ),
      goals.join('\n'),
      ...missing.map(
        (name) => `${name} is left out: no \`bench/.venvs/${name}\` (see bench/README.md).`,
      ),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  };
}

/** Five columns, which most rows have. */
const MASKED = ['home_owner', 'home_owner_email', 'home_owner_phone', 'address', 'notes'];

/** (h) The same sync, with and without masking. */
export async function masking({ rows, runs }) {
  const columns = Object.fromEntries(MASKED.map((name) => [name, 'hmac']));
  const figures = await withServer(serverOf(rows), (url) => {
    const plain = tap(url, '--streams', STREAMS);
    const settings = join(folder, 'masking.json');
    const content = { mask_columns: columns, mask_key: 'a key for the bench' };
    writeFileSync(settings, JSON.stringify(content), { mode: 0o600 });
    return sideBySide({ plain, masked: [...plain, '--config', settings] }, runs);
  });
  const ratio = figures.masked.cpu / figures.plain.cpu;
  return {
    title: 'Masking',
    text: `Five columns with \`hmac\`: ${MASKED.map((name) => `\`${name}\``).join(', ')}.

${table(
  HEAD,
  Object.entries(figures).map(([name, one]) => line(name, rows, one)),
)}

${goal(`at most 1.15 times the CPU time: ${figure(ratio)} times`, ratio <= 1.15)}`,
  };
}

/** (f) */
export async function growth({ sizes, columns, columnRows, runs }) {
  const byRows = [];
  for (const rows of sizes) byRows.push([rows, await tall(rows, rows > 200_000 ? 1 : runs)]);
  const byColumns = [];
  for (const count of columns) byColumns.push([count, await wide(count, columnRows, runs)]);
  const same = (heap) => {
    const [least, most] = [byRows[0][1][heap].mb, byRows.at(-1)[1][heap].mb];
    const words = `the same peak memory at ${figure(sizes[0])} and ${figure(sizes.at(-1))} rows`;
    return goal(
      `${words}, the heap ${heap}: ${figure(least)} and ${figure(most)} MB`,
      most <= least * 1.15,
    );
  };
  return {
    title: 'Growth',
    text: `"Small" is with a heap held small: \`${SMALL_HEAP.join(' ')}\`.

${table(
  [...HEAD, 'peak MB, small', 'CPU s, small'],
  byRows.map(([rows, { free, small }]) =>
    line('rows', rows, free).concat(figure(small.mb), figure(small.cpu)),
  ),
)}

${table(
  ['columns', ...HEAD.slice(1), 'µs of CPU a cell'],
  byColumns.map(([count, one]) =>
    line(String(count), columnRows, one).concat(figure((one.cpu * 1e6) / columnRows / count)),
  ),
)}

${same('free')}
${same('small')}`,
  };
}

/** So many rows of the tap's own streams, with the heap as V8 takes it and with a small one. */
async function tall(rows, runs) {
  return withServer(serverOf(rows), (url) => {
    const [command, ...args] = tap(url, '--streams', STREAMS);
    return sideBySide({ free: [command, ...args], small: [command, ...SMALL_HEAP, ...args] }, runs);
  });
}

/** Rows with a given number of columns, which a catalog declares. */
async function wide(columns, rows, runs) {
  const types = [
    { type: 'integer' },
    { type: 'string' },
    { type: 'string', format: 'date-time' },
    { type: 'number' },
  ];
  const properties = Object.fromEntries(
    Array.from({ length: columns - 1 }, (_, at) => [`column_${at}`, types[at % 4]]),
  );
  const schema = { type: 'object', properties: { id: { type: 'integer' }, ...properties } };
  const catalog = join(folder, `wide-${columns}.json`);
  const metadata = [{ breadcrumb: [], metadata: { selected: true } }];
  writeFileSync(
    catalog,
    JSON.stringify({ streams: [{ tap_stream_id: 'jobs', stream: 'jobs', schema, metadata }] }),
  );
  const figures = await withServer({ columns, rows }, (url) =>
    sideBySide({ tap: tap(url, '--catalog', catalog) }, runs),
  );
  return figures.tap;
}
