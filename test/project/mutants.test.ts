import { expect } from 'chai';
import { transform } from 'esbuild';
import { existsSync, readFileSync } from 'node:fs';
import { inProject } from '../support/paths.js';

interface Mutant {
  readonly file: string;
  readonly what: string;
  readonly find: string;
  readonly replace: string;
  readonly tests: readonly string[];
}

/** Returns why a mutant cannot be used, or null. */
async function whyStale({ file, find, replace, tests }: Mutant): Promise<string | null> {
  if (!existsSync(inProject(file))) return 'the file does not exist';
  const missing = tests.filter((test) => !existsSync(inProject(`test/${test}.test.ts`)));
  if (missing.length > 0) return `there is no test ${missing.join(', ')}`;
  const source = readFileSync(inProject(file), 'utf8');
  const count = source.split(find).length - 1;
  if (count !== 1) return `${JSON.stringify(find)} is in the file ${count} times, not once`;
  const broken = source.replace(find, () => replace);
  if (broken === source) return 'it changes nothing';
  return transform(broken, { loader: 'ts', logLevel: 'silent' }).then(
    () => null,
    () => 'it does not compile',
  );
}

describe('the mutants', () => {
  it('each break one place of the source, and name tests that exist', async () => {
    const { ALL }: { ALL: readonly Mutant[] } = await import(inProject('scripts/mutants/index.js'));
    expect(ALL.length).to.be.above(300);
    const stale: string[] = [];
    for (const mutant of ALL) {
      const why = await whyStale(mutant);
      if (why !== null) stale.push(`${mutant.file}: ${mutant.what}: ${why}`);
    }
    expect(stale.join('\n'), 'correct scripts/mutants/').to.equal('');
  });

  it('of a file differ in their descriptions', async () => {
    const { ALL }: { ALL: readonly Mutant[] } = await import(inProject('scripts/mutants/index.js'));
    const names = ALL.map(({ file, what }) => `${file}: ${what}`);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).to.deep.equal([]);
  });
});
