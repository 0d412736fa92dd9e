/** What exists, and how it changes: the lists' rows, the work orders' statuses, and the feeds that tell of the changes. */

import { columnOf, dress, overlaid, spoil, valueOf } from './wire-format.js';
import { Feed } from './feed.js';
import * as money from './money-rows.js';
import * as people from './people-rows.js';
import { hash, salt } from './random.js';
import type { Row, Site } from './tenant.js';
import * as places from './place-rows.js';
import type { Life, Maker } from './place-rows.js';
import { Story, type Episode } from './history.js';
import { Table } from './table.js';
import { DAY, HISTORY_END, HISTORY_START, stamp } from './times.js';
import * as types from './type-rows.js';
import * as work from './work-rows.js';

/** How the rows of each list are made. */
const MAKERS: Readonly<Record<string, Maker>> = {
  builder_orders: money.builderOrder,
  cities: places.city,
  communities: places.community,
  contracts: money.contract,
  crews: people.crew,
  customer_pricings: money.customerPricing,
  customers: people.customer,
  employees: people.employee,
  floorplans: places.floorplan,
  invoices: money.invoice,
  job_type_configuration: types.jobTypeConfiguration,
  jobs: places.job,
  offices: places.office,
  schedules: work.workOrder,
  takeoff_types: types.takeoffType,
  types: types.type,
  work_order_statuses: work.status,
  work_order_types: types.workOrderType,
  work_orders: work.workOrder,
};

/** The lists whose changes a feed tells, and the name of the snapshot there. */
const TOLD: Readonly<Record<string, readonly [feed: string, snapshot: string]>> = {
  jobs: ['job_events', 'job'],
  work_orders: ['work_order_events', 'work_order'],
  work_order_statuses: ['work_order_status_events', 'status'],
};

/** A schedule is a work order: what happens to one happens to the other. */
const TWINS: Readonly<Record<string, string>> = { schedules: 'work_orders', work_orders: 'schedules' };

/** The list whose rows, looks and feed the rows of a list share. */
function homeOf(stream: string): string {
  return stream === 'schedules' ? 'work_orders' : stream;
}

export interface WorldOptions {
  readonly site: Site;
  readonly ugly: boolean;
  /** The share of malformed rows, 0 to 1. */
  readonly malformed: number;
  /** The clock, ms. */
  readonly now: () => number;
}

