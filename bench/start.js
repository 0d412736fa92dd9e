// (e) start-up: a script that does nothing, `--version`, `--discover`, and a sync up to its first
// RECORD.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { env, file, median, tap, withServer } from './process.js';
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

export async function start({ runs }) {
  return withServer({ simulator: { rows: 100, callsPerHour: 1e9 } }, async (url) => {
    const bin = file('bin/bolt-eci-tap.js');
    const cases = {
      'a script that does nothing': [[process.execPath, file('bench/empty.js')]],
      '`--version`': [[process.execPath, bin, '--version']],
      '`--discover`': [[process.execPath, bin, '--discover']],
      'first RECORD': [tap(url, '--streams', 'jobs'), '"RECORD"'],
    };
    const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
    for (let run = 0; run < runs; run += 1) {
      for (const [name, [command, sign]] of Object.entries(cases))
        times[name].push(await timeOf(command, sign));
    }
    const [[, bare], ...others] = Object.entries(times).map(([name, all]) => [name, median(all)]);
    return {
      title: 'Start-up',
      text: `Medians of ${runs} starts, in turn.

${table(
  ['', 'ms', 'times a bare script'],
  [['a script that does nothing', bare], ...others].map(([name, ms]) => [
    name,
    figure(ms),
    figure(ms / bare),
  ]),
)}

${others
  .slice(0, 2)
  .map(([name, ms]) =>
    goal(`${name} within 1.5 times: ${figure(ms / bare)} times`, ms / bare <= 1.5),
  )
  .join('\n')}`,
    };
  });
}
