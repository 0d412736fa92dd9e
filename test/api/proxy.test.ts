import { expect } from 'chai';
import { execFile } from 'node:child_process';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ConfigError } from '#src/errors.js';
import { proxyAgents } from '#src/api/proxy.js';
import { makeCertificate, type Certificate } from '../support/certificate.js';
import { clientOf, fault, rejection } from '../support/client.js';
import { startProxy, type Proxy, type ProxyOptions } from '../support/proxy.js';
import { listen, portOf, type Listening } from '../support/server.js';
import { makeFolder } from '../support/folder.js';
import { COMMAND } from '../support/paths.js';

const NAMES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

let open: { close: () => Promise<void> }[] = [];

async function proxied(options: ProxyOptions): Promise<Proxy> {
  const proxy = await startProxy(options);
  open.push(proxy);
  return proxy;
}

async function api(certificate?: Certificate): Promise<Listening> {
  const server = await listen((_, response) => response.end('{"cities": []}'), certificate);
  open.push(server);
  return server;
}

describe('proxies', () => {
  const kept = new Map(NAMES.map((name) => [name, process.env[name]]));
  beforeEach(() => {
    for (const name of NAMES) delete process.env[name];
  });
  afterEach(async () => {
    for (const [name, value] of kept) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await Promise.all(open.map(({ close }) => close()));
    open = [];
  });

  describe('proxyAgents', () => {
    const https = new URL('https://app.bolttech.net/open/v1');

    it('are undefined without a proxy, or with one for other schemes', async () => {
      expect(await proxyAgents(https)).to.equal(undefined);
      process.env['HTTP_PROXY'] = 'http://127.0.0.1:1';
      expect(await proxyAgents(https)).to.equal(undefined);
    });

    it('are undefined for the hosts of NO_PROXY', async () => {
      process.env['https_proxy'] = 'http://127.0.0.1:1';
      expect(await proxyAgents(https)).to.have.all.keys('http', 'https');
      for (const hosts of [
        'app.bolttech.net',
        '.bolttech.net',
        'localhost,app.bolttech.net:443',
        '*',
      ]) {
        process.env['NO_PROXY'] = hosts;
        expect(await proxyAgents(https), hosts).to.equal(undefined);
      }
      for (const hosts of ['bolttech.net', 'app.bolttech.net:80', 'other.example']) {
        process.env['NO_PROXY'] = hosts;
        expect(await proxyAgents(https), hosts).not.to.equal(undefined);
      }
    });

    for (const proxy of [
      'socks5://me:hush@127.0.0.1:1',
      'http://me:hush@:99999',
      'http://me:hush@host:port',
      'ftp://hush',
    ]) {
      it(`are an error for an invalid URL such as ${proxy.replace('hush', '…')}, which is not quoted`, async () => {
        process.env['HTTPS_PROXY'] = proxy;
        const error = await rejection(proxyAgents(https));
        expect(error).to.be.instanceOf(ConfigError);
        expect(error).to.have.property(
          'message',
          'HTTPS_PROXY (environment): the proxy for app.bolttech.net is not a valid URL (expected http://host:port)',
        );
        expect(inspect(error, { depth: 10, showHidden: true })).not.to.include('hush');
      });
    }
  });

  describe('a client behind one', () => {
    it('uses plain HTTP for an http URL, over one connection', async () => {
      const server = await api();
      const proxy = await proxied({ to: server.port });
      process.env['HTTP_PROXY'] = proxy.url;
      const root = 'http://bolt.test/open/v1';
      const agent = await proxyAgents(new URL(root));
      const { client } = clientOf(root, { agent });
      for (let asked = 0; asked < 3; asked += 1)
        await client.get('cities', '/cities', { next_batch: 'a+b' });
      expect(new Set(proxy.asked)).to.deep.equal(
        new Set(['http://bolt.test/open/v1/cities?next_batch=a%2Bb']),
      );
      expect(proxy.connections()).to.equal(1);
      expect(server.requests[0]?.headers.authorization).to.include('simulated-token');
    });

    it('says that the proxy requires a password', async () => {
      const server = await api();
      const proxy = await proxied({ to: server.port, credentials: 'me:hush' });
      for (const [address, root] of [
        [proxy.url, 'https://bolt.test/open/v1'],
        [`http://me:wrong@127.0.0.1:${proxy.port}`, 'http://bolt.test/open/v1'],
      ] as const) {
        process.env['ALL_PROXY'] = address;
        const error = await fault(
          clientOf(root, { agent: await proxyAgents(new URL(root)) }).client.get(
            'cities',
            '/cities',
            {},
          ),
        );
        expect(error).to.include({ fault: 'unreachable', status: 407 });
        expect(error.message).to.include('the proxy requires authentication');
      }
      expect(server.requests).to.deep.equal([]);
    });

    it('says that the proxy could not be reached', async () => {
      const server: Server = createServer();
      const port = await portOf(server);
      await new Promise((resolve) => server.close(resolve));
      process.env['HTTPS_PROXY'] = `http://me:hush@127.0.0.1:${port}`;
      const root = new URL('https://app.bolttech.net/open/v1');
      const error = await fault(
        clientOf(root.href, { agent: await proxyAgents(root), maxRetries: 0 }).client.get(
          'jobs',
          '/jobs',
          {},
        ),
      );
      expect(error.message).to.equal(
        'jobs: the request to app.bolttech.net (through the proxy that the environment names) failed: the connection was refused (ECONNREFUSED)',
      );
      expect(inspect(error, { depth: 10, showHidden: true })).not.to.include('hush');
    });
  });

  describe('the command', () => {
    let dir = '';
    let certificate: Certificate | null = null;
    before(function () {
      dir = makeFolder();
      certificate = makeCertificate(dir, 'bolt.test');
      if (certificate === null) this.skip();
    });

    /** Tests the connection. Returns the exit code and stderr. */
    function tested(
      root: string,
      env: Record<string, string>,
    ): Promise<{ code: number; told: string }> {
      const settings = {
        TAP_BOLT_ECI_BASE_URL: root,
        TAP_BOLT_ECI_API_TOKEN: 'simulated-token',
        TAP_BOLT_ECI_MAX_RETRIES: '0',
        TAP_BOLT_ECI_CACHE_DIR: join(dir, 'cache'),
      };
      const flags = [COMMAND, '--test', '--streams', 'cities'];
      return new Promise((resolve) => {
        const child = execFile(
          process.execPath,
          flags,
          { env: { ...process.env, ...settings, ...env }, timeout: 15_000 },
          (_, __, told) => resolve({ code: child.exitCode ?? -1, told }),
        );
      });
    }

    it('reaches an API under a private authority through a tunnel', async () => {
      const server = await api(certificate!);
      for (const scheme of ['http://me:hush@', 'me:hush@']) {
        const proxy = await proxied({ to: server.port, credentials: 'me:hush' });
        const { code, told } = await tested('https://bolt.test', {
          HTTPS_PROXY: `${scheme}127.0.0.1:${proxy.port}`,
          NODE_EXTRA_CA_CERTS: certificate!.file,
        });
        expect(told).not.to.include('hush');
        expect([code, proxy.asked], told).to.deep.equal([0, ['bolt.test:443']]);
      }
      expect(server.requests.map(({ url }) => url)).to.deep.equal([
        '/open/v1/cities',
        '/open/v1/cities',
      ]);
    });

    it('bypasses the proxy for hosts in NO_PROXY', async () => {
      const server = await api(certificate!);
      const proxy = await proxied({ to: server.port });
      const { code, told } = await tested(server.url, {
        HTTPS_PROXY: proxy.url,
        NO_PROXY: '127.0.0.1',
        NODE_EXTRA_CA_CERTS: certificate!.file,
      });
      expect([code, proxy.asked.length, server.requests.length], told).to.deep.equal([0, 0, 1]);
    });

    it('says what to do about an unknown authority', async () => {
      const server = await api(certificate!);
      const { code, told } = await tested(server.url, {});
      expect(code).to.equal(1);
      expect(told).to.match(
        /its certificate is not trusted \(\w+\): set NODE_EXTRA_CA_CERTS to the certificate of a private authority/,
      );
      expect(server.requests).to.deep.equal([]);
    });

    it('ends with 2 for an invalid proxy, before any request or output', async () => {
      const { code, told } = await tested('https://bolt.test', {
        HTTPS_PROXY: 'socks5://me:hush@127.0.0.1:1',
      });
      expect(code).to.equal(2);
      expect(told).to.match(/^ERROR \S+ HTTPS_PROXY \(environment\): the proxy for bolt\.test/m);
      expect(told).not.to.include('hush');
    });
  });
});
