/** All rows and events, and the clock and the number of their changes. */

import type { StreamDef } from '../../streams.js';
import type { EventKind, Feed } from './feed.js';
import type { Row } from './row.js';
import type { ListDef } from './sources.js';
import { baseList, Stores, type WorldOptions } from './stores.js';
import type { Table } from './table.js';
import type { Tenant } from './tenant.js';
import { HISTORY_END, formatTimestamp } from './times.js';

/**
 * A schedule is a work order, under the same id: a change to one is a change to the other. Not
 * every work order is a schedule.
 */
export const SHARED_ROWS: Readonly<Record<string, string>> = {
  schedules: 'work_orders',
  work_orders: 'schedules',
};

export class Records {
  readonly tenant: Tenant;
  readonly streams: readonly StreamDef[];
  readonly #now: () => number;
  readonly #stores: Stores;
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
    throw noList(list);
  }

  /**
   * Returns the definition of a list.
   *
   * @throws RangeError if there is no such list
   */
  listOf(list: string): ListDef {
    const found = this.#stores.sources.lists.get(list);
    if (found) return found;
    throw noList(list);
  }

  /** Returns a feed, or undefined if the stream is not a feed. */
  feed(stream: string): Feed | undefined {
    return this.#stores.feeds.get(stream);
  }

  /**
   * Returns the feed of a list.
   *
   * @throws RangeError if there is no such list, or if it has no feed
   */
  feedOf(list: string): Feed {
    const feed = this.#findFeed(this.listOf(list).name);
    if (feed) return feed;
    throw new RangeError(`The list "${list}" has no feed; take one that a feed is about.`);
  }

  #findFeed(list: string): Feed | undefined {
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
   * Returns a row.
   *
   * @throws RangeError if there is no such row
   */
  existingRow(list: string, id: number): Row {
    const row = this.table(list).row(id);
    if (!row) throw new RangeError(`Stream ${list} has no row ${id}; take an id from its rows.`);
    return row;
  }

  /** Returns the tables that contain a row: a work order can be a schedule as well. */
  protected tablesWith(list: string, id: number): Table[] {
    const other = SHARED_ROWS[list];
    const tables = [this.table(list)];
    if (other !== undefined && this.table(other).row(id)) tables.push(this.table(other));
    return tables;
  }

  /** Returns the cells that a change at a time sets. */
  protected versionCells(list: string, row: Row, id: number, time: number): Row {
    const cells: Row = {};
    if ('updated_at' in row) cells['updated_at'] = formatTimestamp(time);
    if ('etag' in row) cells['etag'] = this.#stores.etag(list, id, 1_000_000 + this.#seq);
    return cells;
  }

  /** Adds an event, if the list has a feed. */
  protected addEvent(list: string, kind: EventKind, row: Row, changes: Row, time: number): void {
    this.#findFeed(list)?.append(kind, row, changes, time);
  }
}

function noList(list: string): RangeError {
  return new RangeError(
    `There is no list "${list}"; take a list of streams.ts, or work_order_statuses.`,
  );
}
