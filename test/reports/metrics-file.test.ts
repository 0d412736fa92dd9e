import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { metricsText } from '#src/reports/metrics-file.js';
import type { SyncReport } from '#src/reports/report.js';
import { Tally } from '#src/reports/call-stats.js';
import { callOf, reportOf } from '../support/reports.js';

const NOON = Date.UTC(2025, 0, 6, 12);
const LAST_SUCCESS = 'bolt_eci_tap_last_success_timestamp_seconds';
const RUN: SyncReport = { streams: [], ms: 90_000, ended: null };

describe('the metrics file', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'metrics-file-'));
    file = join(dir, 'bolt-events.prom');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** The series of a run, with their values. */
  async function series(
    run: SyncReport,
    tally = new Tally(),
    exitCode = 0,
    endedAt = NOON,
  ): Promise<Map<string, number>> {
    const text = await metricsText(
      run,
      tally,
      { version: '1.2.3', exitCode, startedAt: 0 },
      file,
      endedAt,
    );
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => {
        const [, name, labels = '', value] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
        expect(labels).to.match(/(^|,)run="bolt-events"$/);
        return [`${name}{${labels.replace(/,?run="bolt-events"$/, '')}}`, Number(value)];
      }),
    );
  }

  it('tells of the run, times in seconds', async () => {
    expect(Object.fromEntries(await series(RUN))).to.deep.equal({
      'bolt_eci_tap_info{version="1.2.3"}': 1,
      'bolt_eci_tap_last_run_timestamp_seconds{}': NOON / 1000,
      'bolt_eci_tap_last_run_duration_seconds{}': 90,
      'bolt_eci_tap_last_run_exit_code{}': 0,
      [`${LAST_SUCCESS}{}`]: NOON / 1000,
    });
  });

  it('tells of each stream', async () => {
    const { run, tally } = eventful();
    const found = await series(run, tally);
    const jobs = [...found].filter(([name]) => name.includes('stream="jobs"'));
    expect(
      Object.fromEntries(
        jobs.map(([name, value]) => [name.replace('bolt_eci_tap_stream_', ''), value]),
      ),
    ).to.deep.equal({
      'complete{stream="jobs"}': 1,
      'failed{stream="jobs"}': 0,
      'rows{stream="jobs"}': 120,
      'pages{stream="jobs"}': 2,
      'rejected{stream="jobs"}': 3,
      'duration_seconds{stream="jobs"}': 6.5,
      'retries{stream="jobs"}': 1,
      'paused_seconds{stream="jobs"}': 4,
      'calls{stream="jobs",status="429"}': 1,
      'calls{stream="jobs",status="200"}': 1,
      'latency_seconds{stream="jobs",percentile="50"}': 0.1,
      'latency_seconds{stream="jobs",percentile="95"}': 0.2,
    });
  });

  it('tells a stream that failed from one that was cut short', async () => {
    const streams = [
      reportOf('jobs', { outcome: 'failed' }),
      reportOf('crews', { outcome: 'stopped' }),
    ];
    const found = await series({ ...RUN, streams });
    expect(found.get('bolt_eci_tap_stream_failed{stream="jobs"}')).to.equal(1);
    expect(found.get('bolt_eci_tap_stream_failed{stream="crews"}')).to.equal(0);
    expect(found.get('bolt_eci_tap_stream_complete{stream="jobs"}')).to.equal(0);
    expect(found.get('bolt_eci_tap_stream_complete{stream="crews"}')).to.equal(0);
  });

  it('has no latency of a stream without calls', async () => {
    const found = await series({ ...RUN, streams: [reportOf('jobs')] });
    expect([...found.keys()].join(' ')).to.not.contain('latency');
  });

  describe('the time of the last success', () => {
    async function before(exitCode: number): Promise<void> {
      const facts = { version: '1.2.3', exitCode, startedAt: 0 };
      writeFileSync(file, await metricsText(RUN, new Tally(), facts, file, NOON));
    }
    const hourLater = NOON + 3_600_000;

    it('moves with each success', async () => {
      await before(0);
      expect((await series(RUN, new Tally(), 0, hourLater)).get(`${LAST_SUCCESS}{}`)).to.equal(
        hourLater / 1000,
      );
    });

    it('stays where a run fails', async () => {
      await before(0);
      expect((await series(RUN, new Tally(), 1, hourLater)).get(`${LAST_SUCCESS}{}`)).to.equal(
        NOON / 1000,
      );
    });

    it('is read from a file without labels, as they were', async () => {
      writeFileSync(file, `# HELP ${LAST_SUCCESS} When\n${LAST_SUCCESS} 1736164800\nother 1\n`);
      expect((await series(RUN, new Tally(), 1)).get(`${LAST_SUCCESS}{}`)).to.equal(1_736_164_800);
    });

    it('is not there before the first', async () => {
      expect((await series(RUN, new Tally(), 1)).has(`${LAST_SUCCESS}{}`)).to.equal(false);
      await before(2);
      expect((await series(RUN, new Tally(), 1)).has(`${LAST_SUCCESS}{}`)).to.equal(false);
    });

    it('is not made up from a file that holds something else', async () => {
      writeFileSync(file, `${LAST_SUCCESS} soon\n`);
      expect((await series(RUN, new Tally(), 1)).has(`${LAST_SUCCESS}{}`)).to.equal(false);
    });
  });

  describe('its metrics', () => {
    const read = (name: string): string =>
      readFileSync(
        fileURLToPath(new URL(`../../deploy/prometheus/${name}`, import.meta.url)),
        'utf8',
      );
    const namesIn = (text: string): string[] => [...new Set(text.match(/\bbolt_eci_tap_\w+/g))];
    const declared = async (): Promise<Map<string, string>> => {
      const { run, tally } = eventful();
      const text = await metricsText(
        run,
        tally,
        { version: '1.2.3', exitCode: 0, startedAt: 0 },
        file,
        NOON,
      );
      const types = [...text.matchAll(/^# HELP (\w+) (.+)\n# TYPE \w+ gauge\n\w+\{(.*)\}/gm)];
      return new Map(types.map(([, name = '', , labels = '']) => [name, labels]));
    };

    it('are all in the README of deploy/prometheus, with their labels, and no others', async () => {
      const metrics = await declared();
      const readme = read('README.md');
      expect(namesIn(readme)).to.have.members([...metrics.keys()]);
      for (const [name, labels] of metrics) {
        const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\``));
        const told = [...(row?.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, label]) => label);
        const made = [...labels.matchAll(/(\w+)="/g)]
          .map(([, label]) => label)
          .filter((label) => label !== 'run');
        expect(told, name).to.deep.equal(made);
      }
    });

    it('are what the alerts ask for', async () => {
      const metrics = await declared();
      const asked = namesIn(read('alerts.yml'));
      expect(asked).to.not.be.empty;
      expect([...metrics.keys()]).to.include.members(asked);
    });

    it('come with alerts that are each tested and documented', () => {
      const alerts = [...read('alerts.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
      const tested = [...read('alerts.test.yml').matchAll(/alertname: (\w+)/g)].map(
        ([, name]) => name,
      );
      const told = [...read('README.md').matchAll(/^\| `(BoltTap\w+)`/gm)].map(([, name]) => name);
      expect(alerts).to.not.be.empty;
      expect([...new Set(tested)]).to.have.members(alerts);
      expect(told).to.have.members(alerts);
    });
  });
});

/** A run with something of everything. */
function eventful(): { run: SyncReport; tally: Tally } {
  const tally = new Tally();
  tally.add(callOf({ status: 429, ms: 100, retry: { ms: null, why: 'HTTP 429' } }));
  tally.add(callOf({ ms: 200, pausedMs: 4000 }));
  const jobs = reportOf('jobs', { rows: 120, pages: 2, rejected: 3, ms: 6500 });
  return { run: { ...RUN, streams: [jobs, reportOf('crews')] }, tally };
}
