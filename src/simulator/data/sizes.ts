/** The number of rows in each list and of events in each feed. */

import type { StreamDef } from '../../streams.js';

/** Sizes of lists and feeds by name. */
export type Sizes = Readonly<Record<string, number>>;

type Size = readonly [share: number, maximum: number];

/** The size of a list or feed: its share of the `rows` option, and its maximum. */
const SIZES: Readonly<Record<string, Size>> = {
  builder_orders: [0.3, Infinity],
  cities: [0.03, 150],
  communities: [0.05, 3_000],
  contracts: [0.6, Infinity],
  crews: [0.04, 400],
  customer_pricings: [0.5, Infinity],
  customers: [0.05, 3_000],
  employees: [0.08, 1_000],
  floorplans: [0.12, 8_000],
  invoices: [0.45, Infinity],
  job_type_configuration: [1, 4],
  jobs: [1, Infinity],
  offices: [1, 3],
  schedules: [0.5, Infinity],
  takeoff_types: [1, 12],
  types: [1, 36],
  work_order_types: [1, 10],
  work_orders: [1, Infinity],
  job_events: [3, Infinity],
  work_order_events: [3, Infinity],
  work_order_status_events: [2, Infinity],
};

/**
 * The sizes of streams that the table above does not contain. An array has no pages: keep it short.
 */
const DEFAULT_SIZES: Readonly<Record<StreamDef['paging'], Size>> = {
  list: [0.2, 3_000],
  array: [1, 10],
  events: [0.6, 9_000],
  derived: [0, 0],
};

/** How many events the rows of a generated feed have on average. */
const EVENTS_PER_ROW = 3;

export const STATUSES_PER_WORK_ORDER = 4;

/**
 * Returns the name of the list whose rows the events of a feed are about, if no stream has them.
 */
export function hiddenListName(feed: string): string {
  return `rows of ${feed}`;
}

/**
 * Computes the sizes of all lists and feeds, including the lists that are not streams.
 *
 * @param rows the size of the largest lists
 * @param exact sizes by stream, which take precedence
 * @param streams the streams that the simulator serves
 */
export function computeSizes(rows: number, exact: Sizes, streams: readonly StreamDef[]): Sizes {
  const defaults = streams.map(({ name, paging }) => [name, DEFAULT_SIZES[paging]] as const);
  const sizes: Record<string, number> = {};
  for (const [stream, size] of Object.entries({ ...Object.fromEntries(defaults), ...SIZES })) {
    const [share, maximum] = size;
    sizes[stream] = exact[stream] ?? Math.min(Math.ceil(rows * share), maximum);
  }
  sizes['work_order_statuses'] = (sizes['work_orders'] ?? 0) * STATUSES_PER_WORK_ORDER;
  for (const { name, paging } of streams) {
    const events = sizes[name] ?? 0;
    if (paging === 'events') sizes[hiddenListName(name)] = Math.ceil(events / EVENTS_PER_ROW);
  }
  return sizes;
}
