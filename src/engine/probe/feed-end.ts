/** How a feed ends, as its pages show it. */
import { isObject } from '../../json.js';
import { STREAMS, type StreamDef } from '../../streams.js';
import { isPage, type Evidence, type Seen } from './evidence.js';

export type FeedEnd =
  | 'empty'
  | 'empty-no-token'
  | 'repeat-empty'
  | 'repeat-empty-at-once'
  | 'repeat-page'
  | 'repeat-new'
  | 'repeat-some';

/** The feeds that have given a page: those of a user's token and of few events first. */
export function feedsSeen({ first }: Evidence): StreamDef[] {
  const begun = STREAMS.flatMap(({ name, paging }) => {
    const page = paging === 'events' ? first.get(name) : undefined;
    return isPage(page) ? [page] : [];
  });
  return begun.toSorted((a, b) => rank(a) - rank(b)).map(({ stream }) => stream);
}

function rank({ sent, rows }: Seen): number {
  return sent === null ? rows.length : -1;
}

/** The pages of a feed so far. */
export function pagesOfFeed({ first, feed }: Evidence, { name }: StreamDef): Seen[] {
  const begun = first.get(name);
  return [...(isPage(begun) ? [begun] : []), ...feed.filter(({ stream }) => stream.name === name)];
}

/**
 * How a feed ends; null if its end was not reached, or cannot be told. `repeat-empty-at-once`: no
 * page before the empty one was requested with a token, so it is not seen whether the last page
 * with events would have repeated its token. `repeat-some`: its rows cannot be compared.
 */
export function endOfFeed(pages: readonly Seen[]): FeedEnd | null {
  const last = pages.at(-1);
  if (last === undefined || last.sent === null) return null;
  const before = pages.slice(0, -1);
  const isRepeated = last.event === last.sent;
  if (last.rows.length === 0) {
    if (!isRepeated) return last.event === null ? 'empty-no-token' : 'empty';
    return before.some(({ sent, rows }) => sent !== null && rows.length > 0)
      ? 'repeat-empty'
      : 'repeat-empty-at-once';
  }
  if (!isRepeated) return null;
  const known = new Set(before.flatMap(({ rows }) => rows.map((row) => JSON.stringify(row))));
  if (known.size === 0) return 'repeat-some';
  const came = last.rows.filter((row) => known.has(JSON.stringify(row)));
  if (came.length === last.rows.length) return 'repeat-page';
  return came.length === 0 ? 'repeat-new' : 'repeat-some';
}

/** How feeds end: the clearest of the ends seen. */
export function endOfFeeds(evidence: Evidence): FeedEnd | null {
  const ends = feedsSeen(evidence).map((feed) => endOfFeed(pagesOfFeed(evidence, feed)));
  const seen = ends.filter((end) => end !== null);
  return seen.find((end) => isClear(end)) ?? seen[0] ?? null;
}

/** Whether another feed could show more. */
export function isClear(end: FeedEnd | null): boolean {
  return end !== null && end !== 'repeat-empty-at-once' && end !== 'repeat-some';
}

/** The list whose rows a feed's events hold, and the field that they are in. */
const SNAPSHOTS = STREAMS.flatMap(({ name, feed }) =>
  feed === undefined || feed.deletionsOnly === true ? [] : [{ list: name, feed }],
);

/** Whether events hold the columns of their list; null if not seen. */
export function columnsOfEvents({ first }: Evidence): 'same' | 'fewer' | null {
  const compared = SNAPSHOTS.flatMap(({ list, feed }) => {
    const rows = first.get(list);
    const events = first.get(feed.name);
    if (!isPage(rows) || !isPage(events)) return [];
    const lists = rows.rows.filter((row) => isObject(row));
    const snapshots = events.rows
      .map((event) => (isObject(event) ? event[feed.snapshot] : undefined))
      .filter((row) => isObject(row));
    if (lists.length === 0 || snapshots.length === 0) return [];
    // A field of some rows only may be new, and the events are old.
    const common = Object.keys(lists[0] ?? {}).filter((name) => lists.every((row) => name in row));
    return [common.every((name) => snapshots.some((row) => name in row))];
  });
  if (compared.length === 0) return null;
  return compared.every((one) => one) ? 'same' : 'fewer';
}
