// Mutation testing: breaks the source in one place at a time and expects a test to fail.
//
//   npm run mutation                          all mutants of scripts/mutants/
//   npm run mutation -- --grep walk           those whose file or description matches
//   npm run mutation -- --jobs 2              two at a time (1 unless given)
//   npm run mutation -- --report FILE         the results as JSON as well
//
// It works on a copy of the repository in a temporary folder. It ends with code 1 if less than 95 %
// are killed, and if the list is out of date: a text that is not in its file exactly once, a
// replacement that does not compile, or a mutant listed as equivalent that a test kills. Stryker
// 9.6 does not run here: it needs mocha before 12, and the compiler API that TypeScript 7 does not
// have.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { transform } from 'esbuild';
import { ALL } from './mutants/index.js';

/** @import { Mutant } from './mutants/index.js' */

const LEAST_SHARE = 0.95;
/** A mutant may run this much longer than the tests take without it; then it counts as killed. */
const LONGER = { factor: 3, ms: 30_000 };
/** The property test of a true copy: fewer worlds than usual, and always the same ones. */
const PROPERTIES = { WORLDS: '40', SEED: '1' };
const root = fileURLToPath(new URL('..', import.meta.url));
const { values: flags } = parseArgs({
  options: {
    grep: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    report: { type: 'string' },
  },
});

const pattern = new RegExp(flags.grep ?? '', 'i');
const chosen = ALL.filter(({ file, what }) => pattern.test(`${file} ${what}`));
const temp = mkdtempSync(join(tmpdir(), 'mutants-'));
process.once('exit', () => rmSync(temp, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const results = await testAll();
summarize(results);

async function testAll() {
  if (chosen.length === 0) throw new Error(`no mutant matches ${flags.grep}`);
  const first = copyOf(root);
  execFileSync(process.execPath, [join(first, 'scripts', 'build.js')], { stdio: 'inherit' });
  const times = await baseline(first);
  const copies = [first];
  while (copies.length < Number(flags.jobs)) copies.push(copyOf(first));
  const waiting = [...chosen.entries()];
  const found = [];
  const work = async (copy) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, mutant] = next;
      found[index] = { ...mutant, ...(await testOne(copy, mutant, times)) };
      print(found[index]);
    }
  };
  await Promise.all(copies.map((copy) => work(copy)));
  return found;
}

/** Copies what git knows or would add, and what is built; node_modules is linked. */
function copyOf(from) {
  const to = mkdtempSync(join(temp, 'copy-'));
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root },
  );
  for (const file of listed.toString().split('\0')) {
    if (file !== '') cpSync(join(from, file), join(to, file), { force: true });
  }
  if (from !== root) {
    for (const built of ['dist', 'dist-test'])
      cpSync(join(from, built), join(to, built), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'));
  return to;
}

/** Runs each test file once without a mutant: it has to pass. Gives the time that each took, ms. */
async function baseline(copy) {
  const times = new Map();
  for (const test of new Set(chosen.flatMap(({ tests }) => tests))) {
    const began = Date.now();
    const { failure } = await runTests(copy, [test], 300_000);
    if (failure !== null)
      throw new Error(`test/${test}.test.ts fails without any mutant: ${failure}`);
    times.set(test, Date.now() - began);
  }
  return times;
}

/** @param {Mutant} mutant */
async function testOne(copy, mutant, times) {
  const source = readFileSync(join(copy, mutant.file), 'utf8');
  if (source.split(mutant.find).length !== 2) return { result: 'stale' };
  const compiled = join(copy, mutant.file.replace(/^src/, 'dist').replace(/\.ts$/, '.js'));
  const original = readFileSync(compiled);
  const text = source.replace(mutant.find, () => mutant.replace);
  try {
    const { code } = await transform(text, {
      loader: 'ts',
      target: 'es2023',
      sourcefile: mutant.file,
      logLevel: 'error',
    });
    writeFileSync(compiled, code);
  } catch {
    return { result: 'stale' };
  }
  try {
    const usual = mutant.tests.reduce((sum, test) => sum + times.get(test), 0);
    const { failure } = await runTests(copy, mutant.tests, usual * LONGER.factor + LONGER.ms);
    return failure === null ? { result: 'survived' } : { result: 'killed', by: failure };
  } finally {
    writeFileSync(compiled, original);
  }
}

/** Runs mocha until the first test fails; gives the name of that test, or null if all pass. */
async function runTests(copy, tests, most) {
  const report = join(copy, 'mocha.json');
  rmSync(report, { force: true });
  const files = tests.map((test) => join('dist-test', `${test}.test.js`));
  const mocha = join(copy, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const options = [
    '--no-config',
    '--require=./dist-test/support/hooks.js',
    '--bail',
    '--exit',
    '--timeout=20000',
    '--reporter=json',
  ];
  const args = [mocha, ...options, `--reporter-option=output=${report}`, ...files];
  const child = spawn(process.execPath, args, {
    cwd: copy,
    env: { ...PROPERTIES, ...process.env },
    stdio: 'ignore',
    detached: true,
  });
  let isLate = false;
  const kill = () => process.kill(-(child.pid ?? NaN), 'SIGKILL');
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, most);
  process.once('exit', kill);
  const code = await new Promise((resolve, reject) =>
    child.once('exit', resolve).once('error', reject),
  );
  process.off('exit', kill);
  clearTimeout(timer);
  if (isLate) return { failure: `no end within ${Math.round(most / 1000)} s` };
  try {
    const { failures } = JSON.parse(readFileSync(report, 'utf8'));
    if (code === 0 && failures.length === 0) return { failure: null };
    return { failure: failures[0]?.fullTitle ?? `mocha ended with code ${code}` };
  } catch {
    // Such as with nothing left to wait for, if a promise never resolves.
    return { failure: `mocha ended before its last test, with code ${code}` };
  }
}

function print({ file, what, result, by, equivalent }) {
  const why = by ?? (result === 'survived' && equivalent ? `equivalent: ${equivalent}` : '');
  console.log(`${result.padEnd(9)}${file}: ${what}${why && `\n         ${why}`}`);
}

function summarize(found) {
  const of = (wanted, isEquivalent) =>
    found.filter(
      ({ result, equivalent }) => result === wanted && (equivalent !== undefined) === isEquivalent,
    );
  const [killed, survived, equivalent] = [
    of('killed', false),
    of('survived', false),
    of('survived', true),
  ];
  const outdated = found.filter(
    ({ result, equivalent }) => result === 'stale' || (equivalent && result === 'killed'),
  );
  const share = killed.length / Math.max(1, killed.length + survived.length);
  if (flags.report) writeFileSync(flags.report, `${JSON.stringify(found, null, 2)}\n`);
  for (const [title, those] of [
    ['Survived', survived],
    ['Out of date: correct scripts/mutants/', outdated],
  ]) {
    if (those.length > 0) console.log(`\n${title}`);
    for (const { file, what } of those) console.log(`  ${file}: ${what}`);
  }
  console.log(
    `\n${found.length} mutants: ${killed.length} killed, ${survived.length} survived, ${equivalent.length} equivalent, ` +
      `${outdated.length} out of date; ${(share * 100).toFixed(1)} % killed, at least ${LEAST_SHARE * 100} % needed`,
  );
  process.exitCode = share < LEAST_SHARE || outdated.length > 0 ? 1 : 0;
}
