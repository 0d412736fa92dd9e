// The process: Node's version, its output, files that cannot be written, early errors.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { Place, withoutTimes } from '../support/command.js';
import { COMMAND, inProject } from '../support/paths.js';

const SECRET = 'not-to-be-seen';

describe('the process', () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.close());

  describe("Node's version", () => {
    const runWith = (version: string): ReturnType<typeof spawnSync> => {
      const fake = place.file(
        'fake.mjs',
        `Object.defineProperty(process.versions, 'node', { value: '${version}' });`,
      );
      return spawnSync(
        process.execPath,
        ['--import', pathToFileURL(fake).href, COMMAND, '--version'],
        {
          encoding: 'utf8',
        },
      );
    };

    it('is the one that package.json asks for', () => {
      const { engines }: { engines: { node: string } } = JSON.parse(
        readFileSync(inProject('package.json'), 'utf8'),
      );
      expect(readFileSync(COMMAND, 'utf8')).to.include(
        `NEEDED = [${engines.node.replace('>=', '').replace('.', ', ')}]`,
      );
    });

    for (const version of ['12.22.0', '18.20.8', '20.18.3']) {
      it(`${version} is too old, which is said before anything is loaded`, () => {
        const { status, stdout, stderr } = runWith(version);
        expect([status, stdout]).to.deep.equal([2, '']);
        expect(stderr).to.match(
          new RegExp(
            `^ERROR bolt-eci-tap needs Node 20.19 or newer, this is ${version} \\(.*\\)\n$`,
          ),
        );
      });
    }

    for (const version of ['20.19.0', '21.0.0', '26.10.0']) {
      it(`${version} will do`, () => {
        expect(runWith(version)).to.include({ status: 0, stderr: '' });
      });
    }
  });

  it('ends although a socket is left open', async () => {
    const hold = place.file(
      'hold.mjs',
      "import { createServer } from 'node:net'; createServer().listen(0, '127.0.0.1');",
    );
    const env = { NODE_OPTIONS: `--import ${pathToFileURL(hold).href}` };
    await place.simulator('c.json', { rows: 5 });
    for (const args of [['--version'], ['--discover'], ['-c', 'c.json', '--streams', 'jobs']]) {
      expect((await place.run(args, { env })).code).to.equal(0);
    }
  });

  it('writes all of its output before it ends, however slow the reader is', async () => {
    const child = place.start(['--discover']);
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      child.stdout?.pause();
      setTimeout(() => child.stdout?.resume(), 20);
    });
    await once(child, 'close');
    expect(() => JSON.parse(text)).to.not.throw();
  });

  it('fails with 1 where stdout is closed, and makes no call', async function () {
    if (process.platform === 'win32') this.skip();
    const { simulator } = await place.simulator('c.json');
    for (const args of [['-c', 'c.json'], ['--discover'], ['--about']]) {
      const child = place.start(args, { closed: true });
      let stderr = '';
      child.stderr?.setEncoding('utf8').on('data', (part: string) => (stderr += part));
      await once(child, 'close');
      expect(child.exitCode).to.equal(1);
      expect(withoutTimes(stderr)).to.equal(
        'ERROR stdout is closed: nothing can be written (to discard it, use > /dev/null)\n',
      );
    }
    expect(simulator.calls).to.have.length(0);
  });

  for (const flag of ['--summary', '--metrics-file']) {
    it(`${flag} into a folder that does not exist ends with 2, before the first call`, async () => {
      const { simulator } = await place.simulator('c.json');
      const { code, stderr, stdout } = await place.run(['-c', 'c.json', flag, 'no/file']);
      expect([code, stdout]).to.deep.equal([2, '']);
      const setting = flag.slice(2).replace('-', '_').replace('summary', 'summary_file');
      expect(stderr).to.equal(
        `ERROR ${setting}: no/file cannot be written: its folder does not exist\n`,
      );
      expect(simulator.calls).to.have.length(0);
      expect(readdirSync(place.folder)).to.not.include('no');
    });
  }

  describe('errors before the log', () => {
    const oneLine = async (
      args: readonly string[],
      env: Record<string, string> = {},
    ): Promise<string> => {
      const { code, stderr } = await place.run(args, { env });
      expect(code, stderr).to.equal(2);
      expect(stderr).to.match(/^[^\n]+\n$/);
      return stderr;
    };

    it('are in the format that the tap was asked for, not its target', async () => {
      const run = ['run', '--state', 's.json'];
      const words = ['target-x', '--log-format', 'json'];
      for (const args of [
        [...run, '-c', 'no.json', '--', ...words],
        [...run, '-c', 'no.json', ...words],
        ['-c', 'no.json', '--', '--log-format=json'],
      ]) {
        expect(await oneLine(args)).to.match(/^ERROR /);
      }
      for (const args of [
        [...run, '-c', 'no.json', '--log-format', 'json', '--', ...words],
        [...run, '--log-format=json', '-c', 'no.json', ...words],
        ['-c', 'no.json', '--log-format', 'json'],
      ]) {
        expect(JSON.parse(await oneLine(args))).to.include({ level: 'error' });
      }
    });

    it('quote no secret, wherever it was given', async () => {
      place.file('secret.json', { api_token: SECRET, calls_per_hour: SECRET });
      for (const [args, env] of [
        [[`--api-token=${SECRET}`], {}],
        [[SECRET], {}],
        [['--max-records', SECRET], { TAP_BOLT_ECI_API_TOKEN: SECRET }],
        [['--streams', SECRET], { TAP_BOLT_ECI_API_TOKEN: SECRET }],
        [['-c', `${SECRET}.json`], { TAP_BOLT_ECI_API_TOKEN: SECRET }],
        [['-c', 'secret.json', '--log-level', SECRET], {}],
        [['-c', 'secret.json', '--max-records', SECRET], {}],
        [['--profile', SECRET], { TAP_BOLT_ECI_API_TOKEN: SECRET, XDG_CONFIG_HOME: place.folder }],
      ] as const) {
        expect(await oneLine(args, env), args.join(' ')).to.not.include(SECRET);
      }
    });
  });

  it('a host that echoes the token brings it into no report', async () => {
    const server = createServer((request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: `you sent ${request.headers.authorization}` }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    place.file('c.json', { ...place.settings(url), api_token: SECRET });
    const { stderr } = await place.run([
      '-c',
      'c.json',
      '--summary',
      's.json',
      '--metrics-file',
      'm.prom',
    ]);
    server.close();
    const summary = readFileSync(place.path('s.json'), 'utf8');
    expect(summary).to.match(/HTTP 400/);
    for (const text of [stderr, summary, readFileSync(place.path('m.prom'), 'utf8')]) {
      expect(text).to.not.include(SECRET);
    }
  });
});
