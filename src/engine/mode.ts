/** How each stream of a run begins, and the log lines that say so before the first call. Pure. */
import type { Mode } from '../reports/report.js';
import { modeOf, paginatorOf } from './paginate.js';
import type { PlannedStream } from '../catalog/plan.js';
import { forget, type Bookmark, type State } from '../singer/state.js';

/** What decides how the streams of a run begin. */
export interface Beginning {
  /** The state that was read. */
  readonly state: State;
  /** Streams whose bookmarks are ignored. */
  readonly fullRefresh: readonly string[];
  readonly eventStartTokens: Readonly<Record<string, string>>;
}

/** How a stream begins, and the reason if that is not its bookmark. */
export interface Start {
  readonly bookmark: Bookmark;
  readonly mode: Mode;
  readonly why: string | null;
}

/** Returns how a stream of the plan begins. */
export function startOf(planned: PlannedStream, from: Beginning): Start {
  const { stream, fullTable } = planned;
  const { state, fullRefresh, eventStartTokens } = from;
  const isForgotten = fullRefresh.includes(stream.name);
  const found = state.bookmarks[stream.name];
  const bookmark = forget(state, fullRefresh).bookmarks[stream.name] ?? {};
  const startToken = startTokenOf(planned, eventStartTokens);
  const mode = startMode(planned, bookmark, startToken);
  if (mode !== 'full') return { bookmark, mode, why: null };
  const isFirst = Object.keys(state.bookmarks).length === 0;
  const reasons = [
    [fullTable, 'FULL_TABLE'],
    [isForgotten, '--full-refresh'],
    [found !== undefined, 'no token in the bookmark'],
    [isFirst, 'first run'],
  ] as const;
  const why = reasons.find(([holds]) => holds)?.[1] ?? 'no bookmark';
  const isFeed = stream.paging === 'events' || stream.paging === 'derived';
  const isFrom = isFeed && startToken !== undefined;
  return { bookmark, mode, why: isFrom ? `${why}, from event_start_tokens` : why };
}

/** The user's first token of a feed, or of the feed that a stream is made from. */
function startTokenOf(
  { stream: { name, paging, feed } }: PlannedStream,
  tokens: Beginning['eventStartTokens'],
): string | undefined {
  return tokens[paging === 'derived' ? (feed?.name ?? name) : name];
}

function startMode(
  { stream, fullTable }: PlannedStream,
  bookmark: Bookmark,
  startToken: string | undefined,
): Mode {
  if (stream.paging === 'derived')
    return bookmark.events_token === undefined ? 'full' : 'incremental';
  return modeOf(paginatorOf(stream, { fullTable, startToken }).start(bookmark));
}

/** Returns the feeds that are read from their beginning, which can take days in a large tenant. */
export function feedsFromBeginning(streams: readonly PlannedStream[], from: Beginning): string[] {
  const full = streams.filter((planned) => {
    const { paging } = planned.stream;
    if (paging !== 'events' && paging !== 'derived') return false;
    const start = startTokenOf(planned, from.eventStartTokens);
    return start === undefined && startOf(planned, from).mode === 'full';
  });
  const feeds = new Set(full.map(({ stream }) => stream.name));
  // A stream that is made from a feed at its beginning costs no further call.
  return full
    .filter(({ stream }) => stream.paging === 'events' || !feeds.has(stream.feed?.name ?? ''))
    .map(({ stream }) => stream.name);
}

const WORDS = {
  incremental: 'incremental from a bookmark',
  continued: 'continuing an interrupted walk',
  full: 'in full',
} as const satisfies Record<Mode, string>;

/** Returns one line for each way of beginning, with the names of its streams. */
export function modeLines(streams: readonly PlannedStream[], from: Beginning): string[] {
  const groups = new Map<string, string[]>();
  for (const planned of streams) {
    const { mode, why } = startOf(planned, from);
    const words = why === null ? WORDS[mode] : `${WORDS[mode]} (${why})`;
    groups.set(words, [...(groups.get(words) ?? []), planned.stream.name]);
  }
  return [...groups].map(([words, names]) => `${words}: ${names.join(', ')}`);
}
