// Tests deploy/fivetran with the real Connector SDK, in a separate virtual environment. Needs
// Python 3.11 on Linux.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, 'node_modules', '.cache', 'fivetran');
const python = join(cache, 'venv', 'bin', 'python');
const packaged = join(cache, 'package');
const tests = join(root, 'test', 'fivetran');
const env = {
  ...process.env,
  FIVETRAN_PACKAGE: packaged,
  PYTHONDONTWRITEBYTECODE: '1',
  // The SDK keeps a folder in the home.
  HOME: join(cache, 'home'),
};

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', cwd: tests, env });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

run(process.execPath, join(root, 'scripts', 'build.js'));
rmSync(packaged, { recursive: true, force: true });
run(process.execPath, join(root, 'scripts', 'package-fivetran.js'), packaged);
if (!existsSync(python)) run(process.env['PYTHON'] ?? 'python3', '-m', 'venv', join(cache, 'venv'));
const requirements = [
  '-r',
  join(tests, 'requirements.txt'),
  '-r',
  join(packaged, 'requirements.txt'),
];
run(python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements);
const report = join(cache, 'report.xml');
const { status } = spawnSync(
  python,
  [
    '-m',
    'pytest',
    '-q',
    '-p',
    'no:cacheprovider',
    '-W',
    'ignore',
    `--junitxml=${report}`,
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', cwd: tests, env },
);
// Left where the other tests leave theirs, for the sum of .ci/run.
const counted = (name) =>
  Number(
    new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(readFileSync(report, 'utf8'))?.[1] ?? 0,
  );
const [failed, skipped] = [counted('failures') + counted('errors'), counted('skipped')];
mkdirSync(join(root, 'coverage'), { recursive: true });
writeFileSync(
  join(root, 'coverage', 'tests.json'),
  JSON.stringify({ passed: counted('tests') - failed - skipped, failed, skipped }),
);
process.exitCode = status ?? 1;
