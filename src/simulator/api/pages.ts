/**
 * Pages of lists and feeds, and the tokens that link them. The documentation of the API leaves some
 * behavior open; options select it.
 */

import type { SliceRows } from '../data/children.js';
import type { Feed } from '../data/feed.js';
import type { Payload, Tokens } from './tokens.js';

/** The behavior that the documentation of the API leaves open; see `SimulatorOptions`. */
export interface PagingBehavior {
  readonly pageSize: number;
  readonly pages: 'live' | 'frozen';
  readonly refreshTokenOn: 'every' | 'last';
  readonly refreshTokenMade: 'start' | 'page';
  readonly refreshReturns: 'changes' | 'all';
  readonly eventEnd: 'empty' | 'repeat-empty' | 'repeat-page' | 'repeat-new';
  readonly eventStart: 'beginning' | 'refuse';
}

/** A page before it is serialized: rows under a key (null for a bare array), and tokens. */
export interface Page {
  readonly key: string | null;
  readonly rows: readonly unknown[];
  readonly tokens: Readonly<Record<string, string | null>>;
}

/** A request for a page. */
export interface PageRequest {
  /** The path of the request. Tokens are valid only for it. */
  readonly path: string;
  readonly key: string;
  readonly query: URLSearchParams;
  /** Rows to send instead of the requested page. The next request gets the requested page. */
  readonly replacement?: readonly unknown[];
}

/** The position of a walk through a list, in the order of the ids. */
interface Walk {
  /** The id of the last row that was sent. */
  readonly after: number;
  /** The walk covers what changed after the change with this number; negative for all rows. */
  readonly since: number;
  /** The number of the last change before the walk began. */
  readonly started: number;
  readonly page: number;
}

/** Text whose base64 contains `+` and `/` at any offset, as the tokens of the live API do. */
const SALT = 'ÿþÿþÿþ';

function parseWalk(payload: Payload | undefined): Walk | undefined {
  if (!payload) return undefined;
  const part = (key: keyof Walk): number => Number(payload[key]);
  return {
    after: part('after'),
    since: part('since'),
    started: part('started'),
    page: part('page'),
  };
}

export class Pages {
  readonly #tokens: Tokens;
  readonly #behavior: PagingBehavior;
  /** The first event of a page, by the path of the feed and the end of the page. */
  readonly #pageStarts = new Map<string, number>();
  /** How many empty pages were sent: each has a different token. */
  readonly #emptyPages = new Map<string, number>();

  constructor(tokens: Tokens, behavior: PagingBehavior) {
    this.#tokens = tokens;
    this.#behavior = behavior;
  }

  /**
   * Makes a page of a list.
   *
   * @param slice returns the rows, as `Table.slice` does
   * @param seq the number of changes so far
   * @returns undefined if the token of the request is expired or of another path
   */
  listPage(request: PageRequest, slice: SliceRows, seq: number): Page | undefined {
    const walk = this.#resumeWalk(request, seq);
    if (!walk) return undefined;
    const { rows, last, more } = request.replacement
      ? { rows: request.replacement, last: walk.after, more: true }
      : slice(walk.after, walk.since, this.#behavior.pageSize, this.#stateOf(walk));
    const tokens: Record<string, string | null> = {};
    if (more)
      tokens['next_batch'] = this.#nextBatch(request.path, {
        ...walk,
        after: last,
        page: walk.page + 1,
      });
    // The live API ends a walk with null or without the key.
    else if (walk.since < 0) tokens['next_batch'] = null;
    if (!more || this.#behavior.refreshTokenOn === 'every') {
      const made = this.#behavior.refreshTokenMade === 'start' ? walk.started : seq;
      const payload = { path: request.path, seq: made, salt: SALT };
      tokens['refresh_token'] = this.#tokens.issue('refresh_token', payload);
    }
    return { key: request.key, rows, tokens };
  }

  /** Returns the number of the change after which a walk shows rows; undefined for now. */
  #stateOf({ started }: Walk): number | undefined {
    return this.#behavior.pages === 'frozen' ? started : undefined;
  }

  #resumeWalk({ path, query }: PageRequest, seq: number): Walk | undefined {
    const next = query.get('next_batch');
    if (next) return parseWalk(this.#tokens.read('next_batch', path, next));
    const refresh = query.get('refresh_token');
    if (!refresh) return { after: 0, since: -1, started: seq, page: 0 };
    const payload = this.#tokens.read('refresh_token', path, refresh);
    const isAll = this.#behavior.refreshReturns === 'all';
    const since = isAll ? -1 : Number(payload?.['seq']);
    return payload && { after: 0, since, started: seq, page: 0 };
  }

  #nextBatch(path: string, walk: Walk): string {
    return this.#tokens.issue('next_batch', { path, ...walk, salt: SALT });
  }

  /**
   * Makes a page of a feed.
   *
   * @returns undefined if the token is expired, of another path, or missing although it is required
   */
  eventPage(request: PageRequest, feed: Feed): Page | undefined {
    const sent = request.query.get('event_token');
    if (!sent && this.#behavior.eventStart === 'refuse') return undefined;
    const payload = sent ? this.#tokens.read('event_token', request.path, sent) : undefined;
    if (sent && !payload) return undefined;
    const from = payload
      ? Math.max(0, Math.min(feed.countUpTo(Number(payload['event_id'])), feed.count))
      : 0;
    const sameToken = sent || this.#eventToken(request.path, feed.idOf(from - 1));
    if (request.replacement)
      return { key: request.key, rows: request.replacement, tokens: { event_token: sameToken } };
    const to = Math.min(from + this.#behavior.pageSize, feed.count);
    if (from === to) return this.#lastPage(request, feed, from, sameToken);
    this.#pageStarts.set(`${request.path} ${to}`, from);
    const repeats = sent && to === feed.count && this.#behavior.eventEnd === 'repeat-new';
    const token = repeats ? sent : this.#eventToken(request.path, feed.idOf(to - 1));
    return { key: request.key, rows: feed.slice(from, to), tokens: { event_token: token } };
  }

  /** Makes the page of a request without new events. */
  #lastPage(request: PageRequest, feed: Feed, from: number, sameToken: string): Page {
    const { key, path } = request;
    if (this.#behavior.eventEnd === 'empty') {
      const asked = (this.#emptyPages.get(path) ?? 0) + 1;
      this.#emptyPages.set(path, asked);
      const token = this.#eventToken(path, feed.idOf(from - 1), { asked });
      return { key, rows: [], tokens: { event_token: token } };
    }
    const start = this.#pageStarts.get(`${path} ${from}`) ?? from - this.#behavior.pageSize;
    const rows =
      this.#behavior.eventEnd === 'repeat-page' ? feed.slice(Math.max(0, start), from) : [];
    return { key, rows, tokens: { event_token: sameToken } };
  }

  #eventToken(path: string, id: number, extra: Readonly<Record<string, number>> = {}): string {
    return this.#tokens.issue('event_token', {
      event_id: id,
      page_size: this.#behavior.pageSize,
      path,
      ...extra,
    });
  }
}
