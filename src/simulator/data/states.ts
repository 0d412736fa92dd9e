/** What the events of a feed say about the rows of its list: the truth for tests. */

import type { Row } from './row.js';
import type { World } from './world.js';

/** The newest state of a row. */
export interface RowState {
  /** The row as it is, or as it last was. */
  readonly row: Row;
  /** `created_at` of the event that removed the row; null while the row exists. */
  readonly deletedAt: string | null;
}

/**
 * Returns the newest state of each row that the feed of a list has an event about, by id. Events
 * that were malformed or appended as they are do not count.
 *
 * @param list a list with a feed, `work_order_statuses` included
 * @throws RangeError if there is no such list, or if it has no feed
 */
export function statesOf(world: World, list: string): Map<number, RowState> {
  const { key } = world.listOf(list);
  const states = new Map<number, RowState>();
  for (const { kind, row, createdAt } of world.feedOf(list).facts()) {
    states.set(Number(row[key]), { row, deletedAt: kind === 'destroy' ? createdAt : null });
  }
  return states;
}
