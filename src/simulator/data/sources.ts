/** The sources of rows and events: a row maker or a generator for each list. */

import type { StreamSchema } from '../../catalog/schema.js';
import type { StreamDef } from '../../streams.js';
import { findList } from './cells.js';
import { columnsOf, RowGenerator, type GeneratedColumn } from './generator.js';
import * as money from './money-rows.js';
import { JOB_PAST, STATUS_PAST, WORK_ORDER_PAST, type PastColumn } from './past-values.js';
import * as people from './people-rows.js';
import * as places from './place-rows.js';
import type { RowMaker } from './row.js';
import { hiddenListName } from './sizes.js';
import * as types from './type-rows.js';
import * as work from './work-rows.js';

/** The row makers by list. `work_order_statuses` is a list that is not a stream. */
const ROW_MAKERS: Readonly<Record<string, RowMaker>> = {
  builder_orders: money.makeBuilderOrder,
  cities: places.makeCity,
  communities: places.makeCommunity,
  contracts: money.makeContract,
  crews: people.makeCrew,
  customer_pricings: money.makeCustomerPricing,
  customers: people.makeCustomer,
  employees: people.makeEmployee,
  floorplans: places.makeFloorplan,
  invoices: money.makeInvoice,
  job_type_configuration: types.makeJobTypeConfiguration,
  jobs: places.makeJob,
  offices: places.makeOffice,
  schedules: work.makeWorkOrder,
  takeoff_types: types.makeTakeoffType,
  types: types.makeType,
  work_order_statuses: work.makeStatus,
  work_order_types: types.makeWorkOrderType,
  work_orders: work.makeWorkOrder,
};

/** The feeds about lists that have a row maker. */
const KNOWN_FEEDS: readonly FeedDef[] = [
  { stream: 'job_events', list: 'jobs', snapshot: 'job', pastColumns: JOB_PAST },
  {
    stream: 'work_order_events',
    list: 'work_orders',
    snapshot: 'work_order',
    pastColumns: WORK_ORDER_PAST,
  },
  {
    stream: 'work_order_status_events',
    list: 'work_order_statuses',
    snapshot: 'status',
    pastColumns: STATUS_PAST,
  },
];

/** The cells that every event has, and the one that the tap adds. */
const EVENT_CELLS = new Set(['id', 'event', 'author', 'created_at', 'changes', 'event_id']);

/** A list and its rows. */
export interface ListDef {
  readonly name: string;
  readonly make: RowMaker;
  /** The generator behind `make`, if the list has no row maker. */
  readonly generator?: RowGenerator;
  /** The column without which a row is malformed. */
  readonly key: string;
}

/** A feed and the list whose rows its events are about. */
export interface FeedDef {
  readonly stream: string;
  readonly list: string;
  /** The key of the snapshot in an event. */
  readonly snapshot: string;
  /** The columns that change in the past of a row. */
  readonly pastColumns: readonly PastColumn[];
  /** Makes the cells that only events of this feed have. */
  readonly extras?: RowGenerator;
}

export interface Sources {
  readonly lists: ReadonlyMap<string, ListDef>;
  readonly feeds: readonly FeedDef[];
}

/**
 * Finds a source for every stream: a row maker, or a generator for the stream's schema.
 *
 * @param streams all streams
 * @param schemaOf returns the schema of a stream; called only for streams without a row maker
 */
export function findSources(
  streams: readonly StreamDef[],
  schemaOf: (stream: string) => StreamSchema,
): Sources {
  const finder = new Finder(streams, schemaOf);
  // Feeds come last: the list that a feed is about has to exist.
  for (const stream of streams) if (stream.paging !== 'events') finder.addList(stream);
  for (const stream of streams) if (stream.paging === 'events') finder.addFeed(stream);
  return finder;
}

class Finder implements Sources {
  readonly lists = new Map<string, ListDef>();
  readonly feeds = [...KNOWN_FEEDS];
  readonly #streams: readonly StreamDef[];
  readonly #schemaOf: (stream: string) => StreamSchema;
  readonly #listNames: readonly string[];

  constructor(streams: readonly StreamDef[], schemaOf: (stream: string) => StreamSchema) {
    this.#streams = streams;
    this.#schemaOf = schemaOf;
    this.#listNames = streams.filter(({ paging }) => paging === 'list').map(({ name }) => name);
    for (const [name, make] of Object.entries(ROW_MAKERS)) {
      const key = streams.find((stream) => stream.name === name)?.keys[0] ?? 'id';
      this.lists.set(name, { name, make, key });
    }
  }

  addList(stream: StreamDef): void {
    if (!this.lists.has(stream.name)) {
      this.#generate(stream.name, this.#columnsOf(stream), stream.keys[0] ?? 'id');
    }
  }

  addFeed(stream: StreamDef): void {
    const { name, flatten } = stream;
    if (this.feeds.some((feed) => feed.stream === name)) return;
    const columns = this.#columnsOf(stream);
    const [snapshot = 'row'] = Object.keys(flatten);
    const cells = snapshotCells(columns, snapshot);
    const id = idColumn(cells);
    const list =
      this.#findSubject(snapshot, cells) ?? this.#generate(hiddenListName(name), cells, id);
    const extras = columns.filter(
      ({ name, parent }) => parent === undefined && !EVENT_CELLS.has(name),
    );
    this.feeds.push({
      stream: name,
      list: list.name,
      snapshot,
      pastColumns: new RowGenerator(name, cells, id, []).pastColumns,
      extras: new RowGenerator(name, extras, '', this.#listNames),
    });
  }

  #columnsOf(stream: StreamDef): GeneratedColumn[] {
    const required = [...stream.keys, ...(stream.eventIdParts ?? [])];
    return columnsOf(stream, this.#schemaOf(stream.name), required);
  }

  #generate(name: string, columns: readonly GeneratedColumn[], key: string): ListDef {
    const generator = new RowGenerator(name, columns, key, this.#listNames);
    const make: RowMaker = (tenant, index, meta) => generator.make(tenant, index, meta);
    const list = { name, make, generator, key };
    this.lists.set(name, list);
    return list;
  }

  /** Returns the list with the name and all columns of a snapshot, if it exists and has no feed. */
  #findSubject(snapshot: string, cells: readonly GeneratedColumn[]): ListDef | undefined {
    const name = findList(snapshot, this.#listNames);
    const stream = this.#streams.find((stream) => stream.name === name);
    if (!stream || Object.keys(stream.flatten).length > 0 || cells.length === 0) return undefined;
    if (this.feeds.some(({ list }) => list === name)) return undefined;
    const { properties } = this.#schemaOf(stream.name);
    const hasAll = cells.every((cell) => cell.name in properties);
    return hasAll ? this.lists.get(stream.name) : undefined;
  }
}

/** Returns the columns of the snapshot as columns of a list. */
function snapshotCells(columns: readonly GeneratedColumn[], snapshot: string): GeneratedColumn[] {
  return columns
    .filter(({ parent }) => parent === snapshot)
    .map(({ key, schema, nullable }) => ({ name: key, key, parent: undefined, schema, nullable }));
}

function idColumn(columns: readonly GeneratedColumn[]): string {
  const names = columns.map(({ name }) => name);
  return names.find((name) => name === 'id') ?? names.find((name) => name.endsWith('_id')) ?? 'id';
}
