/** The summary at the end of a run, as log lines. */
import { describe, StopError } from '../errors.js';
import { streamsWith, type StreamReport, type SyncReport } from './report.js';

const COLUMNS = [
  'stream',
  'mode',
  'rows',
  'deleted',
  'pages',
  'seconds',
  'rejected',
  'outcome',
] as const;
type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

const HEAD: Row = {
  stream: 'stream',
  mode: 'mode',
  rows: 'rows',
  deleted: 'deleted',
  pages: 'pages',
  seconds: 'seconds',
  rejected: 'rejected',
  outcome: 'outcome',
};

/**
 * Formats the report: a table with a line per started stream and a total, the streams that were not
 * started, and the cause of each failure.
 */
export function summaryLines({ streams, ms }: SyncReport): string[] {
  const sum = (count: (report: StreamReport) => number): number =>
    streams.reduce((total, report) => total + count(report), 0);
  const complete = streamsWith(streams, 'complete').length;
  const total: Row = {
    stream: 'total',
    mode: '',
    rows: String(sum(({ rows }) => rows)),
    deleted: String(sum(({ deleted }) => deleted)),
    pages: String(sum(({ pages }) => pages)),
    seconds: seconds(ms),
    rejected: String(sum(({ rejected }) => rejected)),
    outcome: `${complete} of ${streams.length} complete`,
  };
  const failed = streams.filter(({ outcome }) => outcome === 'failed');
  const started = streams.filter(({ outcome }) => outcome !== 'skipped');
  const skipped = streamsWith(streams, 'skipped');
  return [
    ...table([HEAD, ...started.map((report) => rowOf(report)), total]),
    ...(skipped.length > 0 ? [`not started: ${skipped.join(', ')}`] : []),
    ...failed.map(({ error }) => `failed: ${describe(error)}`),
  ];
}

/** The last line of a run: how it ended, the failed streams, and the number of rows. */
export function resultLine({ streams, ended }: SyncReport): string {
  const rows = streams.reduce((total, report) => total + report.rows, 0);
  const complete = streamsWith(streams, 'complete').length;
  const failed = streamsWith(streams, 'failed');
  const counts = `${complete} of ${plural(streams.length, 'stream')} complete, ${plural(rows, 'row')}`;
  if (failed.length > 0) {
    // Some tools, such as `meltano config test`, show only the last line of a log.
    const cause = streams.find(({ error }) => error !== null)?.error;
    const why = cause === undefined ? '' : `; ${describe(cause)}`;
    return `failed: ${failed.join(', ')}; ${counts}${why}`;
  }
  if (complete < streams.length)
    return `${ended instanceof StopError ? 'stopped' : 'failed'}: ${counts}`;
  return `complete: ${plural(streams.length, 'stream')}, ${plural(rows, 'row')}`;
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function rowOf({
  stream,
  began,
  mode,
  rows,
  deleted,
  pages,
  ms,
  rejected,
  outcome,
}: StreamReport): Row {
  return {
    stream,
    mode: began === mode ? mode : `${began}, then ${mode}`,
    rows: String(rows),
    deleted: String(deleted),
    pages: String(pages),
    seconds: seconds(ms),
    rejected: String(rejected),
    outcome,
  };
}

/** Pads the cells to columns of equal width: text to the left, numbers to the right. */
function table(rows: readonly Row[]): string[] {
  const columns = COLUMNS.map((name) => ({
    name,
    width: Math.max(...rows.map((row) => row[name].length)),
    isText: name === 'stream' || name === 'mode' || name === 'outcome',
  }));
  return rows.map((row) =>
    columns
      .map(({ name, width, isText }) =>
        isText ? row[name].padEnd(width) : row[name].padStart(width),
      )
      .join('  ')
      .trimEnd(),
  );
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
