import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { about } from '#src/cli/about.js';
import { ROOT, inProject } from '../support/paths.js';

const PROJECT = inProject('deploy/meltano/meltano.yml');

describe('the Meltano project', () => {
  it('has the capabilities of the code', () => {
    const { capabilities }: { capabilities: string[] } = JSON.parse(about('json'));
    expect(readFileSync(PROJECT, 'utf8')).to.contain(`capabilities: [${capabilities.join(', ')}]`);
  });

  it('loads with the versions that were tried', () => {
    const pins = [...readFileSync(PROJECT, 'utf8').matchAll(/pip_url: ((.+)==.+)/g)];
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
