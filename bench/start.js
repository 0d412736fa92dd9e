// (e) start-up: a script that does nothing, `--version`, `--discover`, and a sync up to its first
// RECORD.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { alsoNewest, env, file, median, tap, withServer } from './process.js';
import { figure, goal, table } from './table.js';

/** ms until a command's stdout shows `sign`, or until it ends where no sign is given. */
async function timeOf([command, ...args], sign) {
  const began = performance.now();
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const closed = once(child, 'close');
  let seen = null;
  child.stdout.setEncoding('utf8').on('data', (text) => {
    if (sign && seen === null && text.includes(sign)) seen = performance.now() - began;
  });
  await closed;
  return seen ?? performance.now() - began;
}

/** A command's goal: how many times as long as the script that does nothing. */
const GOALS = { '`--version`': 1.5, '`--discover`': 1.5, 'first RECORD': 3.5 };
const BARE = 'a script that does nothing';

export async function start({ runs, newest }) {
  return withServer({ simulator: { rows: 100, callsPerHour: 1e9 } }, async (url) => {
    const bin = file('bin/bolt-eci-tap.js');
    const commands = {
      [BARE]: [process.execPath, file('bench/empty.js')],
      '`--version`': [process.execPath, bin, '--version'],
      '`--discover`': [process.execPath, bin, '--discover'],
      'first RECORD': tap(url, '--streams', 'jobs'),
    };
    const all = alsoNewest(commands, newest);
    const times = Object.fromEntries(Object.keys(all).map((name) => [name, []]));
    for (let run = 0; run < runs; run += 1) {
      for (const [name, command] of Object.entries(all))
        times[name].push(await timeOf(command, name.startsWith('first') ? '"RECORD"' : undefined));
    }
    const nodes = ['', ...(newest === null ? [] : [`, ${newest.name}`])];
    const ms = (name, of = '') => median(times[name + of]);
    const ratio = (name, of) => ms(name, of) / ms(BARE, of);
    return {
      title: 'Start-up',
      ratios: { 'first RECORD, times a bare script': ratio('first RECORD') },
      text: `Medians of ${runs} starts, in turn.

${table(
  ['', ...nodes.flatMap((of) => [`ms${of}`, `times a bare script${of}`])],
  Object.keys(commands).map((name) =>
    [name].concat(nodes.flatMap((of) => [figure(ms(name, of)), figure(ratio(name, of))])),
  ),
)}

${Object.entries(GOALS)
  .map(([name, most]) =>
    goal(`${name} within ${most} times: ${figure(ratio(name))} times`, ratio(name) <= most),
  )
  .join('\n')}`,
    };
  });
}
