import { expect } from 'chai';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Place } from '../support/command.js';
import { report } from '#src/cli/report.js';
import { failedEntry, hourly, LAST_RUN, streamEntry, summaryOf } from '../support/summaries.js';

describe('bolt-eci-tap report', () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
    mkdirSync(place.path('runs'));
  });
  afterEach(() => place.close());

  function keep(name: string, content: unknown): void {
    writeFileSync(place.path(`runs/${name}`), JSON.stringify(content));
  }

  it('writes a page from a folder, and leaves nothing else', async () => {
    keep('a.json', summaryOf(Date.now() - 60_000, [streamEntry('jobs')]));
    writeFileSync(place.path('runs/notes.txt'), 'no summary');
    const { code, stdout, stderr } = await place.run(['report', '--out', 'report.html', 'runs']);
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(place.path('report.html'), 'utf8')).to.match(/<h1[^>]*>All tables current/);
    expect(readdirSync(place.folder).toSorted()).to.deep.equal(['report.html', 'runs']);
  });

  it('prints the page with --out -, and ends with 0 if a table failed', async () => {
    keep('a.json', summaryOf(Date.now() - 60_000, [failedEntry('jobs')]));
    const { code, stdout } = await place.run(['report', '--out', '-', 'runs/a.json']);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^<!doctype html>/);
    expect(stdout).to.include('jobs failed in the last run');
  });

  const WRONG: readonly [name: string, content: unknown, message: RegExp][] = [
    ['config.json', { base_url: 'https://x', api_token: 'value-17' }, /is not a summary/],
    ['state.json', { bookmarks: { jobs: { refresh_token: 'value-17' } } }, /is not a summary/],
    ['list.json', ['value-17'], /JSON object|is not a summary/],
    ['newer.json', { ...summaryOf(0, []), format: 2 }, /newer version/],
    ['broken.json', '{"api_token": "value-17', /JSON/],
  ];
  for (const [name, content, message] of WRONG)
    it(`refuses ${name}, names it, and quotes nothing`, async () => {
      keep('a.json', summaryOf(Date.now(), [streamEntry('jobs')]));
      if (typeof content === 'string') writeFileSync(place.path(`runs/${name}`), content);
      else keep(name, content);
      const { code, stderr } = await place.run(['report', '--out', 'report.html', 'runs']);
      expect(code).to.equal(2);
      expect(stderr).to.include(`runs/${name}`).and.to.match(message);
      expect(stderr).not.to.include('value-17');
      expect(stderr.trimEnd().split('\n')).to.have.lengthOf(1);
      expect(existsSync(place.path('report.html'))).to.equal(false);
    });

  it('has a section for each folder, and for each host of one', async () => {
    mkdirSync(place.path('westside'));
    const jobs = [streamEntry('jobs')];
    keep('1.json', summaryOf(LAST_RUN, jobs));
    keep('2.json', summaryOf(LAST_RUN, jobs, { host: 'other.example' }));
    const runs = hourly(
      (at) => summaryOf(at, jobs),
      (at) => summaryOf(at, [failedEntry('jobs')]),
      (at) => summaryOf(at, [failedEntry('jobs')]),
    );
    for (const [index, run] of runs.entries()) place.file(`westside/${index}.json`, run);
    const out = place.path('report.html');
    await report({ out }, [place.path('runs'), place.path('westside')], LAST_RUN + 120_000);
    const page = readFileSync(out, 'utf8');
    expect(page).to.match(/<h1[^>]*>westside: jobs failed 2 times</);
    for (const name of ['runs (acme.bolt.example)', 'runs (other.example)', 'westside'])
      expect(page).to.match(new RegExp(`<h2>\\s*${name.replaceAll(/[().]/g, '\\$&')}:`));
  });

  it('ends with 2 without a summary, without --out, or if the page cannot be written', async () => {
    const [empty, none, missing] = await place.runInOne([
      ['report', '--out', 'report.html', 'runs'],
      ['report', 'runs'],
      ['report', '--out', 'report.html', 'nowhere.json'],
    ]);
    expect([empty?.code, none?.code, missing?.code]).to.deep.equal([2, 2, 2]);
    expect(empty?.stderr).to.include('--summary with a folder');
    expect(none?.stderr).to.include('--out');
    expect(missing?.stderr).to.include('nowhere.json');
    keep('a.json', summaryOf(Date.now(), [streamEntry('jobs')]));
    const { code, stderr } = await place.run(['report', '--out', 'no/report.html', 'runs']);
    expect(code).to.equal(2);
    expect(stderr).to.include('no/report.html');
  });
});
