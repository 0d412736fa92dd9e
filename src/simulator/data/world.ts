/** All rows and events, and the changes to them. */

import type { StreamDef } from '../../streams.js';
import { findChildren, statusesOfWorkOrder } from './children.js';
import type { EventKind, Feed } from './feed.js';
import type { Row } from './row.js';
import type { ListDef } from './sources.js';
import { baseList, Stores, type WorldOptions } from './stores.js';
import type { Table } from './table.js';
import type { Tenant } from './tenant.js';
import { HISTORY_END, formatTimestamp } from './times.js';
import { columnName, columnValue, mergeFields } from './wire-format.js';

/**
 * A schedule is a work order, under the same id: a change to one is a change to the other. Not
 * every work order is a schedule.
 */
const SHARED_ROWS: Readonly<Record<string, string>> = {
  schedules: 'work_orders',
  work_orders: 'schedules',
};

/** Options of `restore`. */
export interface RestoreOptions {
  /**
   * Restores neither the schedule of a work order nor its statuses, which were removed with it.
   * Default: false.
   */
  readonly rowOnly?: boolean;
}

export class World {
  readonly tenant: Tenant;
  readonly streams: readonly StreamDef[];
  readonly #now: () => number;
  readonly #stores: Stores;
  /** The statuses that were removed with a work order, by its id. */
  readonly #statusesGone = new Map<number, readonly number[]>();
  #seq = 0;
  #time = HISTORY_END;

  constructor(options: WorldOptions) {
    this.tenant = options.tenant;
    this.streams = options.streams;
    this.#now = options.now;
    this.#stores = new Stores(options);
  }

  /** The number of changes so far. */
  get seq(): number {
    return this.#seq;
  }

  /** The server's time in ms. No event is later. */
  get time(): number {
    return Math.max(this.#now(), this.#time);
  }

  /** The lists without a row maker; their rows are generated. */
  get generatedLists(): readonly ListDef[] {
    const lists = [...this.#stores.sources.lists.values()];
    return lists.filter(({ generator }) => generator !== undefined);
  }

  /**
   * Returns the rows of a list.
   *
   * @param list a stream, or `work_order_statuses`
   * @throws RangeError if there is no such list
   */
  table(list: string): Table {
    const table = this.#stores.tables.get(list);
    if (table) return table;
    throw new RangeError(
      `There is no list "${list}"; take a list of streams.ts, or work_order_statuses.`,
    );
  }

  /** Returns a feed, or undefined if the stream is not a feed. */
  feed(stream: string): Feed | undefined {
    return this.#stores.feeds.get(stream);
  }

  /** Returns the feed of a list, or undefined if the list has none. */
  feedOf(list: string): Feed | undefined {
    const base = baseList(list);
    const feed = this.#stores.sources.feeds.find((feed) => feed.list === base);
    return feed && this.feed(feed.stream);
  }

  /**
   * Returns all rows or events of a stream as they are sent now.
   *
   * @throws RangeError if there is no such stream
   */
  rows(stream: string): Iterable<unknown> {
    return (this.feed(stream) ?? this.table(stream)).all();
  }

  /** Counts a change. Returns its time, which is later than that of the change before. */
  countChange(): number {
    this.#seq += 1;
    this.#time = Math.max(this.#now(), this.#time + 1);
    return this.#time;
  }

  /**
   * Sets cells of a row, updates its `updated_at` and `etag`, and adds an event.
   *
   * @throws RangeError if there is no such row
   */
  change(list: string, id: number, fields: Row): void {
    this.#change(list, id, fields, this.#tablesWith(list, id));
  }

  /** Changes a row, and stores it in some tables. */
  #change(list: string, id: number, fields: Row, tables: readonly Table[]): void {
    const row = this.#rowOf(list, id);
    const time = this.countChange();
    const changed = mergeFields(row, { ...this.#versionCells(list, row, id, time), ...fields });
    for (const table of tables) table.set(id, changed, this.#seq);
    const changes = Object.entries(fields).map(([key, value]) => [
      key,
      [columnValue(row, columnName(key)), value],
    ]);
    this.#addEvent(list, 'update', changed, Object.fromEntries(changes), time);
  }

  #rowOf(list: string, id: number): Row {
    const row = this.table(list).row(id);
    if (!row) throw new RangeError(`Stream ${list} has no row ${id}; take an id from its rows.`);
    return row;
  }

  /** Returns the tables that contain a row: a work order can be a schedule as well. */
  #tablesWith(list: string, id: number): Table[] {
    const other = SHARED_ROWS[list];
    const tables = [this.table(list)];
    if (other !== undefined && this.table(other).row(id)) tables.push(this.table(other));
    return tables;
  }

  #versionCells(list: string, row: Row, id: number, time: number): Row {
    const cells: Row = {};
    if ('updated_at' in row) cells['updated_at'] = formatTimestamp(time);
    if ('etag' in row) cells['etag'] = this.#stores.etag(list, id, 1_000_000 + this.#seq);
    return cells;
  }

  #addEvent(list: string, kind: EventKind, row: Row, changes: Row, time: number): void {
    this.feedOf(list)?.append(kind, row, changes, time);
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
    const version = this.#versionCells(list, row, id, time);
    const added = mergeFields(row, { ...version, ...created, ...fields });
    if (list === 'schedules' && workOrders.count === table.count) workOrders.add(added, this.#seq);
    table.add(added, this.#seq);
    this.#addEvent(list, 'create', added, {}, time);
    return id;
  }

  /** Makes the next work order a schedule. Returns its id, or undefined if there is none. */
  #schedule(schedules: Table, workOrders: Table, fields: Row): number | undefined {
    while (workOrders.removedRow(schedules.idAt(schedules.count))) schedules.skip();
    const id = schedules.idAt(schedules.count);
    if (!workOrders.row(id)) return undefined;
    this.#change('work_orders', id, fields, [workOrders]);
    schedules.add(this.#rowOf('work_orders', id), this.#seq);
    return id;
  }

  /**
   * Removes a row and adds an event. The list itself does not report the removal. The statuses of a
   * work order are removed first.
   *
   * @throws RangeError if there is no such row
   */
  remove(list: string, id: number): void {
    const row = this.#rowOf(list, id);
    if (baseList(list) === 'work_orders') this.#removeStatuses(id);
    const time = this.countChange();
    for (const table of this.#tablesWith(list, id)) table.remove(id, row, this.#seq);
    this.#addEvent(list, 'destroy', row, {}, time);
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
    const row = mergeFields(last, { ...this.#versionCells(list, last, id, time), ...fields });
    for (const table of this.#tablesWithout(list, id, rowOnly)) table.set(id, row, this.#seq);
    this.#addEvent(list, 'create', row, {}, time);
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
