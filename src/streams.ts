/**
 * The streams as data: where each is asked for and how it comes. Its columns stand in `schemas/NAME.json`.
 * A new stream is one entry here and one file there, nothing else. The facts are from the API's `streams.json`.
 */

/** A stream of the API. */
export interface StreamDef {
  readonly name: string;
  /** Below the API's root, `/open/v1`. */
  readonly path: string;
  /** The field of the answer that holds the rows. */
  readonly recordsKey: string;
  /** The columns of the primary key. */
  readonly keys: readonly string[];
  /** `list`: `next_batch` and `refresh_token`; `array`: the whole in one bare array; `events`: `event_token`. */
  readonly paging: 'list' | 'array' | 'events';
  /** Objects in a row whose fields become columns of the row: the object's name, and what is put before its fields' names. */
  readonly flatten: Readonly<Record<string, string>>;
  /** The columns whose raw values make up `event_id`. */
  readonly eventIdParts?: readonly string[];
}

function list(name: string, also: Partial<StreamDef> = {}): StreamDef {
  return {
    name,
    path: `/${name}`,
    recordsKey: name,
    keys: ['id'],
    paging: 'list',
    flatten: {},
    ...also,
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

/** Every stream, in the order of discovery: lists first, feeds last. */
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
  list('jobs'),
  list('offices'),
  list('schedules', { recordsKey: 'work_orders' }),
  list('takeoff_types'),
  list('types'),
  list('work_order_types'),
  list('work_orders'),
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

/** The stream of what could not be put out as declared; made by the tap, not by the API. */
export const REJECTED = 'rejected_records';
