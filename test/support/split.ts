/** The streams of the two schedules in deploy/, as issue and documentation name them. */
import { ALL_STREAMS } from '#src/streams.js';

const KEPT = ['jobs', 'schedules', 'work_orders', 'work_order_statuses'];

/** Returns the streams of each schedule: `events` every 2 hours, `tables` every 6. */
export function splitOf(): { readonly events: string[]; readonly tables: string[] } {
  const feeds = ALL_STREAMS.filter(({ paging }) => paging === 'events').map(({ name }) => name);
  const events = [...KEPT, ...feeds];
  const names = ALL_STREAMS.map(({ name }) => name);
  return { events, tables: names.filter((name) => !events.includes(name)) };
}
