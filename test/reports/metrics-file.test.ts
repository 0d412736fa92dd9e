import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricsText } from '#src/reports/metrics-file.js';
import type { SyncReport } from '#src/reports/report.js';
import { CallStats } from '#src/reports/call-stats.js';
import { callOf, reportOf } from '../support/reports.js';
import { makeFolder } from '../support/folder.js';
import { inProject } from '../support/paths.js';

const NOON = Date.UTC(2025, 0, 6, 12);
const LAST_SUCCESS = 'bolt_eci_tap_last_success_timestamp_seconds';
const RUN: SyncReport = { streams: [], ms: 90_000, ended: null };

describe('the metrics file', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = makeFolder();
    file = join(dir, 'bolt-events.prom');
  });

  /** The series of a run, with their values. */
  async function series(
    run: SyncReport,
    callStats = new CallStats(),
    exitCode = 0,
    endedAt = NOON,
  ): Promise<Map<string, number>> {
    const text = await metricsText(run, callStats, { version: '1.2.3', exitCode }, file, endedAt);
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => {
        const [, name, labels = '', value] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
        expect(labels).to.match(/(^|,)run="bolt-events"$/);
        return [`${name}{${labels.replace(/,?run="bolt-events"$/, '')}}`, Number(value)];
      }),
    );
  }

  it('describes the run, with times in seconds', async () => {
    expect(Object.fromEntries(await series(RUN))).to.deep.equal({
      'bolt_eci_tap_info{version="1.2.3"}': 1,
      'bolt_eci_tap_last_run_timestamp_seconds{}': NOON / 1000,
      'bolt_eci_tap_last_run_duration_seconds{}': 90,
      'bolt_eci_tap_last_run_exit_code{}': 0,
      [`${LAST_SUCCESS}{}`]: NOON / 1000,
    });
  });

  it('describes each stream', async () => {
    const { run, callStats } = eventful();
    const found = await series(run, callStats);
    const jobs = [...found].filter(([name]) => name.includes('stream="jobs"'));
    expect(
      Object.fromEntries(
        jobs.map(([name, value]) => [name.replace('bolt_eci_tap_stream_', ''), value]),
      ),
    ).to.deep.equal({
      'complete{stream="jobs"}': 1,
      'failed{stream="jobs"}': 0,
      'rows{stream="jobs"}': 120,
      'deleted{stream="jobs"}': 1,
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

  it('distinguishes a failed stream from an interrupted one', async () => {
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
      const facts = { version: '1.2.3', exitCode };
      writeFileSync(file, await metricsText(RUN, new CallStats(), facts, file, NOON));
    }
    const hourLater = NOON + 3_600_000;

    it('moves with each success', async () => {
      await before(0);
      expect((await series(RUN, new CallStats(), 0, hourLater)).get(`${LAST_SUCCESS}{}`)).to.equal(
        hourLater / 1000,
      );
    });

    it('stays if a run fails', async () => {
      await before(0);
      expect((await series(RUN, new CallStats(), 1, hourLater)).get(`${LAST_SUCCESS}{}`)).to.equal(
        NOON / 1000,
      );
    });

    it('is read from an older file without labels', async () => {
      writeFileSync(file, `# HELP ${LAST_SUCCESS} When\n${LAST_SUCCESS} 1736164800\nother 1\n`);
      expect((await series(RUN, new CallStats(), 1)).get(`${LAST_SUCCESS}{}`)).to.equal(
        1_736_164_800,
      );
    });

    it('is missing before the first', async () => {
      expect((await series(RUN, new CallStats(), 1)).has(`${LAST_SUCCESS}{}`)).to.equal(false);
      await before(2);
      expect((await series(RUN, new CallStats(), 1)).has(`${LAST_SUCCESS}{}`)).to.equal(false);
    });

    it('is not read from a file with other content', async () => {
      writeFileSync(file, `${LAST_SUCCESS} soon\n`);
      expect((await series(RUN, new CallStats(), 1)).has(`${LAST_SUCCESS}{}`)).to.equal(false);
    });
  });

  describe('its metrics', () => {
    const read = (name: string): string =>
      readFileSync(inProject(`deploy/prometheus/${name}`), 'utf8');
    const namesIn = (text: string): string[] => [...new Set(text.match(/\bbolt_eci_tap_\w+/g))];
    const declared = async (): Promise<Map<string, string>> => {
      const { run, callStats } = eventful();
      const text = await metricsText(run, callStats, { version: '1.2.3', exitCode: 0 }, file, NOON);
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

    it('include those of the alerts', async () => {
      const metrics = await declared();
      const asked = namesIn(read('alerts.yml'));
      expect(asked).to.not.be.empty;
      expect([...metrics.keys()]).to.include.members(asked);
    });

    it('have alerts, each tested and documented', () => {
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

/** A run with a value for every metric. */
function eventful(): { run: SyncReport; callStats: CallStats } {
  const callStats = new CallStats();
  callStats.add(callOf({ status: 429, ms: 100, retry: { ms: null, why: 'HTTP 429' } }));
  callStats.add(callOf({ ms: 200, pausedMs: 4000 }));
  const jobs = reportOf('jobs', { rows: 120, deleted: 1, pages: 2, rejected: 3, ms: 6500 });
  return { run: { ...RUN, streams: [jobs, reportOf('crews')] }, callStats };
}
