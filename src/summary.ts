/** The closing summary of a run, in lines. */
import { describe } from './errors.js';
import type { SyncReport } from './report.js';

const HEAD = ['stream', 'rows', 'pages', 'seconds', 'rejected', 'outcome'];

/** A table, a line a stream and one for all, and then a line for each stream that failed with its cause. */
export function summaryLines({ streams }: SyncReport): string[] {
  const rows = streams.map((report) => [
    report.stream,
    String(report.rows),
    String(report.pages),
    seconds(report.ms),
    String(report.rejected),
    report.outcome,
  ]);
  const sum = (count: (report: SyncReport['streams'][number]) => number): number =>
    streams.reduce((total, report) => total + count(report), 0);
  const complete = streams.filter(({ outcome }) => outcome === 'complete').length;
  rows.push([
    'total',
    String(sum(({ rows: count }) => count)),
    String(sum(({ pages }) => pages)),
    seconds(sum(({ ms }) => ms)),
    String(sum(({ rejected }) => rejected)),
    `${complete} of ${streams.length} complete`,
  ]);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 || column === HEAD.length - 1
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const failed = streams.filter(({ outcome }) => outcome === 'failed');
  return [line(HEAD), ...rows.map((row) => line(row)), ...failed.map(({ error }) => `failed: ${describe(error)}`)];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
