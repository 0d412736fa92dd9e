// Limits on work rather than time (calls, writes, bytes, compiled plans and loaded modules), so
// that a regression shows without a clock.
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { discover } from '#src/catalog/discover.js';
import { StreamLines } from '#src/engine/stream-lines.js';
import { plan } from '#src/catalog/plan.js';
import { newReport } from '#src/reports/report.js';
import { Simulator } from '#src/simulator/simulator.js';
import { STREAMS } from '#src/streams.js';
import { useApi } from '../support/api.js';
import { Sink } from '../support/messages.js';
import { keptLog, syncOnce } from '../support/run.js';
import { makeFolder } from '../support/folder.js';
import { COMMAND, inProject } from '../support/paths.js';

/** What only a sync, or the simulator, needs. */
const ENGINE = /\/dist\/(?:engine|api|shape|run|simulator)\/.*\.js/;
const PAGE = 100;
const ROWS = {
  jobs: 450,
  work_orders: 300,
  job_events: 250,
  work_order_events: 300,
  work_order_status_events: 1,
};

/**
 * The calls that a full run needs: one for each page, and for a feed one more, which finds its end.
 */
function fewest(simulator: Simulator): number {
  const pages = STREAMS.map(({ name, paging }) => {
    const full = Math.ceil([...simulator.rows(name)].length / PAGE);
    return paging === 'events' ? full + 1 : Math.max(1, full);
  });
  return pages.reduce((sum, count) => sum + count, 0);
}

/** The modules that a command loads, as paths. */
function modulesOf(...args: string[]): string[] {
  const folder = makeFolder();
  // A hook sees each module that is imported; require() is seen through its cache.
  const hook = `export async function load(url, context, next) { process._rawDebug('LOADED ' + url); return next(url, context); }`;
  const register = `
    import { createRequire, register } from 'node:module';
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});
    const { cache } = createRequire(import.meta.url);
    process.on('exit', () => Object.keys(cache).forEach((file) => process._rawDebug('LOADED ' + file)));`;
  const file = join(folder, 'register.mjs');
  writeFileSync(file, register);
  const { stderr } = spawnSync(
    process.execPath,
    ['--import', pathToFileURL(file).href, COMMAND, ...args],
    {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    },
  );
  return [...stderr.matchAll(/^LOADED (.*)$/gm)].map(([, module = '']) => module);
}

function packagesOf(modules: readonly string[]): Set<string> {
  return new Set(
    modules.flatMap((module) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1] ?? []),
  );
}

