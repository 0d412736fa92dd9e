// `npm run demo`: the real command against a simulated Bolt API, first a full sync, then a sync of
// the changes, with a deleted job and a changed work-order status.
//
//   npm run demo -- --rows 5000 --changes 200 --dir elsewhere
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { queryDatabase } from './demo/database.js';
import { compareKept, deletedAndChanged, existing, take } from './demo/messages.js';
import { end, simulate, sync } from './demo/processes.js';
import { callsOf, changeStatus, deleteJob, evolve, sumOf } from './demo/source.js';
import { commands, done, table } from './demo/text.js';

const SIGNAL_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '250' },
    changes: { type: 'string', default: '40' },
    dir: { type: 'string', default: fileURLToPath(new URL('../demo', import.meta.url)) },
  },
});
const folder = relative('', values.dir) || '.';
const files = {
  config: join(folder, 'config.json'),
  state: join(folder, 'state.json'),
  database: join(folder, 'bolt.duckdb'),
  full: { messages: join(folder, 'messages.ndjson'), log: join(folder, 'full.log') },
  changes: { messages: join(folder, 'changes.ndjson'), log: join(folder, 'changes.log') },
};

/**
 * Runs both syncs and prints what they did. Throws if one fails, or if the second emits other rows
 * than those that changed.
 */
async function demo() {
  console.log(`The tap against a Bolt API with made-up data, all of it on this machine. The files go to ${folder}:

  1  a full sync, into ${files.full.messages}
  2  a job is deleted at the source, and a status of a work order is checked or unchecked; besides,
     ${values.changes} things happen: jobs are won, work orders move, invoices grow
  3  a sync that goes on from where the first ended, into ${files.changes.messages}
`);
  mkdirSync(folder, { recursive: true });
  rmSync(files.state, { force: true });
  const url = await simulate(values.rows);
  writeFileSync(files.config, `${JSON.stringify(configFor(url), null, 2)}\n`, { mode: 0o600 });

  const fullSeconds = await sync(files, files.full);
  const full = await take(files.full.messages, files.state);
  const fullCalls = await callsOf(url);
  console.log(`1  ${done(fullSeconds, files.full.log)}`);
  // A job that is deleted later would count as changed, but come as deleted.
  const job = await deleteJob(url, full);
  const changed = await evolve(url, Number(values.changes));
  const status = await changeStatus(url, full);
  for (const stream of ['job_events', 'work_order_status_events']) changed[stream] += 1;
  console.log(`2  done`);
  const seconds = await sync(files, files.changes);
  const after = await take(files.changes.messages, files.state);
  const allCalls = await callsOf(url);
  console.log(`3  ${done(seconds, files.changes.log)}\n`);

  const made = ['work_order_statuses', 'rejected_records'];
  const rows = [...Object.keys(fullCalls), ...made].map((stream) => [
    stream,
    full.rows[stream] ?? 0,
    fullCalls[stream] ?? 0,
    changed[stream] ?? '-',
    after.rows[stream] ?? 0,
    (allCalls[stream] ?? 0) - (fullCalls[stream] ?? 0),
  ]);
  const sum = (column) => sumOf(rows.map((row) => Number(row[column]) || 0));
  rows.push(
    ['total', ...[1, 2, 3, 4, 5].map(sum)],
    ['seconds', fullSeconds.toFixed(1), '', '', seconds.toFixed(1), ''],
  );
  console.log(table(['stream', '1: rows', 'calls', '2: changes', '3: rows', 'calls'], rows));

  const wrong = Object.keys(changed).filter(
    (stream) => existing(stream, after) + (after.keyless[stream] ?? 0) !== changed[stream],
  );
  if (wrong.length > 0)
    throw new Error(`The second sync did not bring just what changed: ${wrong.join(', ')}`);
  console.log(`
${deletedAndChanged({ job, status }, after)}

The destination then has the rows of the source, and marks those that are gone:

${await compareKept(url, full, after)}

The second sync brought each row that changed, and marked each that was deleted; deleted rows do not count as
changes. Where there is a dash nothing counts changes: job_type_configuration has no token and comes whole each
time, work_order_statuses is made from the events of its feed, and rejected_records holds what did not fit its
declared form (about one row in a hundred is malformed here, on purpose).

${await queryDatabase(files.database, [files.full.messages, files.changes.messages])}

To go on:
${commands([
  [`less ${files.full.messages}`, 'the messages: SCHEMA, RECORD, STATE'],
  [`less ${files.state}`, 'the bookmarks that the next sync would begin with'],
  ['npx bolt-eci-tap simulate', 'the same API, to point a config.json of your own at'],
  ['npx bolt-eci-tap --about', 'settings and streams'],
  ['npx bolt-eci-tap --discover', 'the catalog'],
])}
README.md has the rest, the real API among it.`);
}

/** The settings of the demo. */
function configFor(url) {
  return {
    base_url: url,
    api_token: 'simulated-token',
    api_token_name: 'simulator',
    // The real API allows 1,000 calls an hour, for which the tap waits. The simulator has no limit.
    calls_per_hour: 1_000_000,
    calls_per_second: 100,
    cache_dir: join(folder, 'cache'),
  };
}

let interrupted = false;
for (const [signal, code] of Object.entries(SIGNAL_CODES)) {
  process.once(signal, () => {
    interrupted = true;
    void end().then(() => process.exit(code));
  });
}
try {
  await demo();
} catch (error) {
  if (!interrupted) console.error(`\n${error.message}`);
  process.exitCode = 1;
} finally {
  await end();
}
