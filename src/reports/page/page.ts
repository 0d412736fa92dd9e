/** A page about the last runs: one file, without scripts, that loads nothing. */
import { itemsOf, type Item, type Urgency } from './advice.js';
import { chart, type Bar } from './chart.js';
import type { History } from './history.js';
import { html, Markup, withCode } from './markup.js';
import { runCharts } from './run-charts.js';
import { streamTable } from './stream-table.js';
import { POLICY, STYLE } from './style.js';
import { dayText, plural, timeText } from './times.js';
import { overallVerdict, verdictOf } from './verdict.js';

/** Its content has the hash that the policy allows, so there is no space around it. */
const STYLE_ELEMENT = new Markup(`<style>${STYLE}</style>`);
const TAGS: Readonly<Record<Urgency, string>> = {
  now: 'Now',
  notice: 'Notice',
  earlier: 'Earlier',
};

/**
 * Makes the page. The same arguments give the same bytes.
 *
 * @param histories one for each folder, at least one
 * @param now ms since 1970
 * @param version of this program
 */
export function reportPage(histories: readonly History[], now: number, version: string): string {
  const verdicts = histories.map((history) => verdictOf(history, now));
  const { tone, text } = overallVerdict(histories, verdicts, now);
  const single = histories.length === 1;
  const places = histories.map((history, index) => {
    const verdict = verdicts[index];
    const head = html`<h2>
      ${history.name}: <span class="${verdict?.tone ?? ''}">${verdict?.text ?? ''}</span>
    </h2>`;
    return html`<section${single ? null : html` class="place"`}>${single ? null : head}
${place(history, now)}</section>
`;
  });
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <meta name="referrer" content="no-referrer" />
        <title>${text}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          <h1 class="${tone}">${text}</h1>
          <p class="lead">
            As of ${timeText(now, now)} on ${dayText(now, now)} ${new Date(now).getUTCFullYear()}.
            ${facts(histories, now)}
          </p>
          ${places}
          <footer>
            <p>
              Numbers are those of the newest run of each table; data age counts from the start of
              its last complete run. Response is the median of its calls. A chart has one bar for
              each run, the newest at the right; its height is the number of rows on a logarithmic
              scale. Open a chart to see its numbers.
            </p>
            ${legend()}
            <p>bolt-eci-tap ${version}. All times are in UTC.</p>
          </footer>
        </main>
      </body>
    </html> `.text;
}

function facts(histories: readonly History[], now: number): string {
  const runs = histories.flatMap((history) => history.runs);
  const trials = histories.reduce((sum, history) => sum + history.trials, 0);
  const parts: string[] = [];
  if (runs.length > 0) {
    const first = Math.min(...runs.map(({ startedAt }) => startedAt));
    const end = Math.max(...runs.map(({ endedAt }) => endedAt));
    parts.push(
      `The last run ended at ${timeText(end, now)}.`,
      `${plural(runs.length, 'run')} since ${dayText(first, now)}.`,
    );
  }
  if (trials > 0) parts.push(`${plural(trials, 'run')} with --max-records not counted.`);
  return parts.join(' ');
}

function place(history: History, now: number): Markup {
  const items = itemsOf(history, now);
  return html`${
      items.length === 0
        ? null
        : html`<h3>What to do</h3>
            <ul class="items">
              ${items.map((item) => itemMarkup(item))}
            </ul> `
    }
    <h3>Runs</h3>
    ${runCharts(history)}
    <h3>Tables</h3>
    ${streamTable(history.streams, now)}`;
}

function itemMarkup({ urgency, code, title, meaning, advice }: Item): Markup {
  const tag = code === null ? null : html` · <code>${code}</code>`;
  return html`<li class="${urgency}">
    <p class="tag">${TAGS[urgency]}${tag}</p>
    <p><b>${title}</b></p>
    <p>${withCode(meaning)} ${withCode(advice)}</p>
  </li> `;
}

function legend(): Markup {
  return html`<p class="key">
    ${[mark('complete', 'complete'), mark('failed', 'failed'), mark('stopped', 'stopped before its end')]}
  </p>`;
}

function mark(kind: Bar['kind'], text: string): Markup {
  return html`<span>${sample(kind)}${text}</span>`;
}

/** The mark of the last bar of a chart. */
function sample(kind: Bar['kind']): Markup {
  const { text } = chart([{ kind, height: 0.7 }], { label: '' });
  return new Markup(
    text
      .replace(/viewBox="[^"]*"/, 'viewBox="232 0 8 27"')
      .replace('role="img" aria-label=""', 'aria-hidden="true"'),
  );
}
