/** The closing summary of a run, in lines. */
import { describe } from './errors.js';
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
  const skipped = streams.filter(({ outcome }) => outcome === 'skipped').map(({ stream }) => stream);
  return [
    ...table([HEAD, ...begun.map((report) => rowOf(report)), total]),
    ...(skipped.length > 0 ? [`not begun: ${skipped.join(', ')}`] : []),
    ...failed.map(({ error }) => `failed: ${describe(error)}`),
  ];
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
      .map(({ name, width, isText }) => (isText ? row[name].padEnd(width) : row[name].padStart(width)))
      .join('  ')
      .trimEnd(),
  );
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
