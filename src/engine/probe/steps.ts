/** The requests of a probe, as data. */
import { isObject } from '../../json.js';
import { STREAMS, type StreamDef } from '../../streams.js';
import {
  corrupted,
  isPage,
  pagesOf,
  TOKEN_KINDS,
  type Evidence,
  type Seen,
  type TokenKind,
} from './evidence.js';
import { endOfFeed, feedsSeen, isClear, pagesOfFeed } from './feed-end.js';
import type { Request, Step } from './probe.js';

/** Pages of a list and of a feed at most. With the first pages, all steps take 39 calls. */
const MOST_PAGES = 5;
const MOST_FEED_PAGES = 5;

/** Lists in the order in which one is walked: those of a few pages in most tenants first. */
const WALKED = [
  'cities',
  'employees',
  'contracts',
  'jobs',
  'work_orders',
  'schedules',
  'invoices',
  'builder_orders',
];

/** Every list and feed once. A feed with a first token of the user is asked with it. */
const firstPages: Step = {
  name: 'the first page of each stream',
  goesOn: true,
  next({ first }, { eventStartTokens }) {
    const stream = STREAMS.find(({ name }) => !first.has(name));
    if (stream === undefined) return null;
    const token = eventStartTokens[stream.name];
    return { stream, query: token === undefined ? {} : { event_token: token } };
  },
  keep: ({ first }, response, { stream }) => void first.set(stream.name, response),
};

/** The list that is walked: the first of `WALKED` that goes on after its first page. */
function walkedList({ first, walk }: Evidence): StreamDef | null {
  const [begun] = walk;
  if (begun !== undefined) return begun.stream;
  for (const name of WALKED) {
    const page = first.get(name);
    if (isPage(page) && page.next !== null) return page.stream;
  }
  return null;
}

const walk = (kept: 'walk' | 'again', name: string): Step => ({
  name,
  next(evidence) {
    const pages = evidence[kept];
    const stream = walkedList(evidence);
    if (stream === null || (kept === 'again' && evidence.walk.length === 0)) return null;
    const first = kept === 'walk' ? evidence.first.get(stream.name) : undefined;
    const last = pages.at(-1) ?? (isPage(first) ? first : undefined);
    if (last === undefined) return { stream, query: {} };
    if (last.next === null || pages.length >= MOST_PAGES) return null;
    return { stream, query: { next_batch: last.next } };
  },
  keep(evidence, response) {
    if (!isPage(response)) return;
    const first = evidence.first.get(response.stream.name);
    // The first page was the first page of the walk. The later it goes on, the more has changed.
    if (kept === 'walk' && evidence.walk.length === 0 && isPage(first)) evidence.walk.push(first);
    evidence[kept].push(response);
  },
});

/** The page with the refresh token to send: the last one of the walk, or a list of one page. */
function refreshed({ walk: pages, first }: Evidence): Seen | undefined {
  const last = pages.at(-1);
  if (last !== undefined && last.refresh !== null) return last;
  return pagesOf(first.values())
    .filter(({ next, refresh: token, rows }) => next === null && token !== null && rows.length > 0)
    .toSorted(
      (a, b) => Number(hasTimes(b)) - Number(hasTimes(a)) || b.rows.length - a.rows.length,
    )[0];
}

/** Whether the rows of a page tell when they changed. */
function hasTimes({ rows }: Seen): boolean {
  return rows.some((row) => isObject(row) && typeof row['updated_at'] === 'string');
}

const refresh: Step = {
  name: 'the refresh token of a list',
  next(evidence) {
    const page = evidence.refreshed === null ? refreshed(evidence) : undefined;
    if (page === undefined || page.refresh === null) return null;
    return { stream: page.stream, query: { refresh_token: page.refresh } };
  },
  keep: (evidence, response) => void (evidence.refreshed = response),
};

/** One feed after another, until the end of one is clear. */
const feed: Step = {
  name: 'the end of a feed',
  next(evidence) {
    if (evidence.feed.length >= MOST_FEED_PAGES) return null;
    for (const stream of feedsSeen(evidence)) {
      const pages = pagesOfFeed(evidence, stream);
      const end = endOfFeed(pages);
      if (isClear(end)) return null;
      const token = pages.at(-1)?.event ?? null;
      if (end === null && token !== null) return { stream, query: { event_token: token } };
    }
    return null;
  },
  keep(evidence, response) {
    if (isPage(response)) evidence.feed.push(response);
  },
};

/** A token of this kind that the API gave. */
function tokenOf(kind: TokenKind, { first, walk: pages }: Evidence): Request | null {
  for (const page of [...pagesOf(first.values()), ...pages]) {
    const token = { next_batch: page.next, refresh_token: page.refresh, event_token: page.event };
    const value = token[kind];
    if (value !== null) return { stream: page.stream, query: { [kind]: corrupted(value) } };
  }
  return null;
}

const wrongToken = (kind: TokenKind): Step => ({
  name: `a wrong ${kind}`,
  asksRefusal: true,
  next: (evidence) => (evidence.corrupted.has(kind) ? null : tokenOf(kind, evidence)),
  keep: (evidence, response) => void evidence.corrupted.set(kind, response),
});

/** All requests, in their order. */
export const STEPS: readonly Step[] = [
  firstPages,
  walk('walk', 'a walk of a list'),
  // Before the second walk: a row that this still shows was there, and the same.
  refresh,
  walk('again', 'the same walk again'),
  ...TOKEN_KINDS.map((kind) => wrongToken(kind)),
  feed,
];
