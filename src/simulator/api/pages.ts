/** Pages of lists and feeds, and the tokens that lead from one to the next, under each reading that API.md leaves open. */

import type { Feed } from '../data/feed.js';
import type { Slice } from '../data/table.js';
import type { Payload, Tokens } from './tokens.js';

/** How the API behaves where nobody knows. */
export interface Readings {
  readonly pageSize: number;
  readonly refreshTokenOn: 'every' | 'last';
  readonly refreshTokenMade: 'start' | 'page';
  readonly eventEnd: 'empty' | 'repeat-empty' | 'repeat-page' | 'repeat-new';
  readonly eventStart: 'beginning' | 'refuse';
}

/** A page before it is written: rows under a key (null: a bare array), with tokens beside them. */
export interface Page {
  readonly key: string | null;
  readonly rows: readonly unknown[];
  readonly tokens: Readonly<Record<string, string | null>>;
}

/** What is asked for. */
export interface Wanted {
  /** The request's path; tokens are bound to it. */
  readonly path: string;
  readonly key: string;
  readonly query: URLSearchParams;
  /** Rows to send in place of the right ones, without going on: the page that was asked for comes next. */
  readonly instead?: readonly unknown[];
}

/** Where a walk stands. Rows come by id; `since` is the number of the change it began after, negative for a walk over all. */
interface Walk {
  readonly after: number;
  readonly since: number;
  /** The number of the last change when it began. */
  readonly started: number;
  readonly page: number;
}

/** Bytes that put `+` and `/` into the base64 of every token, wherever they stand: both occur in the live API's. */
const AWKWARD = 'ÿþÿþÿþ';

function walkOf(payload: Payload | undefined): Walk | undefined {
  if (!payload) return undefined;
  const part = (key: keyof Walk): number => Number(payload[key]);
  return { after: part('after'), since: part('since'), started: part('started'), page: part('page') };
}

export class Pages {
  readonly #tokens: Tokens;
  readonly #readings: Readings;
  /** By feed and end of a page: where the page began. */
  readonly #begun = new Map<string, number>();
  #asked = 0;

  constructor(tokens: Tokens, readings: Readings) {
    this.#tokens = tokens;
    this.#readings = readings;
  }

  /**
   * A page of a list: `slice` gives its rows, `seq` is the number of the world's last change.
   * Undefined where the token that came is stale or of another path.
   */
  list(wanted: Wanted, slice: (after: number, since: number, limit: number) => Slice, seq: number): Page | undefined {
    const walk = this.#walk(wanted, seq);
    if (!walk) return undefined;
    const { rows, last, more } = wanted.instead
      ? { rows: wanted.instead, last: walk.after, more: true }
      : slice(walk.after, walk.since, this.#readings.pageSize);
    const tokens: Record<string, string | null> = {};
    if (more) tokens['next_batch'] = this.#nextBatch(wanted.path, { ...walk, after: last, page: walk.page + 1 });
    // Absent or null at the end: both are seen.
    else if (walk.since < 0) tokens['next_batch'] = null;
    if (!more || this.#readings.refreshTokenOn === 'every') {
      const made = this.#readings.refreshTokenMade === 'start' ? walk.started : seq;
      const payload = { path: wanted.path, seq: made, salt: AWKWARD };
      tokens['refresh_token'] = this.#tokens.issue('refresh_token', payload);
    }
    return { key: wanted.key, rows, tokens };
  }

  #walk({ path, query }: Wanted, seq: number): Walk | undefined {
    const next = query.get('next_batch');
    if (next) return walkOf(this.#tokens.read('next_batch', path, next));
    const refresh = query.get('refresh_token');
    if (!refresh) return { after: 0, since: -1, started: seq, page: 0 };
    const payload = this.#tokens.read('refresh_token', path, refresh);
    return payload && { after: 0, since: Number(payload['seq']), started: seq, page: 0 };
  }

  #nextBatch(path: string, walk: Walk): string {
    return this.#tokens.issue('next_batch', { path, ...walk, salt: AWKWARD });
  }

  /** A page of a feed. Undefined where the token is stale or of another path, or where one is wanted and none came. */
  events(wanted: Wanted, feed: Feed): Page | undefined {
    const sent = wanted.query.get('event_token');
    if (!sent && this.#readings.eventStart === 'refuse') return undefined;
    const payload = sent ? this.#tokens.read('event_token', wanted.path, sent) : undefined;
    if (sent && !payload) return undefined;
    const from = payload ? Math.max(0, Math.min(feed.upTo(Number(payload['event_id'])), feed.count)) : 0;
    const stay = sent || this.#eventToken(wanted.path, feed.idOf(from - 1));
    if (wanted.instead) return { key: wanted.key, rows: wanted.instead, tokens: { event_token: stay } };
    const to = Math.min(from + this.#readings.pageSize, feed.count);
    if (from === to) return this.#feedEnd(wanted, feed, from, stay);
    this.#begun.set(`${wanted.path} ${to}`, from);
    const repeats = sent && to === feed.count && this.#readings.eventEnd === 'repeat-new';
    const token = repeats ? sent : this.#eventToken(wanted.path, feed.idOf(to - 1));
    return { key: wanted.key, rows: feed.slice(from, to), tokens: { event_token: token } };
  }

  /** What comes where there is nothing new. */
  #feedEnd(wanted: Wanted, feed: Feed, from: number, stay: string): Page {
    const { key, path } = wanted;
    if (this.#readings.eventEnd === 'empty') {
      this.#asked += 1;
      const token = this.#eventToken(path, feed.idOf(from - 1), { asked: this.#asked });
      return { key, rows: [], tokens: { event_token: token } };
    }
    const begun = this.#begun.get(`${path} ${from}`) ?? from - this.#readings.pageSize;
    const rows = this.#readings.eventEnd === 'repeat-page' ? feed.slice(Math.max(0, begun), from) : [];
    return { key, rows, tokens: { event_token: stay } };
  }

  #eventToken(path: string, id: number, also: Readonly<Record<string, number>> = {}): string {
    return this.#tokens.issue('event_token', { event_id: id, page_size: this.#readings.pageSize, path, ...also });
  }
}
