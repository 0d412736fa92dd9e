import { expect } from 'chai';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { configure, type ConfigureFlags } from '#src/cli/configure.js';
import { ApiError, ConfigError, StopError } from '#src/errors.js';
import { loadSettings } from '#src/config/load.js';
import { Simulator } from '#src/simulator/simulator.js';
import { serve, type Served } from '#src/simulator/serve.js';
import { runCommand } from '../support/processes.js';
import { makeFolder } from '../support/folder.js';

const TOKEN = 'simulated-token';
const NAMES = [
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'BASE_URL',
  'API_TOKEN',
  'API_TOKEN_NAME',
  'MAX_RETRIES',
].map((name) => (name.startsWith('XDG') ? name : `TAP_BOLT_ECI_${name}`));

/** A person at a terminal: answers come as their questions are on the screen. */
function person(answers: readonly string[]): {
  input: PassThrough & { isTTY: boolean };
  output: PassThrough;
  screen: () => string;
} {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = new PassThrough();
  const left = [...answers];
  let screen = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    if (/[:?] (\(y\/N\) )?$/.test(text)) setImmediate(() => input.write(left.shift() ?? '\u0004'));
  });
  return { input, output, screen: () => screen };
}

/** No person: what is on stdin, and what was said. */
function pipe(text: string): { input: PassThrough; output: PassThrough; screen: () => string } {
  const output = new PassThrough();
  let screen = '';
  output.setEncoding('utf8').on('data', (part: string) => (screen += part));
  const input = new PassThrough();
  input.end(text);
  return { input, output, screen: () => screen };
}

