/** The documents are held to the code: what they name exists, and what exists is in them. */
import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { settingsTable, streamsTable } from '#src/cli/about.js';
import { discover } from '#src/catalog/discover.js';
import { createProgram } from '#src/cli/program.js';
import { environmentName, SETTINGS } from '#src/config/settings.js';
import { ROOT, inProject } from '../support/paths.js';

const FOLDERS = ['docs', 'deploy', 'bench'];
const CODE = ['src', 'test', 'scripts', 'bench', 'bin', 'deploy', '.ci', 'Dockerfile'];
/** What a clone gets besides: installed packages and what builds leave behind. */
const NOT_OURS = /(?:^|\/)(?:node_modules|\.venvs|__pycache__|package)\//;

const DOCUMENTS: readonly string[] = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...FOLDERS.flatMap((folder) => filesIn(folder)).filter((path) => path.endsWith('.md')),
];

function read(file: string): string {
  return readFileSync(inProject(file), 'utf8');
}

/** The paths of all files at or below a path, from the root. */
function filesIn(path: string): string[] {
  const names = readdirSync(inProject(path), { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath, entry.name).slice(ROOT.length))
    .filter((file) => !NOT_OURS.test(file));
}

const exists = (path: string): boolean => existsSync(inProject(path));

/** A document without its code blocks. */
function prose(document: string): string {
  return read(document).replaceAll(/^ *```[^]*?^ *```$/gm, '');
}

/** The rows of the table in a document under this head, as lists of cells. */
function rowsUnder(document: string, head: string, after = ''): string[][] {
  const text = read(document);
  const start = text.indexOf(`\n${head}\n`, text.indexOf(after));
  expect(start, `${document}: a table under ${head}`).to.be.at.least(0);
  return text
    .slice(start + head.length + 2)
    .split('\n\n')[0]!
    .split('\n')
    .slice(1)
    .map((line) => line.slice(2, -2).split(' | '));
}

const withoutMarks = (cell = ''): string => cell.replaceAll('`', '');

