import { expect } from 'chai';
import { openSession, printsHeaders } from '#src/api/session.js';
import { loadConfig } from '#src/config/config.js';
import { keptLog } from '../support/run.js';
import { FakeClock } from '../support/clock.js';
import { listen } from '../support/server.js';
import { makeFolder } from '../support/folder.js';

const PROXIES = [
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'no_proxy',
  'NODE_DEBUG',
];

describe('openSession', () => {
  const before = Object.fromEntries(PROXIES.map((name) => [name, process.env[name]]));
  let dir = '';
  beforeEach(() => {
    dir = makeFolder();
    for (const name of PROXIES) delete process.env[name];
  });
  afterEach(() => {
    for (const name of PROXIES) delete process.env[name];
    for (const [name, value] of Object.entries(before))
      if (value !== undefined) process.env[name] = value;
  });

  /** Sends one request to a loopback server. Returns the lines of the log. */
  async function ask(): Promise<readonly string[]> {
    const server = await listen((_, response) => response.end('{}'));
    const { log, said } = keptLog();
    const { config } = loadConfig({
      files: [],
      env: {
        TAP_BOLT_ECI_BASE_URL: server.url,
        TAP_BOLT_ECI_API_TOKEN: 'made-up',
        TAP_BOLT_ECI_CACHE_DIR: dir,
        TAP_BOLT_ECI_MAX_RETRIES: '0',
      },
    });
    try {
      const signal = new AbortController().signal;
      const session = await openSession({
        config,
        log,
        clock: new FakeClock(),
        signal,
        onCall: () => undefined,
      });
      await session.client.get('jobs', '/jobs', {});
      await session.close();
      expect(server.requests).to.have.length(1);
      return said;
    } finally {
      await server.close();
    }
  }

  it('connects to a loopback host without the proxies of the environment', async () => {
    for (const name of ['HTTP_PROXY', 'ALL_PROXY']) process.env[name] = 'http://127.0.0.1:1';
    expect(await ask()).to.deep.equal([]);
  });

  it('warns about a NODE_DEBUG that prints the token', async () => {
    process.env['NODE_DEBUG'] = 'http';
    expect((await ask())[0]).to.match(
      /^WARN NODE_DEBUG makes Node print requests with the API token/,
    );
  });
});

describe('printsHeaders', () => {
  it('knows the modules of Node that print requests', () => {
    for (const value of ['http', 'HTTPS', 'fs,net', 'tls', ' http ', '*', 'h*', 'fs,*s']) {
      expect(printsHeaders(value), value).to.equal(true);
    }
    for (const value of [undefined, '', 'fs', 'http2', 'module,timer', 'https?', 'f*', 'h.*x']) {
      expect(printsHeaders(value), value).to.equal(false);
    }
  });
});
