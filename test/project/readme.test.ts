import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { settingsTable, streamsTable } from '#src/cli/about.js';
import { discover } from '#src/catalog/discover.js';
import { tapCommand } from '#src/cli.js';

const ROOT = new URL('../../', import.meta.url);
const README = read('README.md');

function read(file: string): string {
  return readFileSync(new URL(file, ROOT), 'utf8');
}

/** The rows of the README's table under this head, a list of cells each. */
function rowsUnder(head: string): string[][] {
  const [, after] = README.split(`\n${head}\n`);
  expect(after, `a table under ${head}`).to.be.a('string');
  const end = after!.indexOf('\n\n');
  return after!
    .slice(0, end)
    .split('\n')
    .slice(1)
    .map((line) => line.slice(2, -2).split(' | '));
}

/** What the first column of that table holds, without its marks. */
function firstColumn(head: string): string[] {
  return rowsUnder(head).map(([cell]) => cell!.replaceAll('`', ''));
}

/** The flags in the sentence under the table of `run`. */
function flagsSharedWithRun(): string[] {
  const [, sentence = ''] =
    /^`run` also takes these \[flags\]\(#flags\) of the tap: ([^]*?)\.\n\n/m.exec(README) ?? [];
  return [...sentence.matchAll(/`([^`]+)`/g)].map(([, flag]) => flag!);
}

/** All sources as one text, in which a message that is put together over several lines stands on one. */
function sources(): string {
  const files = readdirSync(new URL('src', ROOT), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts'),
  );
  return files
    .map((name) => read(`src/${name}`))
    .join('\n')
    .replaceAll(/['`]\s*\+\s*['`]/g, '');
}

describe('the README', () => {
  const program = tapCommand(() => Promise.resolve());
  const help = program.createHelp();

  it('has every flag, and none that there is not', () => {
    expect(firstColumn('| flag | meaning |')).to.deep.equal(
      help.visibleOptions(program).map(({ flags }) => flags),
    );
  });

  it('has every subcommand and its flags', () => {
    const names = program.commands.map((command) => command.name());
    expect(names).to.deep.equal(['run', 'configure', 'simulate']);
    for (const command of program.commands) {
      const shared = command.name() === 'run' ? flagsSharedWithRun() : [];
      const flags = command.options
        .map((option) => option.flags)
        .filter((flag) => !shared.includes(flag));
      expect(firstColumn(`| flag of \`${command.name()}\` | meaning |`)).to.deep.equal(flags);
    }
  });

  it('lists the flags of the tap that run takes too', () => {
    const run = program.commands.find((command) => command.name() === 'run')!;
    const flags = new Set(run.options.map((option) => option.flags));
    // `--state` means more to run than to the tap, so it is in the table.
    const both = program.options
      .map((option) => option.flags)
      .filter((flag) => flags.has(flag) && !flag.startsWith('-s'));
    expect(flagsSharedWithRun().toSorted()).to.deep.equal(both.toSorted());
  });

  it('has the exit codes of --help', () => {
    let text = '';
    program.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
    const codes = text
      .slice(text.indexOf('Exit codes:\n'))
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/ {2,}/));
    expect(codes).to.have.length(8);
    expect(rowsUnder('| code | meaning |')).to.deep.equal(codes);
  });

  it('has the tables of settings and streams', () => {
    expect(README).to.include(`\n\n${settingsTable()}\n\n`);
    expect(README).to.include(`\n\n${streamsTable()}\n\n`);
  });

  it('quotes messages as the code has them', () => {
    const text = sources();
    const missing = firstColumn('| message | what to do |').filter((message) => {
      const parts = message
        .split('…')
        .map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'));
      return !new RegExp(parts.join('.*?')).test(text);
    });
    expect(missing).to.deep.equal([]);
    expect(firstColumn('| message | what to do |')).to.have.length.above(20);
  });

  it('names settings that there are', () => {
    const settings = settingsTable();
    const setting =
      /`((?:api|base|cache|calls|event|log|max|metrics|request|summary|user|xsrf)_\w+)`/g;
    const names = [...README.matchAll(setting)].map(([, name]) => name!);
    const others = new Set(['event_id', 'event_token']);
    for (const name of names.filter((one) => !others.has(one)))
      expect(settings).to.include(`\`${name}\``);
  });

  it('links to files and headings that there are', () => {
    const headings = README.match(/^#+ .*$/gm)!.map(
      (line) => `#${line.replace(/^#+ /, '').toLowerCase().replaceAll(' ', '-')}`,
    );
    const links = [...README.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!);
    expect(links).to.include.members([
      'catalog.example.json',
      'CHANGELOG.md',
      'LICENSE',
      '#rejected-records',
    ]);
    for (const link of links.filter((target) => !target.startsWith('https://'))) {
      if (link.startsWith('#')) expect(headings).to.include(link);
      else expect(existsSync(new URL(link, ROOT)), link).to.equal(true);
    }
  });

  it('names scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json'));
    for (const [, script] of README.matchAll(/npm run ([\w:]+)/g))
      expect(scripts).to.have.property(script!);
    expect(scripts).to.have.property('test');
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
      expect(existsSync(new URL(file, ROOT)), file).to.equal(true);
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
    expect(README).to.include(`bolt-eci-tap-${version}.tgz`);
  });

  it('has the discovered catalog as an example', () => {
    expect(JSON.parse(read('catalog.example.json'))).to.deep.equal(discover());
  });
});
