/** The runs of a folder: calls against the budget, duration, waits and response times. */
import { endedWell } from './advice.js';
import { chart, heights, type Bar } from './chart.js';
import { faultOf, SHOWN_RUNS, type History } from './history.js';
import { html, type Markup } from './markup.js';
import type { RunSummary } from './run-summary.js';
import { durationText, numberText, plural, shortTime } from './times.js';

/** Four figures with their charts, and a table of the same runs. */
export function runCharts({ runs }: History): Markup {
  const shown = runs.slice(-SHOWN_RUNS);
  const last = shown.at(-1);
  if (last === undefined) return html``;
  const hours = shown.map((run) => busiestHour(run));
  const limit = last.callsPerHour ?? 0;
  const full = Math.max(limit, ...hours);
  const durations = shown.map((run) => run.endedAt - run.startedAt);
  const waits = shown.map((run) => waited(run));
  const responses = shown.map((run) => slowest(run) ?? 0);
  const bars = (values: readonly number[], most?: number): Bar[] =>
    heights(values, most).map((height, index) => ({ height, kind: kindOf(shown[index]) }));
  const of = `of the last ${plural(shown.length, 'run')}`;
  const budget = limit === 0 ? '' : ` of ${numberText(limit)}`;
  const response = slowest(last);
  return html`<dl class="facts">
      ${[
        fact({
          name: 'Calls in the busiest hour',
          value: numberText(busiestHour(last)),
          rest: budget,
          picture: chart(bars(hours, full), {
            label: `Calls in the busiest hour ${of}${limit === 0 ? '' : `; the line is the budget, ${limit}`}`,
            limit: limit === 0 || full === 0 ? undefined : limit / full,
          }),
        }),
        fact({
          name: 'Duration',
          value: durationText(durations.at(-1) ?? 0),
          rest: '',
          picture: chart(bars(durations), { label: `Duration ${of}` }),
        }),
        fact({
          name: 'Waited for the call limit',
          value: durationText(waits.at(-1) ?? 0),
          rest: '',
          picture: chart(bars(waits), { label: `Waits ${of}` }),
        }),
        fact({
          name: 'Response of the slowest table (95 %)',
          value: response === null ? '–' : durationText(response),
          rest: '',
          picture: chart(bars(responses), { label: `Response of the slowest table ${of}` }),
        }),
      ]}
    </dl>
    ${runTable(shown)}`;
}

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly rest: string;
  readonly picture: Markup;
}

function fact({ name, value, rest, picture }: Fact): Markup {
  return html`<div>
    <dt>${name}</dt>
    <dd><b>${value}</b><span>${rest}</span>${picture}</dd>
  </div> `;
}

function runTable(shown: readonly RunSummary[]): Markup {
  const rows = shown.toReversed().map((run) => {
    const response = slowest(run);
    const rows = run.streams.reduce((sum, stream) => sum + stream.rows, 0);
    const complete = run.streams.filter(({ outcome }) => outcome === 'complete').length;
    return html`<tr>
      <td>${shortTime(run.startedAt)}</td>
      <td class="n">${durationText(run.endedAt - run.startedAt)}</td>
      <td>${resultText(run)}</td>
      <td class="n">${complete} of ${run.streams.length}</td>
      <td class="n">${numberText(rows)}</td>
      <td class="n">${numberText(callsOf(run))}</td>
      <td class="n">${numberText(busiestHour(run))}</td>
      <td class="n">${durationText(waited(run))}</td>
      <td class="n">${response === null ? '–' : durationText(response)}</td>
    </tr> `;
  });
  return html`<details class="runs">
    <summary>These runs as a table</summary>
    <div class="scroll" tabindex="0" role="group" aria-label="The last runs">
      <table>
        <thead>
          <tr>
            <th scope="col">Start (UTC)</th>
            <th scope="col" class="n">Duration</th>
            <th scope="col">Result</th>
            <th scope="col" class="n">Complete</th>
            <th scope="col" class="n">Rows</th>
            <th scope="col" class="n">Calls</th>
            <th scope="col" class="n">Busiest hour</th>
            <th scope="col" class="n">Waited</th>
            <th scope="col" class="n">Response</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </details>`;
}

function resultText(run: RunSummary): Markup {
  if (endedWell(run))
    return run.endedCode === null ? html`complete` : html`<span class="warn">stopped</span>`;
  return html`<span class="bad">code ${run.exitCode}</span>`;
}

function kindOf(run: RunSummary | undefined): Bar['kind'] {
  // Here the height is a number of calls or a time also of a run that failed.
  if (run === undefined || faultOf(run) === null) return 'complete';
  return 'broken';
}

/** Summaries of 0.1.0 have only the calls of the run. */
function busiestHour(run: RunSummary): number {
  return run.busiestHour ?? callsOf(run);
}

function callsOf({ streams }: RunSummary): number {
  return streams.reduce((sum, { calls }) => sum + calls, 0);
}

/** In ms. Summaries of 0.1.0 have only the waits after 429s. */
function waited({ waitedS, streams }: RunSummary): number {
  return 1000 * (waitedS ?? Math.max(0, ...streams.map(({ pausedS }) => pausedS)));
}

/** The highest 95th percentile, ms. */
function slowest({ streams }: RunSummary): number | null {
  const times = streams.flatMap(({ p95 }) => (p95 === null ? [] : [p95 * 1000]));
  return times.length === 0 ? null : Math.max(...times);
}
