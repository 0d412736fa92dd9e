// (d) the number of calls, compared with the smallest possible number: one for each page, and for a
// feed one more, which finds its end.
import { writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { STREAMS } from '../dist/streams.js';
import { env, folder, tap, withServer } from './process.js';
import { figure, goal, table } from './table.js';

const ROWS = {
  jobs: 1250,
  work_orders: 1250,
  contracts: 700,
  invoices: 300,
  job_events: 900,
  work_order_events: 400,
  work_order_status_events: 100,
};
const PAGE = 100;

export async function calls() {
  return withServer(
    { simulator: { rows: 60, rowsByStream: ROWS, callsPerHour: 1e9 } },
    async (url) => {
      const sizes = {};
      for (const { name } of STREAMS) sizes[name] = await rowsOf(url, name);
      const full = await run(url);
      const idle = await run(url, full.state);
      const changed = await (
        await fetch(`${url}/_simulator/evolve`, {
          method: 'POST',
          body: JSON.stringify({ changes: 300 }),
        })
      ).json();
      const few = await run(url, idle.state);
      const rows = [
        ['full', full.calls, fewest(sizes)],
        ['idle', idle.calls, STREAMS.length],
        ['300 changes', few.calls, fewest({ job_type_configuration: 1, ...changed })],
      ];
      return {
        title: 'Calls',
        text: `${table(
          ['run', 'calls', 'fewest possible'],
          rows.map(([name, ...counts]) => [name, ...counts.map(figure)]),
        )}

${rows.map(([name, made, least]) => goal(`${name}: no call more than needed`, made === least)).join('\n')}`,
      };
    },
  );
}

/** An incremental walk without a change, and a feed's end, are one call as well. */
function fewest(counts) {
  return STREAMS.map(({ name, paging }) => {
    const pages = Math.ceil((counts[name] ?? 0) / PAGE);
    return paging === 'events' ? pages + 1 : Math.max(1, pages);
  }).reduce((sum, pages) => sum + pages, 0);
}

async function rowsOf(url, stream) {
  const text = await (await fetch(`${url}/_simulator/rows/${stream}`)).text();
  return text.split('\n').length - 1;
}

/** Runs the command; gives its calls and its last STATE. */
export async function run(url, state) {
  const before = await callsSoFar(url);
  const file = join(folder, 'state.json');
  if (state) writeFileSync(file, state);
  const [command, ...args] = tap(url, ...(state ? ['--state', file] : []));
  const text = execFileSync(command, args, {
    env,
    encoding: 'utf8',
    maxBuffer: 1e9,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return { calls: (await callsSoFar(url)) - before, state: text.trimEnd().split('\n').at(-1) };
}

/** How many calls the simulator has answered. */
export async function callsSoFar(url) {
  const counts = await (await fetch(`${url}/_simulator/calls`)).json();
  return Object.values(counts)
    .flatMap((byStatus) => Object.values(byStatus))
    .reduce((sum, count) => sum + count, 0);
}
