/** Lists below a row of another list: the work orders of a job, the statuses of a work order. */

import { type Row, STATUSES_PER_WORK_ORDER } from '../data/tenant.js';
import type { Slice } from '../data/table.js';
import type { World } from '../data/world.js';

/** What gives a list's rows, as `Table.slice` does. */
export type Slicer = (after: number, since: number, limit: number) => Slice;

/** The work orders of a job. */
export function workOrdersOf(world: World, job: number): Slicer {
  const { site } = world;
  const [jobs, workOrders] = [site.size('jobs'), site.size('work_orders')];
  const index = site.index('jobs', job) ?? jobs;
  const first = index < jobs ? Math.floor((index * workOrders) / jobs) : 0;
  const end = index < jobs ? Math.min(Math.ceil(((index + 1) * workOrders) / jobs), workOrders) : 0;
  return below(world, 'work_orders', [first, end], (row) => Number(row['job_number']) === job);
}

/** The statuses of a work order. */
export function statusesOf(world: World, workOrder: number): Slicer {
  const { site } = world;
  const index = site.index('work_orders', workOrder);
  const first = index !== undefined && index < site.size('work_orders') ? index * STATUSES_PER_WORK_ORDER : 0;
  return below(
    world,
    'work_order_statuses',
    [first, first + STATUSES_PER_WORK_ORDER],
    (row) => row['work_order_id'] === workOrder,
  );
}

/** Rows that fit, out of those that stood in a range of indexes at first and of all that changed since. */
function below(
  world: World,
  stream: string,
  [first, end]: readonly [number, number],
  fits: (row: Row) => boolean,
): Slicer {
  return (after, since, limit) => {
    const table = world.table(stream);
    const ids = new Set(table.changedSince(since));
    if (since < 0) for (let index = first; index < Math.min(end, table.count); index++) ids.add(table.idAt(index));
    const found = [...ids].filter((id) => id > after).toSorted((one, other) => one - other);
    const rows = found.flatMap((id) => ({ id, row: table.row(id) })).filter(({ row }) => row && fits(row));
    const page = rows.slice(0, limit);
    return { rows: page.map(({ row }) => row), last: page.at(-1)?.id ?? after, more: rows.length > limit };
  };
}
