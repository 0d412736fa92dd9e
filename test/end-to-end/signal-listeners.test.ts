// One signal is one signal: no library may listen to signals beside the tap, or re-send them.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { Place } from '../support/command.js';
import { inProject } from '../support/paths.js';

const SOURCE = inProject('dist');
const COUNTS = `(signals) => signals.filter((signal) => process.listenerCount(signal) > 0)`;
const SIGNALS = JSON.stringify(Object.keys(constants.signals));

describe('signal listeners', () => {
  it('are not added by the import of any module', () => {
    const modules = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.js'),
    );
    expect(modules.length).to.be.greaterThan(50);
    const urls = modules.map((file) => pathToFileURL(join(SOURCE, file)).href);
    const script = `
      const found = {};
      for (const url of ${JSON.stringify(urls)}) {
        await import(url);
        const listened = (${COUNTS})(${SIGNALS});
        if (listened.length > 0) found[url] = listened;
      }
      console.log(JSON.stringify(found));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(stderr).to.equal('');
    expect(JSON.parse(stdout)).to.deep.equal({});
  });

  it('are one for each signal that stops a run, and none for others: tap, run, configure', async () => {
    const place = new Place();
    try {
      const { url } = await place.simulator('c.json', { rows: 5 });
      // Looks again and again, and says at the end what it saw.
      const look = place.file(
        'look.mjs',
        `const most = {};
        const see = () => {
          for (const signal of ${SIGNALS}) {
            const count = process.listenerCount(signal);
            if (count > (most[signal] ?? 0)) most[signal] = count;
          }
        };
        const { on } = process;
        process.on = (...args) => { const result = on.apply(process, args); queueMicrotask(see); return result; };
        setInterval(see, 2).unref();
        process.once('exit', () => process._rawDebug('SEEN ' + JSON.stringify(most)));`,
      );
      const target = place.file(
        'target.mjs',
        `let text = '';
        for await (const part of process.stdin) text += part;
        console.log(JSON.stringify(JSON.parse(text.trimEnd().split('\\n').at(-1)).value));`,
      );
      const env = {
        XDG_CONFIG_HOME: place.path('config'),
        NODE_OPTIONS: `--import ${pathToFileURL(look).href}`,
        TAP_BOLT_ECI_BASE_URL: url,
        TAP_BOLT_ECI_API_TOKEN: 'simulated-token',
        TAP_BOLT_ECI_API_TOKEN_NAME: 'simulator',
        TAP_BOLT_ECI_CACHE_DIR: place.path('cache'),
      };
      const job = ['--state=state.json', '--streams=jobs', '--', process.execPath, target];
      for (const [processes, args] of [
        [1, ['configure', '--profile', 'acme']],
        [1, ['-c', 'c.json', '--streams', 'jobs']],
        [2, ['run', '-c', 'c.json', ...job]],
        [2, ['run', '--profile', 'acme', ...job]],
      ] as const) {
        const { code, stderr } = await place.run(args, { env });
        expect(code, stderr).to.equal(0);
        const seen = [...stderr.matchAll(/^SEEN (.*)$/gm)].map(([, json = '']): unknown =>
          JSON.parse(json),
        );
        const ours = seen.filter((counts) => JSON.stringify(counts) !== '{}');
        expect(ours, args.join(' ')).to.deep.equal(
          Array.from({ length: processes }, () => ({ SIGHUP: 1, SIGINT: 1, SIGTERM: 1 })),
        );
      }
    } finally {
      await place.close();
    }
  });
});
