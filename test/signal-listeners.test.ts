// One signal is one signal: no library may listen to signals beside the tap, or re-send them.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));
const COUNTS = `(signals) => signals.filter((signal) => process.listenerCount(signal) > 0)`;
const SIGNALS = JSON.stringify(Object.keys(constants.signals));

describe('signal listeners', () => {
  it('are not added by the import of any module', () => {
    const modules = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
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
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(stderr).to.equal('');
    expect(JSON.parse(stdout)).to.deep.equal({});
  });
});
