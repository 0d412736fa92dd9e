/** All rows and events, and the changes to them. */

import type { StreamSchema } from '../../catalog/schema.js';
import type { StreamDef } from '../../streams.js';
import { Feed, type EventKind } from './feed.js';
import { History, type PastEvent } from './history.js';
import { hash, salt } from './random.js';
import type { Row, RowMeta } from './row.js';
import { findSources, type FeedDef, type ListDef, type Sources } from './sources.js';
import { Table } from './table.js';
import type { Tenant } from './tenant.js';
import { DAY, HISTORY_END, HISTORY_START, formatTimestamp } from './times.js';
import { addQuirks, columnName, columnValue, corruptRow, mergeFields } from './wire-format.js';

/** A schedule is a work order: a change to one is a change to the other. */
const SHARED_ROWS: Readonly<Record<string, string>> = {
  schedules: 'work_orders',
  work_orders: 'schedules',
};

/** Returns the list that determines the cells, the history and the feed of a list's rows. */
function baseList(list: string): string {
  return list === 'schedules' ? 'work_orders' : list;
}

export interface WorldOptions {
  readonly tenant: Tenant;
  readonly streams: readonly StreamDef[];
  /** Returns the schema of a stream. */
  readonly schemaOf: (stream: string) => StreamSchema;
  /** Whether rows have the irregularities of the live API. */
  readonly ugly: boolean;
  /** The share of malformed rows, 0 to 1. */
  readonly malformed: number;
  /** Returns the time in ms. */
  readonly now: () => number;
}

export class World {
  readonly tenant: Tenant;
  readonly streams: readonly StreamDef[];
  readonly #options: WorldOptions;
  readonly #sources: Sources;
  /** By list. */
  readonly #histories = new Map<string, History>();
  readonly #tables = new Map<string, Table>();
  readonly #feeds = new Map<string, Feed>();
  #seq = 0;
  #time = HISTORY_END;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.tenant = options.tenant;
    this.streams = options.streams;
    this.#sources = findSources(options.streams, options.schemaOf);
    for (const feed of this.#sources.feeds) this.#addFeed(feed);
    for (const list of this.#sources.lists.values()) this.#tables.set(list.name, this.#table(list));
  }

  #addFeed({ list, stream, snapshot, pastColumns, extras }: FeedDef): void {
    const { tenant } = this;
    const history = new History(tenant.size(stream), tenant.size(list));
    this.#histories.set(list, history);
    const makeRow = (event: PastEvent, created: number, updated: number): Row => {
      const { index, removed, step } = event;
      const id = removed ? tenant.removedId(list, index) : tenant.id(list, index);
      const meta = { id, created, updated, etag: this.#etag(list, id, step) };
      return this.#sources.lists.get(list)?.make(tenant, index, meta) ?? {};
    };
    const feed = new Feed({
      stream,
      snapshot,
      history,
      tenant,
      pastColumns,
      makeRow,
      makeExtras: (number, meta) => extras?.make(tenant, number, meta) ?? {},
      addQuirks: (row, index) => this.#addQuirks(list, row, index),
      corrupt: (event, number) => this.#corrupt(stream, 'event', event, number),
    });
    this.#feeds.set(stream, feed);
  }

  #table({ name, make, key }: ListDef): Table {
    const { tenant } = this;
    const base = baseList(name);
    const makeRow = (index: number): Row =>
      this.#addQuirks(base, make(tenant, index, this.#metaOf(name, index)), index);
    return new Table({
      size: tenant.size(name),
      idAt: (index) => tenant.id(name, index),
      indexOf: (id) => tenant.index(name, id),
      make: makeRow,
      makeSent: (index) => this.#corrupt(base, key, makeRow(index), index),
    });
  }

  #addQuirks(list: string, row: Row, index: number): Row {
    if (!this.#options.ugly) return row;
    const columns = this.#sources.lists.get(list)?.generator?.quirkColumns;
    // The purposes of random numbers, here and below, never change: the bytes of rows depend on them.
    return addQuirks(row, this.tenant.random(`${list}, dressed`, index), columns);
  }