export class World {
  readonly site: Site;
  readonly #options: WorldOptions;
  readonly #stories = new Map<string, Story>();
  readonly #tables = new Map<string, Table>();
  readonly #feeds = new Map<string, Feed>();
  #seq = 0;
  #time = HISTORY_END;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.site = options.site;
    for (const [list, [feed, snapshot]] of Object.entries(TOLD)) this.#tell(list, feed, snapshot);
    for (const [stream, maker] of Object.entries(MAKERS)) this.#tables.set(stream, this.#table(stream, maker));
  }

  #tell(list: string, stream: string, snapshot: string): void {
    const { site } = this;
    const story = new Story(site.size(stream), site.size(list));
    this.#stories.set(list, story);
    const row = ({ index, gone, step }: Episode, created: number, updated: number): Row => {
      const id = gone ? site.goneId(list, index) : site.id(list, index);
      return this.#make(list, index, { id, created, updated, etag: this.#etag(list, id, step) });
    };
    const dressed = (told: Row, index: number): Row => this.#dressed(list, told, index);
    const spoiled = (event: Row, at: number): unknown => this.#spoiled(stream, event, at);
    this.#feeds.set(stream, new Feed({ stream, snapshot, story, site, row, dress: dressed, spoil: spoiled }));
  }

  #table(stream: string, maker: Maker): Table {
    const { site } = this;
    const home = homeOf(stream);
    const make = (index: number): Row => this.#dressed(home, maker(site, index, this.#life(stream, index)), index);
    return new Table({
      size: site.size(stream),
      id: (index) => site.id(stream, index),
      index: (id) => site.index(stream, id),
      make,
      sent: (index) => this.#spoiled(home, make(index), index),
    });
  }

  #make(stream: string, index: number, life: Life): Row {
    return MAKERS[stream]?.(this.site, index, life) ?? {};
  }

  #dressed(stream: string, row: Row, index: number): Row {
    return this.#options.ugly ? dress(row, this.site.dice(`${stream}, dressed`, index)) : row;
  }

  #spoiled(stream: string, row: Row, index: number): unknown {
    if (this.#options.malformed === 0) return row;
    const dice = this.site.dice(`${stream}, spoilt`, index);
    return dice.below(1_000_000) < this.#options.malformed * 1_000_000 ? spoil(row, dice) : row;
  }

  #life(stream: string, index: number): Life {
    const home = homeOf(stream);
    const id = this.site.id(stream, index);
    const story = this.#stories.get(home);
    const steps = story?.steps(index) ?? 0;
    if (story && steps > 0) {
      const [created, updated] = [story.timeOf(index, false, 0), story.timeOf(index, false, steps - 1)];
      return { id, created, updated, etag: this.#etag(home, id, steps - 1) };
    }
    const size = Math.max(this.site.size(home), index + 1);
    const created = Math.floor(HISTORY_START + ((HISTORY_END - HISTORY_START) * index) / size);
    const updated = Math.min(created + (hash(this.site.seed, 1, index) % 60) * DAY, HISTORY_END);
    return { id, created, updated, etag: this.#etag(home, id, 0) };
  }

  #etag(stream: string, id: number, version: number): string {
    return `W/"${hash(id, salt(stream), version).toString(16).padStart(8, '0')}"`;
  }

  /** How many changes there have been. */
  get seq(): number {
    return this.#seq;
  }

  /** The rows of a list, or of `work_order_statuses`. Throws a RangeError on another name. */
  table(stream: string): Table {
    const table = this.#tables.get(stream);
    if (!table)
      throw new RangeError(`There is no list "${stream}"; take a list of streams.ts, or work_order_statuses.`);
    return table;
  }

  /** The events of a feed; undefined for the name of a list. */
  feed(stream: string): Feed | undefined {
    return this.#feeds.get(stream);
  }

  /** The rows or events of a stream as they would be sent now, all of them. Throws a RangeError on a name that is no stream's. */
  rows(stream: string): Iterable<unknown> {
    const feed = this.#feeds.get(stream);
    return feed ? feed.all() : this.table(stream).all();
  }

  #tick(): number {
    this.#seq += 1;
    this.#time = Math.max(this.#options.now(), this.#time + 1);
    return this.#time;
  }

  /** Sets cells of a row, moves its `updated_at` and `etag`, and tells of it. Throws a RangeError if there is no such row. */
  change(stream: string, id: number, fields: Row): void {
    const row = this.#existing(stream, id);
    const time = this.#tick();
    const changed = overlaid(row, { ...this.#touch(stream, row, id, time), ...fields });
    for (const table of this.#tablesOf(stream, id)) table.set(id, changed, this.#seq);
    const changes = Object.entries(fields).map(([key, value]) => [key, [valueOf(row, columnOf(key)), value]]);
    this.#append(stream, 'update', changed, Object.fromEntries(changes), time);
  }

  #existing(stream: string, id: number): Row {
    const row = this.table(stream).row(id);
    if (!row) throw new RangeError(`Stream ${stream} has no row ${id}; take an id from its rows.`);
    return row;
  }

  /** The tables that hold a row: a work order can be a schedule as well. */
  #tablesOf(stream: string, id: number): Table[] {
    const twin = TWINS[stream];
    const tables = [this.table(stream)];
    if (twin !== undefined && this.table(twin).row(id)) tables.push(this.table(twin));
    return tables;
  }

  #touch(stream: string, row: Row, id: number, time: number): Row {
    const touched: Row = {};
    if ('updated_at' in row) touched['updated_at'] = stamp(time);
    if ('etag' in row) touched['etag'] = this.#etag(stream, id, 1_000_000 + this.#seq);
    return touched;
  }

  #append(stream: string, kind: 'create' | 'update' | 'destroy', row: Row, changes: Row, time: number): void {
    const feed = this.#feeds.get(TOLD[homeOf(stream)]?.[0] ?? '');
    feed?.append(kind, row, changes, time);
  }

  /** Puts a row at the end of a list; cells that `fields` leaves out are made up. Gives its id. */
  add(stream: string, fields: Row): number {
    const table = this.table(stream);
    const { id, row } = table.next();
    const time = this.#tick();
    const born = 'created_at' in row ? { created_at: stamp(time) } : {};
    const added = overlaid(row, { ...this.#touch(stream, row, id, time), ...born, ...fields });
    table.add(added, this.#seq);
    this.#append(stream, 'create', added, {}, time);
    return id;
  }

  /** Takes a row away; lists say nothing of it, the feed does. Throws a RangeError if there is no such row. */
  remove(stream: string, id: number): void {
    const row = this.#existing(stream, id);
    const time = this.#tick();
    for (const table of this.#tablesOf(stream, id)) table.remove(id, this.#seq);
    this.#append(stream, 'destroy', row, {}, time);
  }
}
