/** `--discover --live`: compares one page of each stream with the catalog. */
import { shippedSchema } from '../catalog/shipped.js';
import type { PlannedStream } from '../catalog/plan.js';
import { ApiError, codeOf, describe } from '../errors.js';
import { isObject } from '../json.js';
import type { StreamReport, SyncReport } from '../reports/report.js';
import { Observer, type Misfits, type Observed } from '../shape/observe.js';
import { takeFirstPages } from './first-pages.js';
import type { SyncOptions } from './options.js';
import type { Page } from './walk.js';

/** Names that a line lists at most. */
const NAMED = 20;
const LONGEST_NAME = 60;

export interface Explored {
  readonly report: SyncReport;
  /** What the pages have shown, by stream. A stream that failed is not in it. */
  readonly observed: ReadonlyMap<string, Observed>;
}

/**
 * Requests one page of each stream of the plan, and logs how its rows differ from the catalog.
 *
 * @throws ConfigError if a schema of the catalog cannot be used; no request was made then
 */
export async function explore(options: SyncOptions): Promise<Explored> {
  const { log, masking, validator } = options;
  const observed = new Map<string, Observed>();
  const report = await takeFirstPages({
    ...options,
    prepare: ({ stream, schema }) => {
      const { name } = stream;
      const mask = masking?.rowsOf(name);
      const shipped = shippedSchema(name);
      const observer = new Observer({ stream, schema, shipped, validator, mask });
      return (page) => {
        for (const row of rowsOf(stream, page)) observer.add(row);
        const seen = observer.result();
        observed.set(name, seen);
        for (const line of linesOf(seen)) log.info(`${name}: ${line}`, { stream: name });
      };
    },
    onFailure: (failed) => logFailure(failed, options),
  });
  return { report, observed };
}

/** The rows of a page. Those of a stream that is made from a feed are in the events. */
function rowsOf({ paging, feed }: PlannedStream['stream'], page: Page | undefined): unknown[] {
  const rows = page?.rows ?? [];
  if (paging !== 'derived' || feed === undefined) return [...rows];
  return rows.flatMap((event) => (isObject(event) ? [event[feed.snapshot]] : []));
}

function logFailure({ stream, error }: StreamReport, { log }: SyncOptions): void {
  if (error instanceof ApiError && error.fault === 'unauthorized')
    log.error(codeOf(error), describe(error), { stream });
  else log.warn(codeOf(error), `${describe(error)}; its entry stays as it is`, { stream });
}

/** What is to be said about a stream. */
function linesOf({ rows, found, unusable, absent, misfits }: Observed): string[] {
  if (rows === 0) return ['the first page has no rows, so nothing can be compared'];
  const lines: string[] = [];
  const columns = [...found].map(([name, { type, format }]) => {
    const kind = format ?? [type].flat().find((one) => one !== 'null') ?? 'any';
    return `${name} (${kind})`;
  });
  if (columns.length > 0) lines.push(`new: ${list(columns)}`);
  if (unusable.length > 0)
    lines.push(
      `new, but not a name for a column, so only for _rescued_data: ${list(quote(unusable))}`,
    );
  const all = rows === 1 ? '1 row' : `${rows} rows`;
  if (absent.length > 0) lines.push(`in none of ${all}: ${list(absent)}`);
  for (const misfit of misfits) lines.push(describeMisfits(misfit, all));
  return lines.length > 0 ? lines : [`as declared, in ${all}`];
}

function describeMisfits({ field, reason, count }: Misfits, all: string): string {
  return field === null
    ? `no record of ${count} of ${all}: ${reason}`
    : `type differs: ${field} in ${count} of ${all}: ${reason}`;
}

function quote(names: readonly string[]): string[] {
  return names.map((name) =>
    JSON.stringify(name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name),
  );
}

function list(names: readonly string[]): string {
  const more = names.length > NAMED ? `, and ${names.length - NAMED} more` : '';
  return names.slice(0, NAMED).join(', ') + more;
}