  #corrupt(stream: string, key: string, row: Row, index: number): unknown {
    const { malformed } = this.#options;
    if (malformed === 0) return row;
    const random = this.tenant.random(`${stream}, spoilt`, index);
    return random.below(1_000_000) < malformed * 1_000_000 ? corruptRow(row, key, random) : row;
  }

  #metaOf(list: string, index: number): RowMeta {
    const base = baseList(list);
    const id = this.tenant.id(list, index);
    const history = this.#histories.get(base);
    const steps = history?.stepsOfRow(index) ?? 0;
    if (history && steps > 0) {
      const created = history.timeOfStep(index, false, 0);
      const updated = history.timeOfStep(index, false, steps - 1);
      return { id, created, updated, etag: this.#etag(base, id, steps - 1) };
    }
    const size = Math.max(this.tenant.size(base), index + 1);
    const created = Math.floor(HISTORY_START + ((HISTORY_END - HISTORY_START) * index) / size);
    const days = hash(this.tenant.seed, 1, index) % 60;
    const updated = Math.min(created + days * DAY, HISTORY_END);
    return { id, created, updated, etag: this.#etag(base, id, 0) };
  }

  #etag(list: string, id: number, version: number): string {
    return `W/"${hash(id, salt(list), version).toString(16).padStart(8, '0')}"`;
  }

  /** The number of changes so far. */
  get seq(): number {
    return this.#seq;
  }

  /** The lists without a row maker; their rows are generated. */
  get generatedLists(): readonly ListDef[] {
    return [...this.#sources.lists.values()].filter(({ generator }) => generator !== undefined);
  }

  /**
   * Returns the rows of a list.
   *
   * @param list a stream, or `work_order_statuses`
   * @throws RangeError if there is no such list
   */
  table(list: string): Table {
    const table = this.#tables.get(list);
    if (table) return table;
    throw new RangeError(
      `There is no list "${list}"; take a list of streams.ts, or work_order_statuses.`,
    );
  }

  /** Returns a feed, or undefined if the stream is not a feed. */
  feed(stream: string): Feed | undefined {
    return this.#feeds.get(stream);
  }

  /**
   * Returns all rows or events of a stream as they are sent now.
   *
   * @throws RangeError if there is no such stream
   */
  rows(stream: string): Iterable<unknown> {
    return (this.#feeds.get(stream) ?? this.table(stream)).all();
  }

  /** Counts a change. Returns its time, which is later than that of the change before. */
  #countChange(): number {
    this.#seq += 1;
    this.#time = Math.max(this.#options.now(), this.#time + 1);
    return this.#time;
  }

  /**
   * Sets cells of a row, updates its `updated_at` and `etag`, and adds an event.
   *
   * @throws RangeError if there is no such row
   */
  change(list: string, id: number, fields: Row): void {
    const row = this.#rowOf(list, id);
    const time = this.#countChange();
    const changed = mergeFields(row, { ...this.#versionCells(list, row, id, time), ...fields });
    for (const table of this.#tablesWith(list, id)) table.set(id, changed, this.#seq);
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
    if ('etag' in row) cells['etag'] = this.#etag(list, id, 1_000_000 + this.#seq);
    return cells;
  }

  #addEvent(list: string, kind: EventKind, row: Row, changes: Row, time: number): void {
    const base = baseList(list);
    const feed = this.#sources.feeds.find((feed) => feed.list === base);
    if (feed) this.#feeds.get(feed.stream)?.append(kind, row, changes, time);
  }

  /**
   * Adds a row at the end of a list, and an event.
   *
   * @param fields the row's cells; the others are made up
   * @returns the id of the row
   * @throws RangeError if there is no such list
   */
  add(list: string, fields: Row): number {
    const table = this.table(list);
    const { id, row } = table.nextRow();
    const time = this.#countChange();
    const created = 'created_at' in row ? { created_at: formatTimestamp(time) } : {};
    const version = this.#versionCells(list, row, id, time);
    const added = mergeFields(row, { ...version, ...created, ...fields });
    table.add(added, this.#seq);
    this.#addEvent(list, 'create', added, {}, time);
    return id;
  }

  /**
   * Removes a row and adds an event. The list itself does not report the removal.
   *
   * @throws RangeError if there is no such row
   */
  remove(list: string, id: number): void {
    const row = this.#rowOf(list, id);
    const time = this.#countChange();
    for (const table of this.#tablesWith(list, id)) table.remove(id, this.#seq);
    this.#addEvent(list, 'destroy', row, {}, time);
  }
}
