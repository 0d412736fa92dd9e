/**
 * What a walk, the same walk again, and the refresh token of the first one show about rows that
 * changed during the first one. The server's clock is known to the second only, so a row counts if
 * it changed surely after the first page was made and surely before the last one was.
 */
import { isObject } from '../../json.js';
import { isPage, type Evidence, type Seen } from './evidence.js';

const SECOND = 1000;

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
      if (at === null || at < from + SECOND || at > to) return [];
      return [{ id: idOf(row), at }];
    }),
  );
}

/** Whether the walk showed rows as they were then, or as they were at its start; null: not seen. */
export function rowsOfWalk(evidence: Evidence): 'live' | 'frozen' | null {
  for (const { id, at } of changedDuring(evidence)) {
    const page = evidence.walk.find(({ rows }) => rows.some((row) => idOf(row) === id));
    if (page?.serverTime === null || page === undefined || at > page.serverTime) continue;
    const row = page.rows.find((one) => idOf(one) === id);
    return updatedAt(row) === at ? 'live' : 'frozen';
  }
  return null;
}

/** Where the refresh token is; null if no list has a page that is followed by another. */
export function placeOfToken({ walk, first }: Evidence): 'every' | 'last' | 'none' | null {
  const last = walk.at(-1);
  const isWhole = last?.next === null;
  if (isWhole && last.refresh === null) return 'none';
  const followed = [...first.values()].filter(isPage).filter(({ next }) => next !== null);
  if (followed.length === 0) return null;
  if (followed.every(({ refresh }) => refresh !== null)) return 'every';
  return isWhole ? 'last' : null;
}

/** From when on the refresh token of the last page counts; null if nothing shows it. */
export function tokenMade(evidence: Evidence): 'start' | 'page' | null {
  const { walk, refreshed } = evidence;
  const place = placeOfToken(evidence);
  if (place === null || place === 'none') return null;
  const changed = changedDuring(evidence);
  if (isPage(refreshed) && changed.length > 0) {
    const brought = new Set(refreshed.rows.map((row) => idOf(row)));
    if (changed.some(({ id }) => brought.has(id))) return 'start';
    // The rest of the changes may be on the next page.
    if (refreshed.next === null) return 'page';
  }
  return place === 'every' && new Set(walk.map(({ refresh }) => refresh)).size > 1 ? 'page' : null;
}

/** Whether the refresh token brings every row again; null if not seen. */
export function refreshBringsAll({ walk, refreshed }: Evidence): boolean | null {
  if (!isPage(refreshed) || walk.length === 0) return null;
  return ids(refreshed) === ids(walk[0]);
}

function ids(page: Seen | undefined): string {
  return JSON.stringify(page?.rows.map((row) => idOf(row)));
}

function idOf(row: unknown): unknown {
  return isObject(row) ? row['id'] : undefined;
}

function updatedAt(row: unknown): number | null {
  const text = isObject(row) ? row['updated_at'] : undefined;
  const time = typeof text === 'string' ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? null : time;
}