describe('work', () => {
  useApi();
  let simulator: Simulator;
  beforeEach(() => {
    simulator = new Simulator({ rows: 30, rowsByStream: ROWS, callsPerHour: Infinity });
  });

  it('a full run makes no call beyond the pages there are and one closing call a feed', async () => {
    await syncOnce({ simulator });
    expect(simulator.calls.length).to.equal(fewest(simulator));
  });

  it('an idle run makes one call a stream', async () => {
    const { state } = await syncOnce({ simulator });
    const before = simulator.calls.length;
    await syncOnce({ simulator, state });
    expect(simulator.calls.length - before).to.equal(STREAMS.length);
  });

  it('a run of few changes asks for their pages alone', async () => {
    const { state } = await syncOnce({ simulator });
    const before = simulator.calls.length;
    simulator.change('jobs', 28_000_001, { notes: 'changed' });
    await syncOnce({ simulator, state });
    // The feed of jobs has a page and its end; all others one call each.
    expect(simulator.calls.length - before).to.equal(STREAMS.length + 1);
  });

  it('writes a page in pieces of what a pipe takes, besides a SCHEMA a stream and the first and last STATE', async () => {
    const sink = new Sink();
    const { report } = await syncOnce({ simulator, out: sink });
    const pages = report.streams.reduce((sum, stream) => sum + stream.pages, 0);
    const schemas = STREAMS.length + 1;
    const pieces = Math.ceil(Buffer.byteLength(sink.text) / 65_536);
    expect(sink.chunks.filter((chunk) => chunk !== '').length).to.be.at.most(
      schemas + pages + 2 + pieces,
    );
    expect(sink.chunks.filter((chunk) => Buffer.byteLength(chunk) > 65_536)).to.deep.equal([]);
    expect(sink.chunks.filter((chunk) => chunk !== '' && !chunk.endsWith('\n'))).to.deep.equal([]);
  });

  it('writes no more bytes than the rows hold and a fixed part a line', async () => {
    const { text } = await syncOnce({ simulator, streams: ['jobs'] });
    const lines = text
      .split('\n')
      .filter((line) => line.includes('"type":"RECORD","stream":"jobs"'));
    const frame =
      '{"type":"RECORD","stream":"jobs","record":,"time_extracted":"2025-02-03T12:00:00.000Z"}';
    expect(lines.length).to.equal(ROWS.jobs);
    for (const line of lines) {
      const { record }: { record: unknown } = JSON.parse(line);
      expect(line.length).to.equal(frame.length + JSON.stringify(record).length);
    }
  });

  it('compiles a stream once, however many pages it has', () => {
    const { streams, rejected } = plan(discover());
    const jobs = streams.find(({ name }) => name === 'jobs')!;
    let reads = 0;
    const properties = new Proxy(jobs.schema.properties, {
      ownKeys: (target) => {
        reads += 1;
        return Reflect.ownKeys(target);
      },
    });
    const planned = { ...jobs, schema: { ...jobs.schema, properties } };
    const lines = new StreamLines({
      planned,
      rejected,
      maxRejectedShare: 1,
      validator: () => () => true,
      log: keptLog().log,
      report: newReport('jobs', {}),
    });
    const once = reads;
    expect(once).to.be.greaterThan(0);
    for (let page = 0; page < 20; page += 1) {
      lines.page({ rows: [{ id: page }, { id: 'none' }], size: 0, arrivedAt: 0, bookmark: {} });
    }
    expect(reads).to.equal(once);
  });

  for (const [flag, most] of [
    ['--version', 13],
    ['--discover', 19],
    ['--help', 13],
  ] as const) {
    it(`${flag} loads nothing that only a sync needs`, () => {
      const modules = modulesOf(flag);
      expect([...packagesOf(modules)]).to.have.members([
        'commander',
        '@commander-js/extra-typings',
      ]);
      expect(modules.filter((module) => ENGINE.test(module))).to.deep.equal([]);
      expect(modules.filter((module) => module.includes('/dist/')).length).to.be.at.most(most);
    });
  }

  it('no start makes what only a message about a wrong name needs', () => {
    // A formatter of lists takes 20 ms to make.
    const trap = `data:text/javascript,Intl.ListFormat = class { constructor() { throw new Error('made') } }`;
    const run = (...args: string[]): string =>
      spawnSync(process.execPath, ['--import', trap, COMMAND, ...args], {
        encoding: 'utf8',
        env: {},
      }).stderr;
    for (const flag of ['--version', '--discover', '--help']) expect(run(flag)).to.equal('');
    expect(run('simulat')).to.match(/made/);
  });

  it('a sync is seen to load more, so the look is not blind', () => {
    // It ends for want of a token.
    const modules = modulesOf();
    const packages = packagesOf(modules);
    expect([...packages]).to.include.members(['got', 'pino']);
    // Each of these costs more CPU time than ten calls.
    expect([...packages]).to.not.include.members(['ajv']);
    expect([...packages]).to.not.include.members(['conf']);
    for (const room of ['engine/sync', 'api/client', 'shape/shape']) {
      expect(
        modules.some((module) => ENGINE.test(module) && module.includes(`/dist/${room}.js`)),
        room,
      ).to.equal(true);
    }
    expect(readdirSync(inProject('dist/simulator'))).to.not.be.empty;
  });
});
