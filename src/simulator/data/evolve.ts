/**
 * Random changes at the source. The same seed and the same earlier changes give the same changes.
 */

import { makeInvoiceLine, sumTotals } from './money-rows.js';
import type { Random } from './random.js';
import { STATUSES_PER_WORK_ORDER } from './sizes.js';
import type { ListDef } from './sources.js';
import { HISTORY_END, DAY, formatDate } from './times.js';
import { columnValue } from './wire-format.js';
import * as words from './words.js';
import type { World } from './world.js';

type Operation = (world: World, random: Random) => void;

/** A generated list gets one change for this many changes to the other lists, and at least one. */
const CHANGES_PER_GENERATED = 20;

/** Returns the id of a random row; undefined if eight attempts find none. */
function pickId(world: World, list: string, random: Random): number | undefined {
  const table = world.table(list);
  for (let attempt = 0; attempt < 8 && table.count > 0; attempt++) {
    const id = table.idAt(random.below(table.count));
    if (table.row(id)) return id;
  }
  return undefined;
}

/** Makes an operation that sets cells of a random row. */
function update(list: string, makeFields: (random: Random) => Record<string, unknown>): Operation {
  return (world, random) => {
    const id = pickId(world, list, random);
    if (id !== undefined) world.change(list, id, makeFields(random));
  };
}

/** Makes an operation that removes a random row. */
function remove(list: string): Operation {
  return (world, random) => {
    const id = pickId(world, list, random);
    if (id !== undefined) world.remove(list, id);
  };
}

/** Returns a day in the 90 days after the simulated past. */
function pickDate(random: Random): string {
  return formatDate(HISTORY_END + random.below(90) * DAY);
}

/** Adds a line to an invoice and updates its total. */
const addInvoiceLine: Operation = (world, random) => {
  const id = pickId(world, 'invoices', random);
  const row = id === undefined ? undefined : world.table('invoices').row(id);
  const oldLines = row && columnValue(row, 'contract_details');
  if (id === undefined || !Array.isArray(oldLines)) return;
  const lines: { total: number }[] = [...oldLines, makeInvoiceLine(random, oldLines.length + 1)];
  const fields = { contract_details: lines, total: sumTotals(lines), status: 'sent' };
  world.change('invoices', id, fields);
};

/** Adds a job with a work order and its statuses. */
const addJob: Operation = (world, random) => {
  const job = world.add('jobs', { start_date: pickDate(random), active: true });
  const fields = { job_number: job, stage: 'New', percentage_of_completion: 0 };
  const workOrder = world.add('work_orders', fields);
  for (let place = 0; place < STATUSES_PER_WORK_ORDER; place++) {
    const description = words.STATUS_STEPS[place];
    world.add('work_order_statuses', { work_order_id: workOrder, status: false, description });
  }
};

const toggleStatus: Operation = (world, random) => {
  const id = pickId(world, 'work_order_statuses', random);
  const row = id === undefined ? undefined : world.table('work_order_statuses').row(id);
  if (id === undefined || !row) return;
  world.change('work_order_statuses', id, { status: String(row['status']) !== 'true' });
};

/** The operations with their weights: how many of 100 changes they are. */
const OPERATIONS: readonly (readonly [weight: number, operation: Operation])[] = [
  [
    18,
    update('jobs', (random) => ({
      start_date: pickDate(random),
      notes: random.pick(words.NOTES),
    })),
  ],
  [4, update('jobs', (random) => ({ close_date: pickDate(random), active: false }))],
  [
    18,
    update('work_orders', (random) => ({
      stage: random.pick(words.STAGES),
      percentage_of_completion: random.below(101),
    })),
  ],
  [
    8,
    update('schedules', (random) => ({
      reschedule_date: pickDate(random),
      schedule_change_reason: random.pick(words.REASONS),
    })),
  ],
  [15, toggleStatus],
  [9, addInvoiceLine],
  [
    7,
    update('contracts', (random) => ({
      status: 'Approved',
      total: random.below(2_500_000) / 100,
    })),
  ],
  [5, update('builder_orders', (random) => ({ total: random.below(900_000) / 100 }))],
  [3, update('customer_pricings', (random) => ({ price: random.below(90_000) / 100 }))],
  [2, update('customers', (random) => ({ status: 'Active', notes: random.pick(words.NOTES) }))],
  [2, update('employees', (random) => ({ title: random.pick(words.TITLES) }))],
  [1, update('crews', (random) => ({ truck_number: `T-${random.digits(2)}` }))],
  [5, addJob],
  [1, (world) => void world.add('floorplans', {})],
  [1, remove('contracts')],
  [1, remove('work_orders')],
];
const TOTAL_WEIGHT = OPERATIONS.reduce((sum, [weight]) => sum + weight, 0);

function pickOperation(random: Random): Operation | undefined {
  let rest = random.below(TOTAL_WEIGHT);
  return OPERATIONS.find(([weight]) => (rest -= weight) < 0)?.[1];
}

/**
 * Changes rows of a generated list: mostly updates; one row in six is added, one in six removed.
 */
function changeGenerated(world: World, { name, generator }: ListDef, random: Random): void {
  const kind = random.below(6);
  if (kind === 0) {
    world.add(name, {});
    return;
  }
  const id = pickId(world, name, random);
  if (id === undefined) return;
  if (kind === 1) world.remove(name, id);
  else world.change(name, id, generator?.makeChange(world.tenant, random) ?? {});
}

/**
 * Makes changes at the source.
 *
 * @param changes how many changes to make to the lists that have a row maker. Each other list gets
 *   one change for every 20 of them. They come last, so that a new stream leaves the rest
 *   unchanged.
 * @param round how many times this was called before, plus 1; each round makes other changes
 * @returns by list, how many rows changed or were added and still exist; by feed, how many events
 *   were added. Streams without tokens are not included.
 */
export function evolve(world: World, changes: number, round: number): Record<string, number> {
  const { tenant, seq } = world;
  const random = tenant.random('evolve', round);
  const streams = world.streams.filter(({ paging }) => paging !== 'array').map(({ name }) => name);
  const eventsBefore = new Map(streams.map((stream) => [stream, world.feed(stream)?.count]));
  for (let done = 0; done < changes; done++) pickOperation(random)?.(world, random);
  for (const list of world.generatedLists) {
    const random = tenant.random(`evolve ${list.name}`, round);
    for (let done = 0; done < changes; done += CHANGES_PER_GENERATED) {
      changeGenerated(world, list, random);
    }
  }
  const counts: Record<string, number> = {};
  for (const stream of streams) {
    const feed = world.feed(stream);
    counts[stream] = feed
      ? feed.count - (eventsBefore.get(stream) ?? 0)
      : world.table(stream).changedSince(seq).length;
  }
  return counts;
}
