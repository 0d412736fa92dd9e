/** The order of the streams in a run. Pure. */
import { feedOf } from './kept-list.js';
import type { PlannedStream } from '../catalog/plan.js';

/**
 * Returns the order of a run: the stream in which an earlier run was cut short comes first, those
 * before it last. Streams that a feed keeps come before the feed, so that their own rows are
 * written before the events.
 */
export function orderStreams(
  streams: readonly PlannedStream[],
  syncing: string | null | undefined,
): PlannedStream[] {
  const names = streams.map(({ stream }) => stream.name);
  const at = Math.max(0, names.indexOf(syncing ?? ''));
  const ordered = new Set<PlannedStream>();
  for (const planned of [...streams.slice(at), ...streams.slice(0, at)]) {
    for (const list of streams) if (feedOf(list)?.name === planned.stream.name) ordered.add(list);
    ordered.add(planned);
  }
  return [...ordered];
}
