// Tables and lines of the demo.
import { readFileSync } from 'node:fs';

/** A line a stream and one for all, right-aligned but for the names. */
export function table(head, rows) {
  const lines = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const pad = (cell, column) =>
    column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]);
  return lines.map((line) => `  ${line.map(pad).join('  ')}`.trimEnd()).join('\n');
}

/** Commands with what they show, one below the other. */
export function commands(lines) {
  const width = Math.max(...lines.map(([command]) => command.length));
  return lines.map(([command, shows]) => `  ${command.padEnd(width)}  ${shows}`).join('\n');
}

/** What a sync took, and where to read what it said. */
export function done(seconds, log) {
  const warnings = readFileSync(log, 'utf8').match(/^WARNING /gm)?.length ?? 0;
  return `done in ${seconds.toFixed(1)} s; its log, with ${warnings} warnings on the untidy rows, is ${log}`;
}
