/** The rows below a row of another list: the work orders of a job, the statuses of a work order. */

import type { Row } from './row.js';
import { STATUSES_PER_WORK_ORDER } from './sizes.js';
import type { Slice, Table } from './table.js';
import type { Tenant } from './tenant.js';

/** Returns a page of a list, as `Table.slice` does. */
export type SliceRows = (after: number, since: number, limit: number, at?: number) => Slice;

/** Rows of a list that belong to a row of another list. */
export interface Children {
  /** The indexes that the rows had initially: from the first to the one before the second. */
  readonly range: readonly [number, number];
  /** Checks the rows of the range and all that changed since. */
  readonly belongs: (row: Row) => boolean;
}

/** Finds the rows of `work_orders` that belong to a job. */
export function workOrdersOfJob(tenant: Tenant, job: number): Children {
  const [jobs, workOrders] = [tenant.size('jobs'), tenant.size('work_orders')];
  const index = tenant.index('jobs', job) ?? jobs;
  const exists = index < jobs;
  const first = exists ? Math.floor((index * workOrders) / jobs) : 0;
  const end = exists ? Math.min(Math.ceil(((index + 1) * workOrders) / jobs), workOrders) : 0;
  return { range: [first, end], belongs: (row) => Number(row['job_number']) === job };
}

/** Finds the rows of `work_order_statuses` that belong to a work order. */
export function statusesOfWorkOrder(tenant: Tenant, workOrder: number): Children {
  const index = tenant.index('work_orders', workOrder);
  const exists = index !== undefined && index < tenant.size('work_orders');
  const first = exists ? index * STATUSES_PER_WORK_ORDER : 0;
  return {
    range: [first, first + STATUSES_PER_WORK_ORDER],
    belongs: (row) => row['work_order_id'] === workOrder,
  };
}

/** Returns a function that pages through the rows of a table below another row. */
export function sliceChildren(table: Table, children: Children): SliceRows {
  return (after, since, limit, at) => {
    const rows = findChildren(table, children, since, at).filter(({ id }) => id > after);
    const page = rows.slice(0, limit);
    return {
      rows: page.map(({ row }) => row),
      last: page.at(-1)?.id ?? after,
      more: rows.length > limit,
    };
  };
}

/**
 * Returns the rows of a table below another row, in the order of their ids.
 *
 * @param since the rows changed after the change with this number; negative for all rows
 * @param at as for `Table.slice`
 */
export function findChildren(
  table: Table,
  { range: [first, end], belongs }: Children,
  since: number,
  at?: number,
): { id: number; row: Row }[] {
  const ids = new Set(table.changedSince(since, 0, at));
  if (since < 0) {
    for (let index = first; index < Math.min(end, table.count); index++) ids.add(table.idAt(index));
  }
  return [...ids]
    .toSorted((one, other) => one - other)
    .flatMap((id) => {
      const row = table.row(id, at);
      return row && belongs(row) ? [{ id, row }] : [];
    });
}
