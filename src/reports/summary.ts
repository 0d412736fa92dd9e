/** The closing summary of a run, in lines. */
import { describe, StopError } from '../errors.js';
import type { StreamReport, SyncReport } from './report.js';

const COLUMNS = ['stream', 'mode', 'rows', 'pages', 'seconds', 'rejected', 'outcome'] as const;
type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

const HEAD: Row = {
  stream: 'stream',
  mode: 'mode',
  rows: 'rows',
  pages: 'pages',
  seconds: 'seconds',
  rejected: 'rejected',
  outcome: 'outcome',
};

/** A table, a line for each stream that was begun and one for all; then those that were not, and the cause of each failure. */
export function summaryLines({ streams, ms }: SyncReport): string[] {
  const sum = (count: (report: StreamReport) => number): number =>
    streams.reduce((total, report) => total + count(report), 0);
  const complete = streams.filter(({ outcome }) => outcome === 'complete').length;
  const total: Row = {
    stream: 'total',
    mode: '',
    rows: String(sum(({ rows }) => rows)),
    pages: String(sum(({ pages }) => pages)),
    seconds: seconds(ms),
    rejected: String(sum(({ rejected }) => rejected)),
    outcome: `${complete} of ${streams.length} complete`,
  };
  const failed = streams.filter(({ outcome }) => outcome === 'failed');
  const begun = streams.filter(({ outcome }) => outcome !== 'skipped');
  const skipped = streams
    .filter(({ outcome }) => outcome === 'skipped')
    .map(({ stream }) => stream);
  return [
    ...table([HEAD, ...begun.map((report) => rowOf(report)), total]),
    ...(skipped.length > 0 ? [`not begun: ${skipped.join(', ')}`] : []),
    ...failed.map(({ error }) => `failed: ${describe(error)}`),
  ];
}

/** The last line of a run: how it ended, with the streams that failed and the rows written. */
export function resultLine({ streams, ended }: SyncReport): string {
  const rows = streams.reduce((total, report) => total + report.rows, 0);
  const complete = streams.filter(({ outcome }) => outcome === 'complete').length;
  const failed = streams.filter(({ outcome }) => outcome === 'failed').map(({ stream }) => stream);
  const counts = `${complete} of ${counted(streams.length, 'stream')} complete, ${counted(rows, 'row')}`;
  if (failed.length > 0) {
    // Some tools, such as `meltano config test`, show only the last line of a log.
    const cause = streams.find(({ error }) => error !== null)?.error;
    const why = cause === undefined ? '' : `; ${describe(cause)}`;
    return `failed: ${failed.join(', ')}; ${counts}${why}`;
  }
  if (complete < streams.length)
    return `${ended instanceof StopError ? 'stopped' : 'failed'}: ${counts}`;
  return `complete: ${counted(streams.length, 'stream')}, ${counted(rows, 'row')}`;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function rowOf({ stream, began, mode, rows, pages, ms, rejected, outcome }: StreamReport): Row {
  return {
    stream,
    mode: began === mode ? mode : `${began}, then ${mode}`,
    rows: String(rows),
    pages: String(pages),
    seconds: seconds(ms),
    rejected: String(rejected),
    outcome,
  };
}

/** Lines of equal columns: words to the left, numbers to the right. */
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
