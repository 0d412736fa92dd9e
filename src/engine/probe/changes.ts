/**
 * What a walk, the same walk again, and the refresh token of the first one show about rows that
 * changed during the first one. The server's clock is known to the second only, so a row counts if
 * it changed surely after the first page was made and surely before the last one was.
 */
import { isObject } from '../../json.js';
import { toDateTime } from '../../shape/timestamp.js';
import { isPage, pagesOf, type Evidence, type Seen } from './evidence.js';

const SECOND = 1000;
/** A row that changed longer ago is not among the changes that an overlap of tokens repeats. */
const OLD = 3_600_000;

/** A row that changed during the walk. */
export interface Changed {
  readonly id: unknown;
  readonly at: number;
}

/** The rows that changed during the walk, as the second walk shows them. */
export function changedDuring({ walk, again }: Evidence): Changed[] {
  const from = walk[0]?.serverTime;
  const to = walk.at(-1)?.serverTime;
  if (from === null || from === undefined || to === null || to === undefined) return [];
  return again.flatMap(({ rows }) =>
    rows.flatMap((row) => {
      const at = updatedAt(row);
      if (at === null || at < from + SECOND || !isBefore(at, to)) return [];
      return [{ id: idOf(row), at }];
    }),
  );
}

/** Whether a row that changed then surely changed before a response. Both may be whole seconds. */
function isBefore(at: number, serverTime: number): boolean {
  return at % SECOND === 0 ? at + SECOND <= serverTime : at < serverTime;
}

/** Whether the walk showed rows as they were then, or as they were at its start; null: not seen. */
export function rowsOfWalk(evidence: Evidence): 'live' | 'frozen' | null {
  for (const { id, at } of changedDuring(evidence)) {
    const page = evidence.walk.find(({ rows }) => rows.some((row) => idOf(row) === id));
    if (page?.serverTime === null || page === undefined || !isBefore(at, page.serverTime)) continue;
    const row = page.rows.find((one) => idOf(one) === id);
    return updatedAt(row) === at ? 'live' : 'frozen';
  }
  return null;
}

/**
 * Where the refresh token is; `mixed` if pages of the same place differ, null if not seen. Pages
 * without rows say nothing.
 */
export function placeOfToken({
  first,
  walk,
  again,
}: Evidence): 'every' | 'last' | 'none' | 'mixed' | null {
  const pages = [...pagesOf(first.values()), ...walk.slice(1), ...again].filter(
    ({ stream, rows }) => stream.paging === 'list' && rows.length > 0,
  );
  const followed = pages.filter(({ next }) => next !== null);
  const last = pages.filter(({ next }) => next === null);
  const onFollowed = shareOf(followed);
  const onLast = shareOf(last);
  if (onFollowed === 'some' || onLast === 'some') return 'mixed';
  if (onFollowed === 'all') return onLast === 'none' ? 'mixed' : 'every';
  if (onLast === null) return null;
  if (onLast === 'none') return 'none';
  return onFollowed === null ? null : 'last';
}

/** How many of the pages have a refresh token; null without pages. */
function shareOf(pages: readonly Seen[]): 'all' | 'some' | 'none' | null {
  if (pages.length === 0) return null;
  const having = pages.filter(({ refresh }) => refresh !== null).length;
  if (having === 0) return 'none';
  return having === pages.length ? 'all' : 'some';
}

/**
 * From when on the refresh token of the walk's last page counts; `differ` if it is only seen that
 * pages have different tokens, null if nothing shows it.
 */
export function tokenMade(evidence: Evidence): 'start' | 'page' | 'differ' | null {
  const place = placeOfToken(evidence);
  if (place !== 'every' && place !== 'last') return null;
  const { walk, refreshed } = evidence;
  const isOfWalk = isPage(refreshed) && refreshed.stream === walk[0]?.stream;
  if (isOfWalk && refreshBringsAll(evidence) === false) {
    const brought = new Map(refreshed.rows.map((row) => [idOf(row), updatedAt(row)]));
    const changed = changedDuring(evidence);
    const came = changed.some(({ id, at }) => brought.get(id) === at);
    // The second walk came after the token, so these rows were there. The rest of the changes may
    // be on the next page.
    const lacked = refreshed.next === null && changed.some(({ id }) => !brought.has(id));
    if (came !== lacked) return came ? 'start' : 'page';
  }
  return place === 'every' && new Set(walk.map(({ refresh }) => refresh)).size > 1
    ? 'differ'
    : null;
}

/** Whether the refresh token brings every row again; null if not seen. */
export function refreshBringsAll({ walk, first, refreshed }: Evidence): boolean | null {
  if (!isPage(refreshed)) return null;
  const { stream, rows } = refreshed;
  const before = walk[0]?.stream === stream ? walk[0] : first.get(stream.name);
  if (!isPage(before) || before.serverTime === null || before.rows.length === 0) return null;
  const ids = new Set(before.rows.map((row) => idOf(row)));
  const again = rows.filter((row) => ids.has(idOf(row)));
  if (again.length * 2 < ids.size) return false;
  const since = before.serverTime - OLD;
  const old = again.filter((row) => (updatedAt(row) ?? Infinity) < since);
  // All of them may have changed meanwhile.
  return old.length * 2 < ids.size ? null : true;
}

function idOf(row: unknown): unknown {
  return isObject(row) ? row['id'] : undefined;
}

function updatedAt(row: unknown): number | null {
  const text = isObject(row) ? row['updated_at'] : undefined;
  const utc = typeof text === 'string' ? toDateTime(text) : null;
  return utc === null ? null : Date.parse(utc);
}
