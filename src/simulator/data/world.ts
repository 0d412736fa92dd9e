/** Changes to rows, and their events. */

import { findChildren, statusesOfWorkOrder } from './children.js';
import { Records, SHARED_ROWS } from './records.js';
import type { Row } from './row.js';
import { baseList } from './stores.js';
import type { Table } from './table.js';
import { formatTimestamp } from './times.js';
import { columnName, columnValue, mergeFields } from './wire-format.js';

/** Options of `restore`. */
export interface RestoreOptions {
  /**
   * Restores neither the schedule of a work order nor its statuses, which were removed with it.
   * Default: false.
   */
  readonly rowOnly?: boolean;
}

export class World extends Records {
  /** The statuses that were removed with a work order, by its id. */
  readonly #statusesGone = new Map<number, readonly number[]>();

  /**
   * Sets cells of a row, updates its `updated_at` and `etag`, and adds an event.
   *
   * @throws RangeError if there is no such row
   */
  change(list: string, id: number, fields: Row): void {
    this.#change(list, id, fields, this.tablesWith(list, id));
  }

  /** Changes a row, and stores it in some tables. */
  #change(list: string, id: number, fields: Row, tables: readonly Table[]): void {
    const row = this.existingRow(list, id);
    const time = this.countChange();
    const changed = mergeFields(row, { ...this.versionCells(list, row, id, time), ...fields });
    for (const table of tables) table.set(id, changed, this.seq);
    const changes = Object.entries(fields).map(([key, value]) => [
      key,
      [columnValue(row, columnName(key)), value],
    ]);
    this.addEvent(list, 'update', changed, Object.fromEntries(changes), time);
  }

  /**
   * Appends an event that may be malformed; see `Feed.appendRaw`.
   *
   * @throws RangeError if there is no such feed
   */
  appendEvent(stream: string, event: unknown): void {
    const feed = this.feed(stream);
    if (!feed) throw new RangeError(`There is no feed "${stream}"; take a feed of streams.ts.`);
    feed.appendRaw(event, this.countChange());
  }

  /**
   * Adds a row at the end of a list, and an event. A new schedule is the next work order that was
   * not one, if there is one; the event is an `update` of it.
   *
   * @param fields the row's cells; the others are made up
   * @returns the id of the row
   * @throws RangeError if there is no such list
   */
  add(list: string, fields: Row): number {
    const table = this.table(list);
    const workOrders = this.table('work_orders');
    const scheduled = list === 'schedules' ? this.#schedule(table, workOrders, fields) : undefined;
    if (scheduled !== undefined) return scheduled;
    const { id, row } = table.nextRow();
    const time = this.countChange();
    const created = 'created_at' in row ? { created_at: formatTimestamp(time) } : {};
    const version = this.versionCells(list, row, id, time);
    const added = mergeFields(row, { ...version, ...created, ...fields });
    if (list === 'schedules' && workOrders.count === table.count) workOrders.add(added, this.seq);
    table.add(added, this.seq);
    this.addEvent(list, 'create', added, {}, time);
    return id;
  }

  /** Makes the next work order a schedule. Returns its id, or undefined if there is none. */
  #schedule(schedules: Table, workOrders: Table, fields: Row): number | undefined {
    while (workOrders.removedRow(schedules.idAt(schedules.count))) schedules.skip();
    const id = schedules.idAt(schedules.count);
    if (!workOrders.row(id)) return undefined;
    this.#change('work_orders', id, fields, [workOrders]);
    schedules.add(this.existingRow('work_orders', id), this.seq);
    return id;
  }

  /**
   * Removes a row and adds an event. The list itself does not report the removal. The statuses of a
   * work order are removed first.
   *
   * @throws RangeError if there is no such row
   */
  remove(list: string, id: number): void {
    const row = this.existingRow(list, id);
    if (baseList(list) === 'work_orders') this.#removeStatuses(id);
    const time = this.countChange();
    for (const table of this.tablesWith(list, id)) table.remove(id, row, this.seq);
    this.addEvent(list, 'destroy', row, {}, time);
  }

  #removeStatuses(workOrder: number): void {
    const children = statusesOfWorkOrder(this.tenant, workOrder);
    const ids = findChildren(this.table('work_order_statuses'), children, -1).map(({ id }) => id);
    for (const id of ids) this.remove('work_order_statuses', id);
    this.#statusesGone.set(workOrder, ids);
  }

  /**
   * Restores a removed row under its id, and adds a `create` event. The row is as it last was, but
   * with another `updated_at` and `etag`. A work order also comes back as a schedule if it was one,
   * and with the statuses that were removed with it.
   *
   * A schedule whose work order exists comes back with an `update` event.
   *
   * @param fields cells that differ
   * @throws RangeError if there is no such removed row
   */
  restore(list: string, id: number, fields: Row, { rowOnly = false }: RestoreOptions): void {
    const last = this.table(list).removedRow(id);
    if (!last)
      throw new RangeError(`Stream ${list} has no removed row ${id}; take an id that was removed.`);
    const workOrders = this.table('work_orders');
    if (list === 'schedules' && workOrders.row(id)) {
      this.#change('work_orders', id, fields, [workOrders, this.table(list)]);
      return;
    }
    const time = this.countChange();
    const row = mergeFields(last, { ...this.versionCells(list, last, id, time), ...fields });
    for (const table of this.#tablesWithout(list, id, rowOnly)) table.set(id, row, this.seq);
    this.addEvent(list, 'create', row, {}, time);
    if (baseList(list) === 'work_orders' && !rowOnly) this.#restoreStatuses(id);
  }

  /** Returns the tables to restore a row in. A schedule always comes back with its work order. */
  #tablesWithout(list: string, id: number, rowOnly: boolean): Table[] {
    const other = SHARED_ROWS[list];
    const tables = [this.table(list)];
    if (other === undefined || (rowOnly && list === 'work_orders')) return tables;
    return this.table(other).removedRow(id) ? [...tables, this.table(other)] : tables;
  }

  #restoreStatuses(workOrder: number): void {
    for (const id of this.#statusesGone.get(workOrder) ?? []) {
      if (this.table('work_order_statuses').removedRow(id)) {
        this.restore('work_order_statuses', id, {}, {});
      }
    }
  }
}
