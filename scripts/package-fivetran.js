// Makes the package for Fivetran: the connector's files, and the tap as one file, `tap.mjs`, which
// includes the schemas. `npm run package:fivetran` writes to deploy/fivetran/package, or to the
// folder given after `--`.
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, 'deploy', 'fivetran', 'package'));

/** The only files that are written: a configuration.json that stands beside them stays. */
const FILES = [
  'connector.py',
  'messages.py',
  'tap.py',
  'requirements.txt',
  'configuration.example.json',
  'README.md',
];

const START = `
import { runProcess } from './dist/cli.js';

// connector.py holds the other end of this pipe and never writes to it. The pipe closes when the
// connector ends, for any reason.
if (process.env.BOLT_ECI_CONNECTOR === '1') {
  process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.resume();
  process.stdin.unref();
}
await runProcess(process.argv.slice(2));
`;

/**
 * Replaces src/system/package-files.ts, which reads files of the package from disk, by their text.
 */
const filesInside = {
  name: 'files-inside',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]dist[\\/]system[\\/]package-files\.js$/ }, () => ({
      contents: packageModule(),
      loader: 'js',
    }));
  },
};

function packageModule() {
  const read = (path) => readFileSync(join(root, path), 'utf8');
  const { name, version, description } = JSON.parse(read('package.json'));
  const schemas = readdirSync(join(root, 'schemas'))
    .filter((file) => file.endsWith('.json'))
    .map((file) => `schemas/${file}`);
  const files = schemas.map((path) => [path, JSON.stringify(JSON.parse(read(path)))]);
  return `
    const FILES = ${JSON.stringify(Object.fromEntries(files))};
    export const packageInfo = () => (${JSON.stringify({ name, version, description })});
    export const packageFile = (path) => FILES[path];
  `;
}

mkdirSync(folder, { recursive: true });
for (const file of FILES) copyFileSync(join(root, 'deploy', 'fivetran', file), join(folder, file));
await bundle({
  stdin: { contents: START, resolveDir: root, sourcefile: 'tap.mjs' },
  outfile: join(folder, 'tap.mjs'),
  plugins: [filesInside],
});
console.log(`Ready in ${folder}: see README.md there`);
