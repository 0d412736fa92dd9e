import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { report } from '#src/cli/report.js';
import { makeFolder } from '../support/folder.js';
import type { Row } from '../support/messages.js';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 24, 6, 40);
const LAST = Date.UTC(2026, 10, 24, 6, 12);

/** A stream of a summary. */
function stream(name: string, changes: Row = {}): Row {
  return {
    stream: name,
    mode: 'incremental',
    outcome: 'complete',
    error: null,
    error_code: null,
    rows: 3,
    deleted: 1,
    pages: 1,
    calls: 2,
    retries: 0,
    rejected: 0,
    seconds: 1,
    seconds_waited_on_429: 0,
    latency_p50_s: 0.2,
    latency_p95_s: 0.4,
    bookmark_before: {},
    bookmark_after: {},
    ...changes,
  };
}

/** A summary as `--summary` writes it. */
function summary(startedAt: number, changes: Row = {}): Row {
  return {
    format: 1,
    version: '0.2.0',
    host: 'bolt.example',
    started_at: new Date(startedAt).toISOString(),
    seconds: 5,
    exit_code: 0,
    ended: null,
    ended_code: null,
    run_exit_code: null,
    run_code: null,
    max_records: null,
    calls_per_hour: 900,
    most_calls_in_an_hour: 30,
    seconds_waited: 0,
    codes: [],
    streams: [stream('jobs'), stream('invoices')],
    ...changes,
  };
}

const failing = (count: number, code: string): Row[] =>
  Array.from({ length: 5 }, (_, run) =>
    summary(LAST - (4 - run) * HOUR, run < 5 - count ? {} : failure(code)),
  );

function failure(code: string): Row {
  return {
    exit_code: 1,
    codes: [{ code, level: 'error', stream: 'invoices', count: 1 }],
    streams: [
      stream('jobs'),
      stream('invoices', { outcome: 'failed', error: 'HTTP 500', error_code: code }),
    ],
  };
}

const hourly = (last: number): Row[] =>
  Array.from({ length: 5 }, (_, run) => summary(last - (4 - run) * HOUR));

