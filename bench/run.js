// `npm run bench`: measures the tap on this machine, against a simulator in a separate process,
// writes bench/results.md, and adds a line to bench/history.ndjson.
//
//   npm run bench -- --only a,e     runs some parts, prints the results, writes no file
//   npm run bench -- --quick        uses fewer rows and runs, prints the results, writes no file
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { parseArgs } from 'node:util';
import { calls } from './calls.js';
import { idle } from './idle.js';
import { pipelines } from './pipelines.js';
import { file, newestNode } from './process.js';
import { growth, masking, python, wholeSync } from './rows.js';
import { start } from './start.js';
import { figure } from './table.js';
import { tenant } from './tenant.js';

const { values } = parseArgs({
  options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } },
});
const { quick } = values;
const newest = newestNode();
const PARTS = {
  a: () => wholeSync({ rows: quick ? 20_000 : 200_000, runs: quick ? 1 : 3, newest }),
  b: () => python({ rows: quick ? 4000 : 100_000, runs: quick ? 1 : 3 }),
  c: () => tenant(),
  d: () => calls(),
  e: () => start({ runs: quick ? 5 : 41, newest }),
  f: () =>
    growth({
      sizes: quick ? [2000, 20_000] : [10_000, 100_000, 1_000_000],
      columns: [10, 35, 100, 300],
      columnRows: quick ? 2000 : 20_000,
      runs: quick ? 1 : 3,
    }),
  g: () => idle({ runs: quick ? 3 : 11, newest }),
  h: () => masking({ rows: quick ? 20_000 : 80_000, runs: quick ? 1 : 7 }),
  i: () => pipelines({ rows: quick ? 10_000 : 200_000, runs: quick ? 1 : 3 }),
};

const names = values.only?.split(',') ?? Object.keys(PARTS);
const unknown = names.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0)
  throw new Error(`--only takes ${Object.keys(PARTS).join(', ')}; got ${unknown.join(', ')}`);

const before = loadavg();
const sections = [];
const ratios = {};
const began = performance.now();
for (const name of names) {
  const { title, text, ratios: found = {} } = await PARTS[name]();
  Object.assign(ratios, found);
  const section = `## (${name}) ${title}\n\n${text}\n`;
  console.log(section);
  sections.push(section);
}
if (!quick && values.only === undefined) {
  writeFileSync(
    file('bench/results.md'),
    [head(), ...sections, readFileSync(file('bench/notes.md'), 'utf8')].join('\n'),
  );
  appendFileSync(file('bench/history.ndjson'), `${JSON.stringify(historyLine())}\n`);
  console.log('Written to bench/results.md and bench/history.ndjson.');
}
console.log(`${Math.round((performance.now() - began) / 1000)} seconds`);

/** What can be compared from run to run: ratios depend less on the machine than times. */
function historyLine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    node: process.versions.node,
    ratios: Object.fromEntries(
      Object.entries(ratios).map(([name, ratio]) => [name, Number(ratio.toPrecision(3))]),
    ),
  };
}

/** Where and when. */
function head() {
  const [cpu] = cpus();
  const pythons = ['singer-python', 'singer-sdk', 'dlt'].flatMap((name) => versionOf(name));
  const { version } = JSON.parse(readFileSync(file('package.json'), 'utf8'));
  const loads = [before, loadavg()].map((load) => load[0].toFixed(1)).join(' before, ');
  return `# What the tap costs

Written by \`npm run bench\`; the notes at the end are \`bench/notes.md\`. Figures are medians of several
runs; programs that are compared run alternately. CPU seconds and peak memory are those of one
process, including its start. A MB has 1,048,576 bytes.

- ${new Date().toISOString().slice(0, 10)}, bolt-eci-tap ${version}, commit ${commit()}
- ${type()} ${release()}, ${cpus().length} cores (${cpu.model}), ${figure(totalmem() / 2 ** 30)} GB
- Node ${process.versions.node}${newest === null ? '' : `, ${newest.name}`}${pythons.map((one) => `, ${one}`).join('')}
- load of the machine (1 minute): ${loads} after
`;
}

function commit() {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: file(''),
    encoding: 'utf8',
  }).trim();
}

/** The version of a Python library, with Python's; none where it is not there. */
function versionOf(name) {
  const interpreter = file(`bench/.venvs/${name}/bin/python`);
  if (!existsSync(interpreter)) return [];
  const script = `import importlib.metadata, platform; print("${name}", importlib.metadata.version("${name}"), "on Python", platform.python_version())`;
  return [execFileSync(interpreter, ['-c', script], { encoding: 'utf8' }).trim()];
}