describe('configure', () => {
  let folder = '';
  let simulator: Simulator;
  let server: Served;
  const saved = new Map<string, string | undefined>();
  const file = (): string => join(folder, 'config', 'bolt-eci-tap', 'profiles.json');
  const stored = (): unknown =>
    existsSync(file()) ? JSON.parse(readFileSync(file(), 'utf8')) : {};
  const flags = (also: Partial<ConfigureFlags> = {}): ConfigureFlags => ({
    profile: 'acme',
    check: true,
    ...also,
  });
  const faultOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.catch((error: unknown) => error);

  before(async () => {
    simulator = new Simulator({ rows: 5, authForm: 'unquoted', callsPerHour: Infinity });
    server = await serve(simulator);
  });
  after(() => server.close());
  beforeEach(() => {
    folder = makeFolder();
    for (const name of NAMES) {
      saved.set(name, process.env[name]);
      delete process.env[name];
    }
    process.env['XDG_CONFIG_HOME'] = join(folder, 'config');
    process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
  });
  afterEach(() => {
    simulator.clearFaults();
    for (const [name, value] of saved) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  describe('with a person', () => {
    it('asks, tries, and stores, and never shows the token', async () => {
      const terminal = person([`${server.url}\r`, `${TOKEN}\r`, 'simulator\r']);
      await configure(flags(), terminal);
      expect(stored()).to.deep.equal({
        acme: { base_url: server.url, api_token: TOKEN, api_token_name: 'simulator' },
      });
      expect(statSync(file()).mode & 0o777).to.equal(0o600);
      expect(terminal.screen()).to.include('URL of the API (Enter for https://app.bolttech.net): ');
      expect(terminal.screen()).to.match(
        /INFO 127\.0\.0\.1:\d+ accepts the token\nThe profile acme is stored in /,
      );
      expect(terminal.screen()).to.not.include(TOKEN).and.not.include('simulated');
    });

    it('asks for what is not given, and leaves out what is left empty', async () => {
      process.env['TAP_BOLT_ECI_BASE_URL'] = server.url;
      const terminal = person([`${TOKEN}\r`, '\r']);
      await configure(flags(), terminal);
      expect(stored()).to.deep.equal({ acme: { base_url: server.url, api_token: TOKEN } });
      expect(terminal.screen()).to.not.include('Address');
      const next = person(['\r', `${TOKEN}\r`]);
      delete process.env['TAP_BOLT_ECI_BASE_URL'];
      await configure(flags({ profile: 'other', check: false, tokenName: 'n' }), next);
      expect(stored()).to.deep.include({ other: { api_token: TOKEN, api_token_name: 'n' } });
    });

    it('asks before it replaces a profile', async () => {
      process.env['TAP_BOLT_ECI_API_TOKEN'] = 'first-token';
      await configure(flags({ check: false, baseUrl: server.url, tokenName: 'n' }), person([]));
      process.env['TAP_BOLT_ECI_API_TOKEN'] = 'second-token';
      const no = person(['\r']);
      await configure(flags({ check: false, baseUrl: server.url, tokenName: 'n' }), no);
      expect(no.screen()).to.match(
        /Replace the profile acme\? \(y\/N\) [^]*Nothing was stored\.\n$/,
      );
      expect(JSON.stringify(stored())).to.include('first-token');
      await configure(
        flags({ check: false, baseUrl: server.url, tokenName: 'n' }),
        person(['y\r']),
      );
      expect(JSON.stringify(stored())).to.include('second-token');
    });

    for (const [key, what] of [
      ['\u0003', 'Ctrl-C'],
      ['\u0004', 'the end of the input'],
    ] as const) {
      it(`ends on ${what}, also in the middle of the token`, async () => {
        const fault = await faultOf(configure(flags(), person([`${server.url}\r`, key])));
        expect(fault).to.be.instanceOf(StopError);
        expect(stored()).to.deep.equal({});
      });
    }
  });

  it('refuses names that cannot be stored', async () => {
    for (const profile of ['__proto__', '__internal__', 'constructor', 'toString']) {
      const fault = await faultOf(configure(flags({ profile }), pipe(TOKEN)));
      expect(fault, profile).to.be.instanceOf(ConfigError);
      expect(String(fault)).to.include(`--profile: ${profile} is a reserved word`);
    }
    expect(stored()).to.deep.equal({});
  });

  for (const isTTY of [true, false]) {
    it(`ends on a signal while it waits for an answer, ${isTTY ? 'with' : 'without'} a terminal`, async () => {
      const input = Object.assign(new PassThrough(), { isTTY });
      const waiting = faultOf(
        configure(flags({ check: false }), { input, output: new PassThrough() }),
      );
      setImmediate(() => process.emit('SIGTERM', 'SIGTERM'));
      expect(await waiting)
        .to.be.instanceOf(StopError)
        .and.include({ signal: 'SIGTERM' });
      expect(process.listenerCount('SIGTERM')).to.equal(0);
      expect(stored()).to.deep.equal({});
    });
  }

  describe('without a person', () => {
    it('takes flags and environment', async () => {
      process.env['TAP_BOLT_ECI_API_TOKEN'] = TOKEN;
      await configure(flags({ baseUrl: server.url, tokenName: 'simulator' }), pipe(''));
      expect(stored()).to.deep.equal({
        acme: { base_url: server.url, api_token: TOKEN, api_token_name: 'simulator' },
      });
    });

    it('takes the token from stdin', async () => {
      await configure(flags({ baseUrl: server.url }), pipe(`${TOKEN}\nand more\n`));
      expect(stored()).to.deep.equal({ acme: { base_url: server.url, api_token: TOKEN } });
    });

    it('wants --force to replace a profile', async () => {
      await configure(flags({ check: false }), pipe('first-token'));
      const fault = await faultOf(configure(flags({ check: false }), pipe('second-token')));
      expect(String(fault)).to.match(/^ConfigError: The profile acme exists: use --force/);
      await configure(flags({ check: false, force: true }), pipe('second-token'));
      expect(stored()).to.deep.equal({ acme: { api_token: 'second-token' } });
    });

    it('stores nothing where the token is refused, unless it is not tried', async () => {
      const fault = await faultOf(configure(flags({ baseUrl: server.url }), pipe('another-token')));
      expect(fault).to.be.instanceOf(ApiError).and.include({ fault: 'unauthorized' });
      expect(String(fault))
        .to.match(/Nothing was stored: .*HTTP 401/)
        .and.not.include('another-token');
      expect(stored()).to.deep.equal({});
      await configure(flags({ baseUrl: server.url, check: false }), pipe('another-token'));
      expect(stored()).to.have.key('acme');
    });

    it('stores a token that may not read what is tried', async () => {
      simulator.fault({ kind: 'status', status: 403, times: 2 });
      const terminal = pipe(TOKEN);
      await configure(flags({ baseUrl: server.url }), terminal);
      expect(terminal.screen()).to.match(/WARNING .* accepts the token, but not for jobs/);
      expect(stored()).to.have.key('acme');
    });

    it('says what is missing or wrong', async () => {
      const message = async (also: Partial<ConfigureFlags>, token: string): Promise<string> =>
        String(await faultOf(configure(flags(also), pipe(token))));
      expect(await message({}, '')).to.match(/The token is missing: set TAP_BOLT_ECI_API_TOKEN/);
      expect(await message({ baseUrl: 'http://example.com' }, TOKEN)).to.match(
        /base_url \(profile acme\) uses http,/,
      );
      expect(await message({}, 'a"b'))
        .to.match(/api_token \(profile acme\): expected text without/)
        .and.not.include('a"b');
      expect(await message({ profile: '../x' }, TOKEN)).to.match(/--profile: expected a name/);
      expect(stored()).to.deep.equal({});
    });

    it('says what is wrong with the environment too', async () => {
      process.env['TAP_BOLT_ECI_NONSENSE'] = '1';
      const terminal = pipe(TOKEN);
      await configure(flags({ check: false }), terminal).finally(
        () => delete process.env['TAP_BOLT_ECI_NONSENSE'],
      );
      expect(terminal.screen()).to.match(/WARNING TAP_BOLT_ECI_NONSENSE: unknown setting/);
    });
  });

  describe('profiles', () => {
    beforeEach(() =>
      configure(flags({ check: false, baseUrl: server.url, tokenName: 'simulator' }), pipe(TOKEN)),
    );

    it('are named and deleted', async () => {
      const list = pipe('');
      await configure(flags({ list: true }), list);
      expect(list.screen()).to.equal('acme\n');
      await configure(flags({ delete: true }), pipe(''));
      expect(stored()).to.deep.equal({});
      expect(await faultOf(configure(flags({ delete: true }), pipe('')))).to.be.instanceOf(
        ConfigError,
      );
    });

    it('are the last that settings are taken from', async () => {
      const both = join(folder, 'c.json');
      writeFileSync(both, '{"api_token": "of-the-file"}', { mode: 0o600 });
      const { config } = await loadSettings({ config: [both], profile: 'acme' });
      expect(config).to.include({ apiToken: 'of-the-file', apiTokenName: 'simulator' });
      expect(config.baseUrl.origin).to.equal(server.url);
      process.env['TAP_BOLT_ECI_API_TOKEN'] = 'of-the-environment';
      expect((await loadSettings({ config: [both], profile: 'acme' })).config.apiToken).to.equal(
        'of-the-environment',
      );
    });

    it('are asked for by a name there is', async () => {
      const fault = String(await faultOf(loadSettings({ config: [], profile: 'amce' })));
      expect(fault).to.match(
        /The profile "amce" does not exist \(stored: acme\); create it with .*--profile amce$/,
      );
      rmSync(file());
      expect(String(await faultOf(loadSettings({ config: [], profile: 'acme' })))).to.include(
        'no profile is stored',
      );
    });

    it('never show what a broken file holds', async () => {
      writeFileSync(file(), '{"acme": {"api_token": secret-text');
      const fault = await faultOf(loadSettings({ config: [], profile: 'acme' }));
      expect(fault).to.be.instanceOf(ConfigError);
      expect(String(fault))
        .to.match(/profiles\.json .* is not valid JSON/)
        .and.not.include('secret');
      rmSync(file());
      mkdirSync(file());
      expect(String(await faultOf(loadSettings({ config: [], profile: 'acme' })))).to.match(
        /cannot be read: it is a folder/,
      );
    });

    it('serve the command', async () => {
      const env = {
        XDG_CONFIG_HOME: join(folder, 'config'),
        XDG_CACHE_HOME: join(folder, 'cache'),
      };
      const test = await runCommand(['--profile', 'acme', '--test', '--streams', 'jobs'], { env });
      expect(test.code, test.log).to.equal(0);
      expect(test.log).to.include('jobs: works, 5 rows on the first page');
      const again = await runCommand(['configure', '--profile', 'acme'], { env, input: TOKEN });
      expect(again.code).to.equal(2);
      expect(again.log).to.match(/^ERROR The profile acme exists/);
    });
  });
});
