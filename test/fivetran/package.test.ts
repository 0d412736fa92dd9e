/** The tap as one file, for Fivetran: it behaves as the package does, without any other file. */
import { expect } from 'chai';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SETTINGS } from '#src/config/settings.js';
import { Simulator } from '#src/simulator/simulator.js';
import { serve, type Served } from '#src/simulator/serve.js';
import { ALL_STREAMS } from '#src/streams.js';
import { makeFolder } from '../support/folder.js';
import { COMMAND, inProject } from '../support/paths.js';

describe('the package for Fivetran', function () {
  this.timeout(60_000);
  let folder: string;
  let bundled: string;

  before(() => {
    folder = makeFolder();
    bundled = join(folder, 'tap.mjs');
    const { status, stderr } = spawnSync(process.execPath, [
      inProject('scripts/package-fivetran.js'),
      folder,
    ]);
    expect(status, String(stderr)).to.equal(0);
  });

  function output(file: string, args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status, stderr).to.equal(0);
    return stdout;
  }

  it('holds the connector, the tap and the guide, and no folder', () => {
    expect(readdirSync(folder).toSorted()).to.deep.equal([
      'README.md',
      'configuration.example.json',
      'connector.py',
      'messages.py',
      'requirements.txt',
      'tap.mjs',
      'tap.py',
    ]);
  });

  it('names settings and streams that there are, all settings as text', () => {
    const names = SETTINGS.map(({ name }) => name as string);
    const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
    const example: Record<string, unknown> = JSON.parse(read('configuration.example.json'));
    expect(names).to.include.members(Object.keys(example));
    for (const value of Object.values(example)) expect(value).to.be.a('string');

    const guide = read('README.md');
    const table = guide.slice(guide.indexOf('| setting |'), guide.indexOf('## Schema'));
    const named = [...table.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = '']) =>
      cell.split(', '),
    );
    expect(named.length).to.be.above(6);
    expect(names).to.include.members(named.map((name) => name.replaceAll('`', '')));
    const connections = [...guide.matchAll(/^\| `bolt_eci_\w+` \| `(.*?)` \|/gm)].map(
      ([, list = '']) => list.split(','),
    );
    expect(connections.flat().toSorted()).to.deep.equal(
      ALL_STREAMS.map(({ name }) => name).toSorted(),
    );
    for (const { name, feed } of ALL_STREAMS.filter((stream) => stream.feed)) {
      const together = connections.find((list) => list.includes(name));
      expect(together, `${name} and its feed are in one connection`).to.include(feed?.name);
    }
  });

  for (const args of [['--discover'], ['--about', '--format', 'json'], ['--version'], ['--help']]) {
    it(`prints for ${args.join(' ')} what the installed tap prints`, () => {
      expect(output(bundled, args)).to.equal(output(COMMAND, args));
    });
  }

  describe('in a run', () => {
    let api: Served;

    beforeEach(async () => {
      api = await serve(new Simulator({ rows: 30 }));
    });

    afterEach(() => api.close());

    function start(file: string, env: Record<string, string> = {}, args: readonly string[] = []) {
      return spawn(process.execPath, [file, '--config=ENV', ...args], {
        cwd: folder,
        env: {
          ...process.env,
          TAP_BOLT_ECI_BASE_URL: api.url,
          TAP_BOLT_ECI_API_TOKEN: 'simulated-token',
          TAP_BOLT_ECI_API_TOKEN_NAME: 'simulator',
          TAP_BOLT_ECI_CALLS_PER_SECOND: '1000',
          TAP_BOLT_ECI_CACHE_DIR: join(folder, 'cache'),
          ...env,
        },
      });
    }

    it('writes what the installed tap writes', async () => {
      const runs = [start(bundled), start(COMMAND)].map(async (child) => {
        child.stderr.resume();
        return (await text(child.stdout)).replaceAll(/"time_extracted":"[^"]*"/g, '');
      });
      const [one, other] = await Promise.all(runs);
      expect(one?.split('\n').length).to.be.above(400);
      // Tokens are made with each page, and times are those of the responses.
      const withoutTokens = (lines = ''): string =>
        lines.replaceAll(
          /"(?:refresh_token|event_token|events_token|events_page|events_since|events_at)":"[^"]*"/g,
          '',
        );
      expect(withoutTokens(one)).to.equal(withoutTokens(other));
    });

    it('writes the files of metrics and summary', async () => {
      const files = ['--summary', join(folder, 's.json'), '--metrics-file', join(folder, 'm.prom')];
      const child = start(bundled, { TAP_BOLT_ECI_STREAMS: 'offices' }, files);
      child.stdout.resume();
      child.stderr.resume();
      expect(await once(child, 'close')).to.deep.equal([0, null]);
      expect(readdirSync(folder)).to.include.members(['s.json', 'm.prom']);
    });

    it('ends by itself when the connector is gone', async () => {
      await api.close();
      api = await serve(new Simulator({ rows: 30 }), { latencyMs: 60_000 });
      const child = start(bundled, { BOLT_ECI_CONNECTOR: '1' });
      await once(child.stdout, 'data');
      child.stdin.end();
      const log = await text(child.stderr);
      expect(child.exitCode ?? (await once(child, 'close'))[0]).to.equal(143);
      expect(log).to.match(/SIGTERM received: stopping/);
    });
  });
});
