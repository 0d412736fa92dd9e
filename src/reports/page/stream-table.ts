/** The table of a report: a row for each stream, with a chart of its last runs. */
import { chart, logHeights } from './chart.js';
import type { Attempt, Condition, StreamHistory } from './history.js';
import { html, type Markup } from './markup.js';
import { ageText, durationText, numberText, plural, shortTime } from './times.js';

const CONDITIONS: Readonly<Record<Condition, readonly [word: string, tone: string]>> = {
  failed: ['failed', 'bad'],
  overdue: ['overdue', 'bad'],
  behind: ['not complete', 'warn'],
  current: ['current', 'soft'],
};
/** Problems come first. */
const RANK: readonly Condition[] = ['failed', 'overdue', 'behind', 'current'];

const HEAD = [
  ['Table', ''],
  ['State', ''],
  ['Data age', 'n'],
  ['Mode', ''],
  ['Rows', 'n'],
  ['Deleted', 'n'],
  ['Rejected', 'n'],
  ['Calls', 'n'],
  ['Waited', 'n'],
  ['Response', 'n'],
  ['Last 30 runs', ''],
] as const;

/** The table of the streams of one folder. */
export function streamTable(streams: readonly StreamHistory[], now: number): Markup {
  const rows = streams
    .toSorted((a, b) => RANK.indexOf(a.condition) - RANK.indexOf(b.condition))
    .map((stream) => streamRow(stream, now));
  const head = HEAD.map(
    ([name, kind]) => html`<th role="columnheader" scope="col" class="${kind}">${name}</th>`,
  );
  return html`<table class="streams" role="table">
    <thead role="rowgroup">
      <tr role="row">
        ${head}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows}
    </tbody>
  </table>`;
}

function streamRow(stream: StreamHistory, now: number): Markup {
  const { last, condition, dataFrom } = stream;
  const { entry } = last;
  const [word, tone] = CONDITIONS[condition];
  const response = entry.p50 === null ? null : durationText(entry.p50 * 1000);
  const age = dataFrom === null ? 'none' : ageText(now - dataFrom);
  return html`<tr role="row">
    <th role="rowheader" scope="row">${stream.stream}</th>
    <td role="cell" class="${tone}">${word}</td>
    ${[
      cell('Data age', age, dataFrom === null),
      cell('Mode', entry.mode, false, ''),
      count('Rows', entry.rows),
      count('Deleted', entry.deleted),
      count('Rejected', entry.rejected, 'warn'),
      count('Calls', entry.calls),
      cell(
        'Waited',
        entry.pausedS === 0 ? '–' : durationText(entry.pausedS * 1000),
        entry.pausedS === 0,
      ),
      cell('Response', response ?? '–', response === null),
    ]}
    <td role="cell">${history(stream)}</td>
  </tr> `;
}

function cell(label: string, text: string, isSoft: boolean, kind = 'n'): Markup {
  const name = [kind, isSoft ? 'zero' : ''].filter((part) => part !== '').join(' ');
  return html`<td role="cell" data-label="${label}" class="${name}">${text}</td>`;
}

function count(label: string, value: number, tone = ''): Markup {
  const kind = value > 0 && tone !== '' ? `n ${tone}` : 'n';
  return cell(label, numberText(value), value === 0, kind);
}

/** The chart, and behind it the same as a table. */
function history({ stream, attempts }: StreamHistory): Markup {
  const heights = logHeights(attempts.map(({ entry }) => entry.rows));
  const bars = attempts.map(({ fate }, index) => ({ kind: fate, height: heights[index] ?? 0 }));
  const label = `${stream}: rows of the last ${plural(attempts.length, 'run')}, ${fates(attempts)}`;
  const rows = attempts.toReversed().map(
    ({ run, entry, fate }) =>
      html`<tr>
        <td>${shortTime(run.startedAt)}</td>
        <td>${fateText(fate)}</td>
        <td class="n">${numberText(entry.rows)}</td>
        <td class="n">${numberText(entry.deleted)}</td>
        <td class="n">${numberText(entry.rejected)}</td>
      </tr> `,
  );
  return html`<details class="chart">
    <summary>${chart(bars, { label })}</summary>
    <table>
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Result</th>
          <th scope="col" class="n">Rows</th>
          <th scope="col" class="n">Del.</th>
          <th scope="col" class="n">Rej.</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </details>`;
}

function fates(attempts: readonly Attempt[]): string {
  return (['complete', 'failed', 'stopped'] as const)
    .map((fate) => [fate, attempts.filter((attempt) => attempt.fate === fate).length] as const)
    .filter(([, number]) => number > 0)
    .map(([fate, number]) => `${number} ${fate}`)
    .join(', ');
}

function fateText(fate: Attempt['fate']): Markup {
  if (fate === 'complete') return html`complete`;
  return html`<span class="${fate === 'failed' ? 'bad' : 'warn'}">${fate}</span>`;
}
