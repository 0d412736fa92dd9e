import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { about } from '#src/cli/about.js';
import { ROOT, inProject } from '../support/paths.js';
import { splitOf } from '../support/split.js';

const PROJECT = inProject('deploy/meltano/meltano.yml');

describe('the Meltano project', () => {
  it('has the capabilities of the code', () => {
    const { capabilities }: { capabilities: string[] } = JSON.parse(about('json'));
    expect(readFileSync(PROJECT, 'utf8')).to.contain(`capabilities: [${capabilities.join(', ')}]`);
  });

  it('selects in each variant the streams of its schedule', () => {
    const text = readFileSync(PROJECT, 'utf8');
    const selected = (variant: string): string[] => {
      const [, block = ''] = text.split(`# ${variant}: begin`);
      const [lines = ''] = block.split(`# ${variant}: end`);
      return [...lines.matchAll(/^ *- (\w+)\.\*$/gm)].map(([, name = '']) => name);
    };
    const { events, tables } = splitOf();
    expect(selected('events')).to.have.members([...events, 'rejected_records']);
    expect(selected('tables')).to.have.members([...tables, 'rejected_records']);
  });

  it('installs the Python package of this version, as its guide says', () => {
    const { version }: { version: string } = JSON.parse(
      readFileSync(join(ROOT, 'package.json'), 'utf8'),
    );
    const wheel = `tap_bolt_eci-${version}-py3-none-any.whl`;
    expect(readFileSync(PROJECT, 'utf8')).to.contain(`pip_url: ./${wheel}\n`);
    expect(readFileSync(inProject('deploy/meltano/README.md'), 'utf8'))
      .to.contain(`\`${wheel}\``)
      .and.contain(`bolt-eci-tap-${version}.tgz`);
  });

  it('loads with the versions that were tried', () => {
    // The mapper has no tests but those of Meltano, which install it from this file.
    const pins = [...readFileSync(PROJECT, 'utf8').matchAll(/pip_url: ((.*target.*)==.+)/g)];
    expect(pins).to.have.lengthOf(2);
    for (const [, pin, name] of pins) {
      const tried = readFileSync(
        join(ROOT, 'test', 'interop', 'requirements', `${name}.txt`),
        'utf8',
      );
      expect(tried.split('\n')).to.include(pin);
    }
  });
});
