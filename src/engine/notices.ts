/** What a run logs about single streams while it goes on. */
import type { Page } from './walk.js';
import { isObject } from '../json.js';
import type { Log } from '../terminal/log.js';

/** A walk of a feed is logged once in this many pages. */
const PAGES_PER_LINE = 100;

/**
 * Logs how far a walk of a feed is, once in `PAGES_PER_LINE` pages.
 *
 * @param stream the feed, or the stream for which it is read
 * @param pages how many pages the walk has read
 * @param page the last one
 */
export function logPosition(log: Log, stream: string, pages: number, { rows }: Page): void {
  const last = rows.at(-1);
  if (pages % PAGES_PER_LINE !== 0 || !isObject(last)) return;
  const time = typeof last['created_at'] === 'string' ? `, up to ${last['created_at']}` : '';
  log.info(`${stream}: ${pages.toLocaleString('en')} pages of events read${time}`, { stream });
}

/**
 * Warns that a full walk brought too few rows to activate its version.
 *
 * @param walk the rows of the walk, and of the full walk before
 */
export function warnNotActivated(
  log: Log,
  stream: string,
  { rows, before }: { readonly rows: number; readonly before: number },
): void {
  log.warn(
    'VERSION_NOT_ACTIVATED',
    `${stream}: the full walk brought ${rows} rows, the one before ${before}: less than ` +
      `activate_min_share, so ACTIVATE_VERSION is not emitted and no row is deleted. ` +
      `If the rows are really gone, run with --full-refresh ${stream} once more`,
    { stream },
  );
}
