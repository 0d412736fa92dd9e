/** How each stream of a run begins, and the lines that say so before the first call. Pure. */
import type { Mode } from '../reports/report.js';
import { modeOf, paginatorOf } from './paginate.js';
import type { PlannedStream } from '../catalog/plan.js';
import type { Bookmark, State } from '../singer/state.js';

/** What decides how the streams of a run begin. */
export interface Beginning {
  /** As it came in. */
  readonly state: State;
  /** Streams whose bookmarks are forgotten. */
  readonly fullRefresh: readonly string[];
  readonly eventStartTokens: Readonly<Record<string, string>>;
}

/** How a stream begins, and the reason if that is not its bookmark. */
export interface Start {
  readonly bookmark: Bookmark;
  readonly mode: Mode;
  readonly why: string | null;
}

/** How a stream of the plan begins. */
export function startOf({ stream, fullTable }: PlannedStream, from: Beginning): Start {
  const { state, fullRefresh, eventStartTokens } = from;
  const isForgotten = fullRefresh.includes(stream.name);
  const kept = state.bookmarks[stream.name];
  const bookmark = isForgotten || kept === undefined ? {} : kept;
  const startToken = eventStartTokens[stream.name];
  const mode = modeOf(paginatorOf(stream, { fullTable, startToken }).start(bookmark));
  if (mode !== 'full') return { bookmark, mode, why: null };
  const isFirst = Object.keys(state.bookmarks).length === 0;
  const reasons = [
    [fullTable, 'FULL_TABLE'],
    [isForgotten, '--full-refresh'],
    [kept !== undefined, 'no token in the bookmark'],
    [isFirst, 'first run'],
  ] as const;
  const why = reasons.find(([holds]) => holds)?.[1] ?? 'no bookmark';
  const isFrom = stream.paging === 'events' && startToken !== undefined;
  return { bookmark, mode, why: isFrom ? `${why}, from event_start_tokens` : why };
}

const WORDS = {
  incremental: 'incremental from a bookmark',
  continued: 'continuing an interrupted walk',
  full: 'in full',
} as const satisfies Record<Mode, string>;

/** A line per way of beginning, with the names of its streams. */
export function modeLines(streams: readonly PlannedStream[], from: Beginning): string[] {
  const groups = new Map<string, string[]>();
  for (const planned of streams) {
    const { mode, why } = startOf(planned, from);
    const words = why === null ? WORDS[mode] : `${WORDS[mode]} (${why})`;
    groups.set(words, [...(groups.get(words) ?? []), planned.stream.name]);
  }
  return [...groups].map(([words, names]) => `${words}: ${names.join(', ')}`);
}
