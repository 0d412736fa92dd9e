/** Lists below a row of another list: the work orders of a job, the statuses of a work order. */

import type { Row } from '../data/row.js';
import { STATUSES_PER_WORK_ORDER } from '../data/sizes.js';
import type { Slice } from '../data/table.js';
import type { World } from '../data/world.js';

/** Returns a page of a list, as `Table.slice` does. */
export type SliceRows = (after: number, since: number, limit: number) => Slice;

/** Returns a function that pages through the work orders of a job. */
export function workOrdersOfJob(world: World, job: number): SliceRows {
  const { tenant } = world;
  const [jobs, workOrders] = [tenant.size('jobs'), tenant.size('work_orders')];
  const index = tenant.index('jobs', job) ?? jobs;
  const exists = index < jobs;
  const first = exists ? Math.floor((index * workOrders) / jobs) : 0;
  const end = exists ? Math.min(Math.ceil(((index + 1) * workOrders) / jobs), workOrders) : 0;
  const isOfJob = (row: Row): boolean => Number(row['job_number']) === job;
  return sliceChildren(world, 'work_orders', [first, end], isOfJob);
}

/** Returns a function that pages through the statuses of a work order. */
export function statusesOfWorkOrder(world: World, workOrder: number): SliceRows {
  const { tenant } = world;
  const index = tenant.index('work_orders', workOrder);
  const exists = index !== undefined && index < tenant.size('work_orders');
  const first = exists ? index * STATUSES_PER_WORK_ORDER : 0;
  const range = [first, first + STATUSES_PER_WORK_ORDER] as const;
  const isOfWorkOrder = (row: Row): boolean => row['work_order_id'] === workOrder;
  return sliceChildren(world, 'work_order_statuses', range, isOfWorkOrder);
}

/**
 * Pages through the rows below another row.
 *
 * @param range the indexes that the rows had initially
 * @param belongs checks the rows of the range and all that changed since
 */
function sliceChildren(
  world: World,
  list: string,
  [first, end]: readonly [number, number],
  belongs: (row: Row) => boolean,
): SliceRows {
  return (after, since, limit) => {
    const table = world.table(list);
    const ids = new Set(table.changedSince(since));
    if (since < 0) {
      for (let index = first; index < Math.min(end, table.count); index++) {
        ids.add(table.idAt(index));
      }
    }
    const later = [...ids].filter((id) => id > after).toSorted((one, other) => one - other);
    const rows = later
      .map((id) => ({ id, row: table.row(id) }))
      .filter(({ row }) => row && belongs(row));
    const page = rows.slice(0, limit);
    return {
      rows: page.map(({ row }) => row),
      last: page.at(-1)?.id ?? after,
      more: rows.length > limit,
    };
  };
}
