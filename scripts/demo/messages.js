// What the tap wrote: rows, deletions and the last state; and whether that is what the source has.
import { createReadStream, renameSync, writeFileSync } from 'node:fs';
import ndjson from 'ndjson';
import { sourceRows } from './source.js';
import { table } from './text.js';

/** Streams whose deleted rows come from an event feed. */
const KEPT = ['jobs', 'schedules', 'work_orders', 'work_order_statuses'];

/**
 * Reads a file of messages: how many rows each stream has, how many were rejected because they have
 * no key, the last copy of each row that a feed keeps true, and the statuses that have an event.
 * Keeps the last STATE.
 */
export async function take(messages, stateFile) {
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
  writeFileSync(`${stateFile}.new`, `${state}\n`);
  renameSync(`${stateFile}.new`, stateFile);
  return { rows, keyless, last, statuses };
}

/** How many rows of a stream a sync brought, without those that are deleted. */
export function existing(stream, { rows, last }) {
  const kept = last[stream];
  if (kept === undefined) return rows[stream] ?? 0;
  return [...kept.values()].filter(({ deleted_at }) => deleted_at === null).length;
}

/**
 * Compares the rows of the destination that are not marked as deleted with those of the source.
 * Throws if they differ. Returns how many there are, a line a stream.
 */
export async function compareKept(url, full, after) {
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

/** Describes the deleted job and the changed status after the second sync. Throws if wrong. */
export function deletedAndChanged({ job, status }, { last }) {
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
