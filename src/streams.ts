/**
 * The streams as data: the path of each, its paging, and its key. The columns are in
 * `schemas/NAME.json`. A new stream needs one entry here and one file there.
 */

/** The feed of events about the rows of a list. */
export interface ListFeed {
  /** The name of the feed's stream. */
  readonly name: string;
  /** The field of an event that holds the whole row. */
  readonly snapshot: string;
  /** The list has only some of the feed's rows, so that only deletions can be taken from it. */
  readonly deletionsOnly?: true;
}

/** A stream of the API. */
export interface StreamDef {
  readonly name: string;
  /** Relative to the API's root, `/open/v1`. */
  readonly path: string;
  /** The field of a response that holds the rows. */
  readonly recordsKey: string;
  /** The columns of the primary key. */
  readonly keys: readonly string[];
  /**
   * `list`: pages with `next_batch`, then a `refresh_token`; `array`: one array with all rows;
   * `events`: pages with an `event_token`; `derived`: no list, made from the events of `feed`.
   */
  readonly paging: 'list' | 'array' | 'events' | 'derived';
  /** Objects in a row whose fields become columns: the object's name, and its columns' prefix. */
  readonly flatten: Readonly<Record<string, string>>;
  /** The columns whose raw values make up `event_id`. */
  readonly eventIdParts?: readonly string[];
  /** The feed that reports deleted rows of this list (`docs/architecture.md`, "A true copy"). */
  readonly feed?: ListFeed;
  /**
   * Columns that hold the key of another stream, and that stream's name: only those that were seen
   * (`docs/api.md`). A row may refer to a row that does not exist: see `deploy/dbt/README.md`.
   */
  readonly relations?: Readonly<Record<string, string>>;
}

function list(name: string, overrides: Partial<StreamDef> = {}): StreamDef {
  return {
    name,
    path: `/${name}`,
    recordsKey: name,
    keys: ['id'],
    paging: 'list',
    flatten: {},
    ...overrides,
  };
}

function events(
  name: string,
  path: string,
  snapshot: string,
  eventIdParts: readonly string[],
): StreamDef {
  return {
    name,
    path,
    recordsKey: 'events',
    keys: ['event_id'],
    paging: 'events',
    flatten: { [snapshot]: `${snapshot}_` },
    eventIdParts,
  };
}

/** Every stream that the API provides, in the order of the catalog: lists first, feeds last. */
export const STREAMS: readonly StreamDef[] = [
  list('builder_orders', { path: '/builder/orders' }),
  list('cities'),
  list('communities'),
  list('contracts'),
  list('crews'),
  list('customer_pricings'),
  list('customers', {
    flatten: {
      corporate_address: 'corporate_address_',
      corporate_contact: 'corporate_contact_',
      billing_address: 'billing_address_',
      billing_contact: 'billing_contact_',
    },
  }),
  list('employees', { flatten: { address: 'address_' } }),
  list('floorplans'),
  list('invoices', { recordsKey: 'accounting_invoices' }),
  list('job_type_configuration', { keys: ['job_type_id'], paging: 'array' }),
  list('jobs', { feed: { name: 'job_events', snapshot: 'job' } }),
  list('offices'),
  list('schedules', {
    recordsKey: 'work_orders',
    feed: { name: 'work_order_events', snapshot: 'work_order', deletionsOnly: true },
    relations: { id: 'work_orders', job_number: 'jobs' },
  }),
  list('takeoff_types'),
  list('types'),
  list('work_order_types'),
  list('work_orders', {
    feed: { name: 'work_order_events', snapshot: 'work_order' },
    relations: { job_number: 'jobs' },
  }),
  events('job_events', '/jobs/events', 'job', ['id', 'job_id', 'event', 'created_at']),
  events('work_order_events', '/work_orders/events', 'work_order', [
    'work_order_id',
    'event',
    'created_at',
  ]),
  events('work_order_status_events', '/work_order_statuses/events', 'status', [
    'id',
    'status_work_order_id',
    'event',
    'created_at',
  ]),
];

/** Streams that no path of the API provides: each is made from the events of a feed. */
export const DERIVED_STREAMS: readonly StreamDef[] = [
  {
    name: 'work_order_statuses',
    path: '/work_order_statuses/events',
    recordsKey: 'events',
    keys: ['id'],
    paging: 'derived',
    flatten: {},
    feed: { name: 'work_order_status_events', snapshot: 'status' },
    relations: { work_order_id: 'work_orders' },
  },
];

/** Every stream but `rejected_records`, in the order of the catalog. */
export const ALL_STREAMS: readonly StreamDef[] = [...STREAMS, ...DERIVED_STREAMS];

/** The columns that say when a row was deleted. The tap fills them; no row of the API does. */
export const DELETED_COLUMNS = ['deleted_at', '_sdc_deleted_at'] as const;

/** The column with the fields of a row that no property declares. The tap fills it. */
export const RESCUED = '_rescued_data';

/** The columns that are not selected by default. */
export const OPTIONAL_COLUMNS: readonly string[] = ['_sdc_deleted_at', RESCUED];

/** The stream of values and rows that do not fit their schema. The tap makes it, not the API. */
export const REJECTED = 'rejected_records';
