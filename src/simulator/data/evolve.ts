/** A spell of the contractor's working day: changes over the streams, the same ones for the same seed and history. */

import { STREAMS } from '../../streams.js';
import { valueOf } from './wire-format.js';
import { invoiceLine, sumOf } from './money-rows.js';
import type { Dice } from './random.js';
import { STATUSES_PER_WORK_ORDER } from './tenant.js';
import { HISTORY_END, DAY, day } from './times.js';
import * as words from './words.js';
import type { World } from './world.js';

type Deed = (world: World, dice: Dice) => void;

/** The id of some row of a list that is there; undefined where a few looks find none. */
function someId(world: World, stream: string, dice: Dice): number | undefined {
  const table = world.table(stream);
  for (let look = 0; look < 8 && table.count > 0; look++) {
    const id = table.idAt(dice.below(table.count));
    if (table.row(id)) return id;
  }
  return undefined;
}

/** A deed that sets cells of some row of a list. */
function changing(stream: string, fields: (dice: Dice) => Record<string, unknown>): Deed {
  return (world, dice) => {
    const id = someId(world, stream, dice);
    if (id !== undefined) world.change(stream, id, fields(dice));
  };
}

function soon(dice: Dice): string {
  return day(HISTORY_END + dice.below(90) * DAY);
}

/** One more line on an invoice; its total keeps to the sum. */
const billMore: Deed = (world, dice) => {
  const id = someId(world, 'invoices', dice);
  const row = id === undefined ? undefined : world.table('invoices').row(id);
  const held = row && valueOf(row, 'contract_details');
  if (id === undefined || !Array.isArray(held)) return;
  const lines: { total: number }[] = [...held, invoiceLine(dice, held.length + 1)];
  world.change('invoices', id, { contract_details: lines, total: sumOf(lines), status: 'sent' });
};

/** A new job, a work order for it, and the statuses to tick. */
const winJob: Deed = (world, dice) => {
  const job = world.add('jobs', { start_date: soon(dice), active: true });
  const workOrder = world.add('work_orders', { job_number: job, stage: 'New', percentage_of_completion: 0 });
  for (let place = 0; place < STATUSES_PER_WORK_ORDER; place++) {
    const description = words.STATUS_STEPS[place];
    world.add('work_order_statuses', { work_order_id: workOrder, status: false, description });
  }
};

const tick: Deed = (world, dice) => {
  const id = someId(world, 'work_order_statuses', dice);
  const row = id === undefined ? undefined : world.table('work_order_statuses').row(id);
  if (id !== undefined && row) world.change('work_order_statuses', id, { status: String(row['status']) !== 'true' });
};

const cancelContract: Deed = (world, dice) => {
  const id = someId(world, 'contracts', dice);
  if (id !== undefined) world.remove('contracts', id);
};

const cancelWorkOrder: Deed = (world, dice) => {
  const id = someId(world, 'work_orders', dice);
  if (id !== undefined) world.remove('work_orders', id);
};

/** What happens, and how often of a hundred times. */
const DEEDS: readonly (readonly [often: number, deed: Deed])[] = [
  [18, changing('jobs', (dice) => ({ start_date: soon(dice), notes: dice.pick(words.NOTES) }))],
  [4, changing('jobs', (dice) => ({ close_date: soon(dice), active: false }))],
  [
    18,
    changing('work_orders', (dice) => ({ stage: dice.pick(words.STAGES), percentage_of_completion: dice.below(101) })),
  ],
  [
    8,
    changing('schedules', (dice) => ({
      reschedule_date: soon(dice),
      schedule_change_reason: dice.pick(words.REASONS),
    })),
  ],
  [15, tick],
  [9, billMore],
  [7, changing('contracts', (dice) => ({ status: 'Approved', total: dice.below(2_500_000) / 100 }))],
  [5, changing('builder_orders', (dice) => ({ total: dice.below(900_000) / 100 }))],
  [3, changing('customer_pricings', (dice) => ({ price: dice.below(90_000) / 100 }))],
  [2, changing('customers', (dice) => ({ status: 'Active', notes: dice.pick(words.NOTES) }))],
  [2, changing('employees', (dice) => ({ title: dice.pick(words.TITLES) }))],
  [1, changing('crews', (dice) => ({ truck_number: `T-${dice.digits(2)}` }))],
  [5, winJob],
  [1, (world) => void world.add('floorplans', {})],
  [1, cancelContract],
  [1, cancelWorkOrder],
];
const OFTEN = DEEDS.reduce((sum, [often]) => sum + often, 0);

/** The streams that can be walked on from where one stopped. */
const WALKED = STREAMS.filter((stream) => stream.paging !== 'array').map((stream) => stream.name);

function someDeed(dice: Dice): Deed | undefined {
  let thrown = dice.below(OFTEN);
  return DEEDS.find(([often]) => (thrown -= often) < 0)?.[1];
}

/**
 * Lets `n` things happen. Gives, for every stream that has tokens, how many of its rows changed or were added (and are still there), or
 * how many events came.
 */
export function evolve(world: World, n: number, dice: Dice): Record<string, number> {
  const before = world.seq;
  const events = new Map(WALKED.map((stream) => [stream, world.feed(stream)?.count]));
  for (let done = 0; done < n; done++) someDeed(dice)?.(world, dice);
  const counts: Record<string, number> = {};
  for (const stream of WALKED) {
    const feed = world.feed(stream);
    counts[stream] = feed ? feed.count - (events.get(stream) ?? 0) : world.table(stream).changedSince(before).length;
  }
  return counts;
}
