/** `--test`: whether a sync would work, at the price of one page of each stream. */
import { codeOf, describe } from '../errors.js';
import { takeFirstPages } from './first-pages.js';
import type { SyncReport } from '../reports/report.js';
import type { SyncOptions } from './options.js';
import { linesOf } from './stream-parts.js';

/**
 * Requests one page of each stream of the plan, and logs one line on each. Nothing is written.
 *
 * @throws ConfigError if a schema of the catalog cannot be used; no request was made then
 */
export async function check(options: SyncOptions): Promise<SyncReport> {
  const { log } = options;
  return takeFirstPages({
    ...options,
    prepare: (planned, report) => {
      const { stream } = report;
      const lines = linesOf(planned, report, options);
      return (page, feed) => {
        if (feed !== null) {
          log.info(`${stream}: works, from the events of ${feed}`, { stream });
          return;
        }
        // An event is not a row of a stream that is made from a feed.
        const isDerived = planned.stream.paging === 'derived';
        if (page && !isDerived) lines.page(page);
        const count = isDerived ? `${page?.rows.length ?? 0} events` : `${report.rows} rows`;
        log.info(`${stream}: works, ${count} on the first page`, { stream });
      };
    },
    onFailure: ({ stream, error }) => log.error(codeOf(error), describe(error), { stream }),
  });
}
