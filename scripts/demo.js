// `npm run demo`: the real command against a simulated Bolt API, first a full sync, then a sync of
// the changes, with a deleted job and a changed work-order status.
//
//   npm run demo -- --rows 5000 --changes 200 --dir elsewhere
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  createReadStream,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import ndjson from 'ndjson';

const COMMAND = fileURLToPath(new URL('../bin/bolt-eci-tap.js', import.meta.url));
/** Streams whose deleted rows come from an event feed. */
const KEPT = ['jobs', 'schedules', 'work_orders', 'work_order_statuses'];
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
  full: { messages: join(folder, 'messages.ndjson'), log: join(folder, 'full.log') },
  changes: { messages: join(folder, 'changes.ndjson'), log: join(folder, 'changes.log') },
};

/** What runs and has to be ended with the demo, whatever ends it. */
const running = new Set();

/** Starts the command itself. */
function start(args, stdio) {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Starts a simulator on a free port, and gives its address. */
async function simulate() {
  const child = start(
    [
      'simulate',
      '--port',
      '0',
      '--rows',
      values.rows,
      '--malformed',
      '0.01',
      '--calls-per-hour',
      '1000000',
    ],
    ['ignore', 'pipe', 'pipe'],
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  for await (const line of child.stdout.setEncoding('utf8')) return line.trim();
  throw new Error(`The simulator did not start: ${said}`);
}

/**
 * Syncs once into a file of messages, and keeps the last STATE for the next sync. Returns the
 * seconds that it took.
 */
async function sync({ messages, log }) {
  const [out, err] = [openSync(messages, 'w'), openSync(log, 'w')];
  const began = performance.now();
  const child = start(['--config', files.config, '--state', files.state], ['ignore', out, err]);
  closeSync(out);
  closeSync(err);
  const [code] = await once(child, 'exit');
  if (code !== 0)
    throw new Error(
      `The sync ended with code ${code}. Its log, ${log}:\n${readFileSync(log, 'utf8')}`,
    );
  return (performance.now() - began) / 1000;
}

/**
 * Reads a file of messages: how many rows each stream has, how many were rejected because they have
 * no key, the last copy of each row that a feed keeps true, and the statuses that have an event.
 * Keeps the last STATE.
 */
async function take(messages) {
  const rows = {};
  const keyless = {};
  const last = Object.fromEntries(KEPT.map((stream) => [stream, new Map()]));
  const statuses = new Set();
  let state = '';
  for await (const message of createReadStream(messages).pipe(ndjson.parse())) {
    if (message.type === 'STATE') state = JSON.stringify(message);
    if (message.type !== 'RECORD') continue;
    const { stream, record } = message;
    rows[stream] = (rows[stream] ?? 0) + 1;
    last[stream]?.set(record.id, record);
    if (stream === 'work_order_status_events') statuses.add(record.status_id);
    if (stream === 'rejected_records' && record.field === null)
      keyless[record.stream] = (keyless[record.stream] ?? 0) + 1;
  }
  // Under another name first: a state file that was cut off would begin everything anew.
  writeFileSync(`${files.state}.new`, `${state}\n`);
  renameSync(`${files.state}.new`, files.state);
  return { rows, keyless, last, statuses };
}

/** The calls that the simulator has counted so far, by stream. */
async function callsOf(url) {
  const calls = await (await fetch(`${url}/_simulator/calls`)).json();
  return Object.fromEntries(
    Object.entries(calls).map(([stream, byStatus]) => [stream, sumOf(Object.values(byStatus))]),
  );
}

function sumOf(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Lets things happen at the source, and gives how many rows or events that makes, by stream. */
async function evolve(url) {
  const body = JSON.stringify({ changes: Number(values.changes) });
  return (await fetch(`${url}/_simulator/evolve`, { method: 'POST', body })).json();
}

/** How many rows of a stream a sync brought, without those that are deleted. */
function existing(stream, { rows, last }) {
  const kept = last[stream];
  if (kept === undefined) return rows[stream] ?? 0;
  return [...kept.values()].filter(({ deleted_at }) => deleted_at === null).length;
}

/** Deletes a job at the source. Returns it as the first sync brought it. */
async function deleteJob(url, { last }) {
  const job = last.jobs.values().next().value;
  await post(url, 'remove', { stream: 'jobs', id: job.id });
  return job;
}

/** Checks or unchecks a status at the source. Returns it as the first sync brought it. */
async function changeStatus(url, { last }) {
  const { ids } = await sourceRows(url, 'work_order_statuses');
  const status = [...last.work_order_statuses.values()].find(({ id }) => ids.has(id));
  const fields = { status: !status.status };
  await post(url, 'change', { stream: 'work_order_statuses', id: status.id, fields });
  return status;
}

/** The ids of the rows that exist at the source, and how many malformed rows have no id. */
async function sourceRows(url, stream) {
  const text = await (await fetch(`${url}/_simulator/rows/${stream}`)).text();
  const rows = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  const ids = rows.map((row) => Number(row?.id)).filter((id) => id > 0);
  return { ids: new Set(ids), keyless: rows.length - ids.length };
}

/**
 * Compares the rows of the destination that are not marked as deleted with those of the source.
 * Throws if they differ. Returns how many there are, a line a stream.
 */
async function compareKept(url, full, after) {
  const withEvent = new Set([...full.statuses, ...after.statuses]);
  const counts = [];
  for (const stream of KEPT) {
    const destination = new Map([...full.last[stream], ...after.last[stream]]);
    const { ids, keyless } = await sourceRows(url, stream);
    // No list has the statuses: one without an event is unknown.
    if (stream === 'work_order_statuses')
      for (const id of ids) if (!withEvent.has(id)) ids.delete(id);
    const rows = [...destination.values()].filter(({ deleted_at }) => deleted_at === null);
    const extra = rows.filter(({ id }) => !ids.has(id)).length;
    const missing = ids.size - (rows.length - extra);
    // The events may have the id of a row that is malformed in its list.
    if (extra > keyless || missing > 0)
      throw new Error(`${stream}: ${extra} rows are not marked as deleted, ${missing} are missing`);
    counts.push([stream, rows.length, destination.size - rows.length]);
  }
  return table(['stream', 'rows', 'deleted'], counts);
}

async function post(url, what, body) {
  const request = { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${url}/_simulator/${what}`, request);
  if (!response.ok) throw new Error(`The simulator cannot ${what}: ${await response.text()}`);
}

/** Describes the deleted job and the changed status after the second sync. Throws if wrong. */
function deletedAndChanged({ job, status }, { last }) {
  const deleted = last.jobs.get(job.id);
  const changed = last.work_order_statuses.get(status.id);
  if (!deleted?.deleted_at) throw new Error(`The second sync did not mark job ${job.id}`);
  if (changed?.status !== !status.status)
    throw new Error(`The second sync did not bring the change of status ${status.id}`);
  return `Job ${job.id} (${job.address}) was deleted in Bolt: its row now has deleted_at ${deleted.deleted_at}.
Status ${status.id} ("${status.description}") of work order ${status.work_order_id} was ${shownStatus(status)}: it is now ${shownStatus(changed)}.`;
}

function shownStatus({ status }) {
  return status ? 'checked' : 'unchecked';
}

/** A line a stream and one for all, right-aligned but for the names. */
function table(head, rows) {
  const lines = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const pad = (cell, column) =>
    column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]);
  return lines.map((line) => `  ${line.map(pad).join('  ')}`.trimEnd()).join('\n');
}

/** Commands with what they show, one below the other. */
function commands(lines) {
  const width = Math.max(...lines.map(([command]) => command.length));
  return lines.map(([command, shows]) => `  ${command.padEnd(width)}  ${shows}`).join('\n');
}

/** What a sync took, and where to read what it said. */
function done(seconds, log) {
  const warnings = readFileSync(log, 'utf8').match(/^WARNING /gm)?.length ?? 0;
  return `done in ${seconds.toFixed(1)} s; its log, with ${warnings} warnings on the untidy rows, is ${log}`;
}

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
  const url = await simulate();
  writeFileSync(files.config, `${JSON.stringify(configFor(url), null, 2)}\n`, { mode: 0o600 });

  const fullSeconds = await sync(files.full);
  const full = await take(files.full.messages);
  const fullCalls = await callsOf(url);
  console.log(`1  ${done(fullSeconds, files.full.log)}`);
  // A job that is deleted later would count as changed, but come as deleted.
  const job = await deleteJob(url, full);
  const changed = await evolve(url);
  const status = await changeStatus(url, full);
  for (const stream of ['job_events', 'work_order_status_events']) changed[stream] += 1;
  console.log(`2  done`);
  const seconds = await sync(files.changes);
  const after = await take(files.changes.messages);
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

/** Ends what was started, and waits until it is gone. */
async function end() {
  await Promise.all(
    [...running].map(async (child) => {
      child.kill();
      if (running.has(child)) await once(child, 'exit');
    }),
  );
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
