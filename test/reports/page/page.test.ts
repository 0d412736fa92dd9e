import { expect } from 'chai';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { historyOf } from '#src/reports/page/history.js';
import { reportPage } from '#src/reports/page/page.js';
import { readSummary, type RunSummary } from '#src/reports/page/run-summary.js';
import {
  failedEntry,
  hourly,
  HOUR,
  LAST_RUN,
  streamEntry,
  summaryOf,
} from '../../support/summaries.js';

const NOW = LAST_RUN + HOUR / 2;
const BOTH = [streamEntry('jobs'), streamEntry('invoices')];

type Made = ReturnType<typeof summaryOf>;
type Run = (startedAt: number) => Made;

const good: Run = (at) => summaryOf(at, BOTH);
const invoicesFail: Run = (at) =>
  summaryOf(at, [streamEntry('jobs'), failedEntry('invoices')], { exit_code: 1 });
const stopped: Run = (at) =>
  summaryOf(at, [streamEntry('jobs'), streamEntry('invoices', { outcome: 'stopped' })], {
    ended: 'max_run_minutes',
    ended_code: 'STOPPED',
  });
const refused: Run = (at) =>
  summaryOf(
    at,
    [failedEntry('jobs', 'TOKEN_REFUSED'), streamEntry('invoices', { outcome: 'skipped' })],
    {
      exit_code: 3,
      ended: 'HTTP 401',
      ended_code: 'TOKEN_REFUSED',
    },
  );
const notCommitted: Run = (at) =>
  summaryOf(at, BOTH, { run_exit_code: 6, run_code: 'TARGET_FAILED' });
const trial: Run = (at) => summaryOf(at, [failedEntry('jobs')], { max_records: 5 });

/** The runs of a folder. */
function read(...summaries: readonly Made[]): RunSummary[] {
  return summaries.map((json) => {
    const run = readSummary(json);
    if (typeof run === 'string') throw new Error(run);
    return run;
  });
}

function pageOf(runs: readonly RunSummary[], now = NOW, maxAge: number | null = null): string {
  return reportPage([historyOf('acme', runs, now, maxAge)], now, '1.2.3');
}

function answerOf(page: string): string | undefined {
  return /<h1[^>]*>([^<]*)<\/h1>/.exec(page)?.[1];
}

describe('the page of report', () => {
  describe('answers in its first line', () => {
    const ANSWERS: readonly [runs: readonly Run[], answer: string, ageHours?: number][] = [
      [[good], 'All tables current at 06:12 UTC'],
      [[invoicesFail, good], 'All tables current at 06:12 UTC'],
      [[good, good, stopped], 'invoices is not complete yet'],
      [[good, invoicesFail], 'invoices failed in the last run'],
      [[good, invoicesFail, invoicesFail, invoicesFail], 'invoices failed 3 times'],
      [[good, refused], 'The API refused the token in the last run'],
      [[good, refused, refused], 'The API refused the token 2 times'],
      [[good, notCommitted], 'The target failed in the last run'],
      [[good, trial], 'All tables current at 05:12 UTC'],
      [[trial], 'No run yet'],
      [[good, good, good], 'No run since 06:13 UTC', 3.5],
      [[good, good, good], 'No run since 06:13 UTC on 24 November', 30],
      [[good], 'All tables current at 06:12 UTC', 5],
    ];
    for (const [runs, answer, age = 0.5] of ANSWERS)
      it(`${answer}, ${age} h after ${runs.length} runs`, () => {
        expect(answerOf(pageOf(read(...hourly(...runs)), LAST_RUN + age * HOUR))).to.equal(answer);
      });

    it('with the time that --max-age allows', () => {
      const runs = read(...hourly(good, good, good));
      expect(answerOf(pageOf(runs, LAST_RUN + 5 * HOUR, 6 * HOUR))).to.match(/^All tables/);
      expect(answerOf(pageOf(runs, NOW, HOUR / 10))).to.match(/^No run since/);
    });

    it('with the worst folder', () => {
      const histories = [
        historyOf('east', read(...hourly(good)), NOW, null),
        historyOf('west', read(...hourly(good, invoicesFail)), NOW, null),
      ];
      expect(answerOf(reportPage(histories, NOW, '1.2.3'))).to.equal(
        'west: invoices failed in the last run',
      );
    });
  });

  it('does not depend on the order of the summaries, nor on copies', () => {
    const runs = read(...hourly(good, invoicesFail, refused, good, stopped));
    const page = pageOf(runs);
    fc.assert(
      fc.property(fc.shuffledSubarray(runs, { minLength: runs.length }), (some) => {
        expect(pageOf([...some, ...some.slice(0, 2)])).to.equal(page);
      }),
    );
  });

  it('advises in the words of docs/errors.md', () => {
    const page = pageOf(read(...hourly(good, invoicesFail)));
    expect(page).to.include('The API answered 5xx, 408 or 425 in every attempt.');
    expect(page).to.include('<code>API_FAILED</code>');
  });

  it('quotes no message: a message may hold a row value', () => {
    expect(pageOf(read(...hourly(good, invoicesFail)))).not.to.include('secret');
  });

  it('has one style, which its policy names, and no script', () => {
    const page = pageOf(read(...hourly(good)));
    const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    expect(policy.replaceAll('&#39;', "'")).to.equal(
      `default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-${hash}'`,
    );
    expect(page).not.to.match(/<script|<link|<img|<iframe|\shref=|\ssrc=|\sstyle=|\son\w+=|url\(/i);
  });

  it('escapes every text that comes from a summary', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '</title><script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        "' onload='alert(1)",
        '\u202Eevil\u2066',
        '\uD800',
        '<!--',
        '`<b>`',
        '&lt;',
        '__proto__',
        'constructor',
      ),
    );
    const shape = tagsOf(pageOf(hostilePage('a', 'b', 'c', 'd')));
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, code, host) => {
        const page = pageOf(hostilePage(`${name}1`, `${code}2`, `${host}3`, `${name}4`));
        expect(tagsOf(page)).to.deep.equal(shape);
        expect(page.replaceAll('\n', '')).not.to.match(/[\p{Cc}\p{Bidi_Control}\p{Cs}]/u);
      }),
      { numRuns: 40 },
    );
  });

  it('uses no value of an unexpected form', () => {
    const anything = fc.anything({ withNullPrototype: true, withBigInt: false });
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(summaryOf(0, []))), anything, (key, value) => {
        const run = readSummary(summaryOf(LAST_RUN, BOTH, { [key]: value }));
        if (typeof run !== 'string') expect(pageOf([run])).not.to.match(/NaN|undefined|Infinity/);
      }),
    );
    const ENTRY = Object.keys(streamEntry('jobs'));
    fc.assert(
      fc.property(fc.constantFrom(...ENTRY), anything, (key, value) => {
        const run = readSummary(summaryOf(LAST_RUN, [streamEntry('jobs', { [key]: value })]));
        if (typeof run !== 'string') expect(pageOf([run])).not.to.match(/NaN|undefined|Infinity/);
      }),
    );
  });
});

/** A failed stream and a warning with these texts. */
function hostilePage(name: string, code: string, host: string, other: string): RunSummary[] {
  return read(
    ...hourly(good, (at) =>
      summaryOf(at, [failedEntry(name, code), failedEntry(other, code)], {
        host,
        ended_code: code,
        run_code: code,
        codes: [{ code, level: 'warning', stream: name, count: 1 }],
      }),
    ),
  );
}

/** The tags of a page with the names of their attributes. */
function tagsOf(page: string): string[] {
  return [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""'));
}