describe('report', () => {
  let folder: string;
  beforeEach(() => {
    folder = makeFolder();
    mkdirSync(join(folder, 'acme'));
  });

  const write = (name: string, value: unknown): string => {
    const file = join(folder, name);
    writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
    return file;
  };

  /** Makes a page from summaries in one folder. */
  async function pageOf(summaries: readonly unknown[], now = NOW): Promise<string> {
    for (const [index, one] of summaries.entries())
      write(join('acme', `${String(index).padStart(3, '0')}.json`), one);
    const out = join(folder, 'report.html');
    expect(await report({ out }, [join(folder, 'acme')], now)).to.equal(0);
    return readFileSync(out, 'utf8');
  }

  const answerOf = (page: string): string =>
    (/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(page)?.[1] ?? '').replaceAll(/<[^>]*>/g, '').trim();

  for (const [answer, summaries, now = NOW] of [
    ['All tables current at 06:12 UTC', hourly(LAST)],
    ['All tables current at 06:12 UTC', [summary(LAST)]],
    ['invoices failed in the last run', failing(1, 'API_FAILED')],
    ['invoices failed 3 times', failing(3, 'API_FAILED')],
    ['No run since 06:12 UTC on 21 November', hourly(LAST - 72 * HOUR)],
    [
      'The API refused the token in the last run',
      [
        ...hourly(LAST - HOUR),
        summary(LAST, { exit_code: 3, ended: 'failed', ended_code: 'TOKEN_REFUSED' }),
      ],
    ],
    [
      'The target failed in the last run',
      [...hourly(LAST - HOUR), summary(LAST, { run_exit_code: 6, run_code: 'TARGET_FAILED' })],
    ],
  ] as const)
    it(`answers "${answer}"`, async () => {
      expect(answerOf(await pageOf(summaries, now))).to.equal(answer);
    });

  it('does not depend on the order of the files, and counts a copy once', async () => {
    const runs = failing(3, 'API_FAILED');
    const page = await pageOf(runs);
    const reversed = await pageOf(runs.toReversed());
    expect(answerOf(reversed)).to.equal(answerOf(page));
    const copies = await pageOf([...runs, ...runs]);
    expect(answerOf(copies)).to.equal('invoices failed 3 times');
  });

  it('says what to do in the words of the documentation', async () => {
    const page = await pageOf(failing(3, 'API_FAILED'));
    expect(page).to.contain('The API answered 5xx, 408 or 425 in every attempt.');
    expect(page).to.contain('API_FAILED');
  });

  it('has no script and loads nothing, by a policy that its own style fits', async () => {
    const page = await pageOf(hourly(LAST));
    expect(page).not.to.match(/<script|<link|<img|<iframe|@import|url\(|https?:\/\/(?!www\.w3)/i);
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page)
      .to.match(/Content-Security-Policy/)
      .and.contain(`sha256-${hash}`);
    expect(page).to.contain('default-src &#39;none&#39;');
  });

  it('shows no text of a summary as markup, and no error text at all', async () => {
    const hostile = fc.stringMatching(/^[<>"'&;a-z/ =!-]{1,30}$/).map((text) => `${text}<i>`);
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const page = await pageOf([
          summary(LAST, {
            host: text,
            version: text,
            codes: [{ code: text, level: 'error', stream: text, count: 1 }],
            streams: [
              stream(text, { outcome: 'failed', error: 'a row value', error_code: text }),
              stream('jobs'),
            ],
          }),
        ]);
        expect(page).not.to.contain(text);
        expect(page).not.to.contain('a row value');
      }),
      { numRuns: 20 },
    );
  });

  for (const [what, text, fault] of [
    ['a config', { api_token: 'not-to-be-shown', host: 'x' }, /is not a summary of bolt-eci-tap/],
    ['text', 'not-to-be-shown', /acme/],
    ['a newer summary', summary(LAST, { format: 99 }), /newer version/],
  ] as const)
    it(`rejects ${what}, names the file, and quotes nothing of it`, async () => {
      const file = write(join('acme', 'x.json'), text);
      const out = join(folder, 'report.html');
      const error = await report({ out }, [file], NOW).catch((thrown: unknown) => thrown);
      expect(String(error)).to.match(fault).and.contain(file);
      expect(String(error)).not.to.contain('not-to-be-shown');
    });

  it('needs a file, and a place for the page', async () => {
    const faultOf = (out: string, paths: string[]): Promise<string> =>
      report({ out }, paths, NOW).then(String, String);
    expect(await faultOf(join(folder, 'r.html'), [join(folder, 'acme')])).to.match(
      /no file \*.json/,
    );
    expect(await faultOf(join(folder, 'r.html'), [join(folder, 'none.json')])).to.match(
      /none\.json/,
    );
    write(join('acme', 'x.json'), summary(LAST));
    expect(await faultOf(join(folder, 'none', 'r.html'), [join(folder, 'acme')])).to.match(
      /--out: .*cannot be written/,
    );
  });

  it('has a section for each folder, and for each host of one', async () => {
    mkdirSync(join(folder, 'westside'));
    write(join('acme', '1.json'), summary(LAST));
    write(join('acme', '2.json'), summary(LAST, { host: 'other.example' }));
    for (const [index, one] of failing(3, 'API_FAILED').entries())
      write(join('westside', `${index}.json`), one);
    const out = join(folder, 'report.html');
    await report({ out }, [join(folder, 'acme'), join(folder, 'westside')], NOW);
    const page = readFileSync(out, 'utf8');
    expect(answerOf(page)).to.equal('westside: invoices failed 3 times');
    for (const name of ['acme (bolt.example)', 'acme (other.example)', 'westside'])
      expect(page).to.contain(name);
  });
});