/** The anchors of a document's headings, as forges make them. */
function anchors(document: string): string[] {
  return [...prose(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** All sources as one text, with each message that is spread over several lines on one line. */
function sources(): string {
  return filesIn('src')
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(name))
    .join('\n')
    .replaceAll(/["'`]\s*\+\s*["'`]/g, '');
}

describe('the documents', () => {
  const program = createProgram();

  it('are as short as they should be', () => {
    for (const document of ['README.md', 'docs/architecture.md'])
      expect(read(document).trimEnd().split('\n'), document).to.have.length.at.most(150);
  });

  it('have every command and every flag, and no others', () => {
    expect(program.commands.map((command) => command.name())).to.deep.equal([
      'run',
      'load',
      'verify',
      'probe',
      'report',
      'configure',
      'simulate',
    ]);
    for (const command of [program, ...program.commands]) {
      const name = command === program ? 'bolt-eci-tap' : `bolt-eci-tap ${command.name()}`;
      const rows = rowsUnder('docs/flags.md', '| flag | meaning |', `\n## \`${name}\`\n`);
      const flags = command.createHelp().visibleOptions(command);
      expect(
        rows.map(([flag]) => withoutMarks(flag)),
        name,
      ).to.deep.equal(flags.map((option) => option.flags));
    }
  });

  it('name flags that exist', () => {
    const flags = new Set(
      [program, ...program.commands]
        .flatMap((command) => command.createHelp().visibleOptions(command))
        .map((option) => option.long),
    );
    // `--no-check` and the like are flags too; these are of other programs.
    const others =
      /^--(?:conn-|only|quick|install|grep|provenance|max-|no-opt|cpu-prof|trace-gc|expose-gc|semi-space)/;
    for (const document of DOCUMENTS) {
      for (const [, flag = ''] of prose(document).matchAll(/`(--[a-z][\w-]+)[^`]*`/g))
        if (!others.test(flag)) expect([...flags], `${document}: ${flag}`).to.include(flag);
    }
  });

  it('have the exit codes of --help', () => {
    let text = '';
    program.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
    const codes = text
      .slice(text.indexOf('Exit codes:\n'))
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/ {2,}/));
    expect(codes).to.have.length(9);
    expect(rowsUnder('docs/exit-codes.md', '| code | meaning |')).to.deep.equal(codes);
  });

  it('have the tables of settings and streams', () => {
    expect(read('docs/settings.md')).to.include(`\n\n${settingsTable()}\n\n`);
    expect(read('docs/streams.md')).to.include(`\n\n${streamsTable()}\n\n`);
  });

  it('quote messages as the code has them', () => {
    const text = sources();
    const rows = rowsUnder('docs/errors.md', '| message | what to do |');
    const messages = rows.map(([message]) => withoutMarks(message));
    const missing = messages.filter((message) => {
      const parts = message
        .split('…')
        .map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'));
      return !new RegExp(parts.join('.*?')).test(text);
    });
    expect(missing).to.deep.equal([]);
    expect(messages).to.have.length.above(20);
  });

  it('name settings and environment variables that exist', () => {
    const settings = new Set<string>(SETTINGS.map(({ name }) => name));
    const variables = new Set<string>(SETTINGS.map(({ name }) => environmentName(name)));
    const setting =
      /`((?:api|base|cache|calls|event|log|max|metrics|request|summary|user|xsrf)_\w+)[`.]/g;
    const others = new Set(['event_id', 'event_token', 'event_create']);
    for (const document of DOCUMENTS) {
      const text = read(document);
      for (const [, name = ''] of text.matchAll(setting))
        if (!others.has(name)) expect([...settings], `${document}: ${name}`).to.include(name);
      for (const [name] of text.matchAll(/TAP_BOLT_ECI_[A-Z][A-Z_]*[A-Z]/g))
        expect([...variables], `${document}: ${name}`).to.include(name);
    }
  });

  it('link to files and headings that exist', () => {
    let count = 0;
    for (const document of DOCUMENTS) {
      for (const [, link = ''] of prose(document).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (link.startsWith('https://')) continue;
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? document : posix.join(posix.dirname(document), path);
        expect(exists(target), `${document}: ${link}`).to.equal(true);
        if (anchor !== undefined)
          expect(anchors(target), `${document}: ${link}`).to.include(anchor);
        count += 1;
      }
    }
    expect(count).to.be.above(50);
  });

  it('are all linked from the list in docs/, and from the README', () => {
    const pages = filesIn('docs').map((path) => path.slice('docs/'.length));
    for (const page of pages.filter((name) => name !== 'README.md')) {
      expect(read('docs/README.md'), page).to.include(`(${page})`);
      expect(read('README.md'), page).to.include(`(docs/${page})`);
    }
  });

  it('name npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const names = Object.keys(scripts);
    for (const document of DOCUMENTS) {
      for (const [, script] of read(document).matchAll(/npm run (?:--silent )?([\w:]+)/g))
        expect(names, document).to.include(script);
    }
  });

  it('name source files that exist', () => {
    for (const document of DOCUMENTS) {
      for (const [, path = ''] of prose(document).matchAll(
        /`([\w./-]+\/[\w.-]+\.(?:[jt]s|py))`/g,
      )) {
        const places = [path, `src/${path}`, posix.join(posix.dirname(document), path)];
        expect(
          places.some((place) => exists(place)),
          `${document}: ${path}`,
        ).to.equal(true);
      }
    }
  });
});

describe('the comments', () => {
  /** Every mention of a document in code, and the headings that it names after it. */
  function citations(): { file: string; document: string; headings: string[] }[] {
    const files = CODE.flatMap((path) => (path === 'Dockerfile' ? [path] : filesIn(path)));
    const pattern = /((?:[\w.-]+\/)*[\w-]+\.md)`?((?:(?:,| and) "[^"]+")*)/g;
    return files
      .filter((file) => !file.endsWith('.md'))
      .flatMap((file) =>
        [...read(file).matchAll(pattern)].map(([, document = '', headings = '']) => ({
          file,
          document: document.replace(/^(?:\.\.\/)+/, ''),
          headings: [...headings.matchAll(/"([^"]+)"/g)].map(([, heading = '']) => heading),
        })),
      );
  }

  it('cite documents and headings that exist', () => {
    const all = citations();
    const cited = all.map(({ document }) => document);
    expect(cited).to.include('docs/api.md');
    for (const { file, document, headings } of all) {
      const places = [document, posix.join(posix.dirname(file), document), `deploy/${document}`];
      const place = places.find((path) => exists(path));
      expect(place, `${file} cites ${document}`).to.be.a('string');
      for (const heading of headings)
        expect(read(place!), `${file} cites ${document}`).to.match(
          new RegExp(`^#+ (?:Open: )?${heading}$`, 'm'),
        );
    }
  });
});

describe('the package', () => {
  const { bin, files, scripts, version, license } = JSON.parse(read('package.json'));

  it('holds what the command needs at run time', () => {
    expect(bin).to.deep.equal({
      'bolt-eci-tap': 'bin/bolt-eci-tap.js',
      'tap-bolt-eci': 'bin/bolt-eci-tap.js',
    });
    expect(files).to.include.members([
      'bin',
      'dist/**/*.js',
      'schemas',
      'catalog.example.json',
      'CHANGELOG.md',
    ]);
    for (const file of files.filter((name: string) => !name.includes('*')))
      expect(exists(file), file).to.equal(true);
  });

  it('runs nothing when it is installed, and is built before it is packed', () => {
    expect(scripts).to.not.have.any.keys('preinstall', 'install', 'postinstall', 'prepare');
    expect(scripts).to.include({ prepack: 'npm run --silent build' });
  });

  it('ships no source maps, whose sources are not in it', function () {
    const { status, stdout } = spawnSync(
      'npm',
      ['pack', '--dry-run', '--json', '--ignore-scripts'],
      {
        cwd: ROOT,
        encoding: 'utf8',
        shell: process.platform === 'win32',
      },
    );
    if (status !== 0) return this.skip();
    const [{ files: packed }]: [{ files: { path: string }[] }] = JSON.parse(stdout);
    const paths = packed.map(({ path }) => path);
    expect(paths).to.include.members(['dist/cli.js', 'schemas/jobs.json', 'bin/bolt-eci-tap.js']);
    expect(paths.filter((path) => /\.(map|ts)$/.test(path))).to.deep.equal([]);
    return undefined;
  });

  it('has the license and the newest version of the changelog', () => {
    expect(read('LICENSE')).to.include(license).and.include('the bolt-eci-tap authors');
    expect(/^## (\d\S+)/m.exec(read('CHANGELOG.md'))?.[1]).to.equal(version);
    const text = DOCUMENTS.map((document) => read(document)).join('\n');
    const named = /bolt-eci-tap-(\d[\d.]*\d)\.tgz|tap_bolt_eci-(\d[\d.]*\d)-py3/g;
    const files = [...text.matchAll(named)];
    expect(files).to.have.length.above(5);
    for (const [file, npm, python] of files) expect(npm ?? python, file).to.equal(version);
  });

  it('has the discovered catalog as an example', () => {
    expect(JSON.parse(read('catalog.example.json'))).to.deep.equal(discover());
  });
});
