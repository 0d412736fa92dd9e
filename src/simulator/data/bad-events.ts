/** Events with a defect. They are about a row that exists: nothing may follow from them. */

import type { Row } from './row.js';
import type { World } from './world.js';

/** Makes the cells of an event with a defect: each is complete but for one thing. */
type BadEvent = (row: Row, snapshot: string, key: string) => Row;

const BAD_EVENTS = {
  /** A `destroy` event whose snapshot has no key. */
  'no-key': (row, snapshot, key) => {
    const { [key]: _, ...rest } = row;
    return { event: 'destroy', [snapshot]: rest };
  },
  /** A `destroy` event whose key is a text. */
  'text-key': (row, snapshot, key) => ({ event: 'destroy', [snapshot]: { ...row, [key]: 'x' } }),
  /** A `destroy` event whose snapshot is a text. */
  'text-snapshot': (_, snapshot) => ({ event: 'destroy', [snapshot]: 'Row 12' }),
  /** A `destroy` event without a snapshot. */
  'no-snapshot': () => ({ event: 'destroy' }),
  /** An `update` event with a cell of the wrong type. The rest of the row is true. */
  'bad-cell': (row, snapshot) => ({
    event: 'update',
    changes: {},
    [snapshot]: { ...row, updated_at: '0000-00-00' },
  }),
  'unknown-kind': (row, snapshot) => ({ event: 'archive', [snapshot]: row }),
  /** A `destroy` event with a `created_at` that is not a time. */
  'bad-time': (row, snapshot) => ({ event: 'destroy', created_at: 'soon', [snapshot]: row }),
} as const satisfies Readonly<Record<string, BadEvent>>;

export type EventDefect = keyof typeof BAD_EVENTS;

function isDefect(name: string): name is EventDefect {
  return Object.hasOwn(BAD_EVENTS, name);
}

/** The names of all defects. */
export const EVENT_DEFECTS: readonly EventDefect[] = Object.keys(BAD_EVENTS).filter(isDefect);

/**
 * Appends an event with a defect to the feed of a list. The row stays as it is.
 *
 * @throws RangeError if there is no such list or row, or if the list has no feed
 */
export function appendBadEvent(world: World, list: string, id: number, defect: EventDefect): void {
  const row = world.existingRow(list, id);
  const feed = world.feedOf(list);
  const event = BAD_EVENTS[defect](row, feed.snapshot, world.listOf(list).key);
  feed.appendRaw(event, world.countChange());
}
