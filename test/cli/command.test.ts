import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { ALL_STREAMS, STREAMS } from '#src/streams.js';
import { type Ended, ended, Place } from '../support/command.js';
import { inProject } from '../support/paths.js';

function rootFile(name: string): string {
  return readFileSync(inProject(name), 'utf8');
}

function aboutAs(format: readonly string[]): string[] {
  return ['--about', ...format.flatMap((name) => ['--format', name])];
}

describe('the command', () => {
  let place: Place;
  before(() => {
    place = new Place();
  });
  after(() => place.close());

  it('--discover prints the example catalog, without network, configuration or home', async () => {
    const { code, stdout, stderr } = await place.run(
      ['--discover', '--state', 'none.json', '--config', 'none.json'],
      {
        env: { HOME: '/nowhere', HTTPS_PROXY: 'nowhere' },
      },
    );
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.equal(rootFile('catalog.example.json'));
  });

  it('-V, --help and --about tell of it on stdout', async () => {
    const { version } = JSON.parse(rootFile('package.json'));
    const asked = [
      ['--help'],
      ['simulate', '--help'],
      ...[[], ['json'], ['markdown']].map(aboutAs),
    ];
    const all = [await place.run(['-V']), ...(await place.runInOne(asked))];
    for (const { code, stderr } of all)
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    const [shown, help, simulate, text, json, markdown] = all.map(({ stdout }) => stdout);
    expect(shown).to.equal(`${version}\n`);
    expect(help)
      .to.include('Usage: bolt-eci-tap')
      .and.include('Examples:')
      .and.include('Exit codes:');
    expect(simulate).to.include('Usage: bolt-eci-tap simulate').and.include('--port');
    expect(text).to.match(new RegExp(`^bolt-eci-tap ${version}\n`));
    expect(JSON.parse(json!)).to.include({ name: 'bolt-eci-tap', version });
    expect(markdown).to.include('| setting | meaning |');
  });

  it('shows the help of the command, and of a subcommand, for the word help', async () => {
    const [all, one] = await place.runInOne([['help'], ['help', 'run']]);
    expect(all).to.include({ code: 0, stderr: '' });
    expect(all!.stdout).to.include('Usage: bolt-eci-tap [options]').and.include('Exit codes:');
    expect(one).to.include({ code: 0, stderr: '' });
    expect(one!.stdout).to.include('Usage: bolt-eci-tap run');
  });

  it('is quiet where the reader of --discover goes away', async () => {
    const child = place.start(['--discover']);
    child.stdout!.destroy();
    const { code, stderr } = await ended(child);
    expect({ code, stderr }).to.deep.equal({ code: 4, stderr: '' });
  });

  describe('says in one line what is wrong, with code 2', () => {
    const good = { api_token: 'abcdefgh', base_url: 'http://127.0.0.1:9' };
    const cases: [about: string, args: string[], says: RegExp][] = [
      [
        'an unknown flag',
        ['--confg', 'good.json'],
        /^ERROR unknown option '--confg' \(Did you mean --config\?\); see/,
      ],
      [
        'an unknown command',
        ['simulat'],
        /^ERROR there is no command "simulat" \(did you mean simulate\?\); see/,
      ],
      [
        'a word too many',
        ['simulate', 'now'],
        /^ERROR too many arguments for 'simulate'\. Expected 0/,
      ],
      [
        'a flag without its value',
        ['--config'],
        /^ERROR option '-c, --config <file>' argument missing; see --help/,
      ],
      [
        'a wrong format',
        ['--about', '--format', 'xml'],
        /^ERROR .*'xml' is invalid. Allowed choices are text, json, m/,
      ],
      [
        'no rows',
        ['--max-records', '0'],
        /^ERROR .*'0' is invalid. Expected a whole number from 1; see --help/,
      ],
      [
        'rows that are no number',
        ['--max-records', 'x'],
        /^ERROR .*'x' is invalid. Expected a whole number; see/,
      ],
      [
        'no such port',
        ['simulate', '--port', '65536'],
        /^ERROR .*'65536' is invalid. Expected a port, from 0 to 65535;/,
      ],
      [
        'no such share',
        ['simulate', '--malformed', '2'],
        /^ERROR .*'2' is invalid. Expected a number from 0 to 1; see/,
      ],
      [
        'no token',
        [],
        /^ERROR api_token is not set: set it in a config file or the environment variable TAP_BOLT_E/,
      ],
      ['no config file', ['-c', 'none.json'], /^ERROR The config file none.json does not exist/],
      [
        'a config file that is cut',
        ['-c', 'cut.json'],
        /^ERROR The config file cut.json is not valid JSON: it is inc/,
      ],
      [
        'a config file of a list',
        ['-c', 'list.json'],
        /^ERROR The config file list.json: expected a JSON object, got an ar/,
      ],
      [
        'a wrong setting',
        ['-c', 'wrong.json'],
        /^ERROR calls_per_hour \(wrong.json\): expected an integer from 1 to .*, got/,
      ],
      [
        'an unknown stream',
        ['-c', 'good.json', '--streams', 'job'],
        /^ERROR streams: there is no stream "job" \(did you/,
      ],
      [
        'a stream to refresh',
        ['-c', 'good.json', '--full-refresh', 'x'],
        /^ERROR --full-refresh: there is no stream "x"; use "all" or some of .*jobs/,
      ],
      [
        'a stream to refresh, misspelled, that is not synced',
        ['-c', 'good.json', '--streams', 'cities', '--full-refresh', 'job_event'],
        /^ERROR --full-refresh: there is no stream "job_event" \(did you mean job_events/,
      ],
      [
        'a stream to refresh that is not synced',
        ['-c', 'good.json', '--streams', 'cities', '--full-refresh', 'jobs'],
        /^ERROR --full-refresh: jobs is not among the streams to sync \(cities\)/,
      ],
      [
        'no catalog',
        ['-c', 'good.json', '--catalog', 'none.json'],
        /^ERROR The catalog file none.json does not exist/,
      ],
      [
        'another catalog',
        ['-c', 'good.json', '-p', 'list.json'],
        /^ERROR list.json: expected an object, found .*--discover/,
      ],
      [
        'a state that is cut',
        ['-c', 'good.json', '-s', 'cut.json'],
        /^ERROR The state file cut.json is not valid JSON:/,
      ],
      [
        'a state of a list',
        ['-c', 'good.json', '-s', 'list.json'],
        /^ERROR list.json: it holds an array; a state is a JS/,
      ],
      [
        'a config as state',
        ['-c', 'good.json', '-s', 'good.json'],
        /^ERROR good.json: not a state of this tap; it seems to be a config \(it has base_url, api_token/,
      ],
      [
        'a state that is a folder',
        ['-c', 'good.json', '-s', '.'],
        /^ERROR The state file . cannot be read: it is a folder/,
      ],
      [
        'a log level',
        ['-c', 'good.json', '--log-level', 'x'],
        /^ERROR log_level \(--log-level\): expected debug, .*, got "x"/,
      ],
    ];
    let results: Ended[] = [];

    // One process for all cases, because starting one takes time.
    before(async () => {
      place.file('good.json', good);
      place.file('wrong.json', { ...good, calls_per_hour: 'many' });
      place.file('cut.json', '{"api_token": ');
      place.file('list.json', []);
      results = await place.runInOne(cases.map(([, args]) => args));
    });

    for (const [at, [about, , says]] of cases.entries()) {
      it(about, () => {
        const { code, stdout, stderr } = results[at]!;
        expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
        expect(stderr)
          .to.match(says)
          .and.match(/^[^\n]+\n$/);
        expect(stderr).not.to.include('abcdefgh');
      });
    }
  });

  it('says it as JSON where the log is to be JSON', async () => {
    const all = [
      ...(await place.runInOne([
        ['--bogus', '--log-format', 'json'],
        ['--log-format=json', '--bogus'],
      ])),
      ...(await place.runInOne([['--bogus']], { env: { TAP_BOLT_ECI_LOG_FORMAT: 'json' } })),
    ];
    for (const { code, stderr } of all) {
      expect(code).to.equal(2);
      expect(JSON.parse(stderr)).to.include({
        level: 'error',
        message: "unknown option '--bogus'; see --help",
      });
    }
  });
});

describe('--test', () => {
  let place: Place;
  before(() => {
    place = new Place();
  });
  after(() => place.close());

  it('asks each stream once and writes nothing to stdout', async () => {
    const { simulator } = await place.simulator('c.json', { rows: 150 });
    const { code, stdout, stderr } = await place.run(['--config', 'c.json', '--test']);
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: '' });
    expect(simulator.calls.map(({ stream }) => stream)).to.have.members(
      STREAMS.map(({ name }) => name),
    );
    expect(stderr)
      .to.include('INFO jobs: works, 100 rows on the first page\n')
      .and.include(`INFO ${ALL_STREAMS.length} of ${ALL_STREAMS.length} streams work\n`)
      .and.not.include('METRIC');
  });

  it('says by its code what would fail', async () => {
    const [one, all] = await Promise.all(
      ['one', 'all'].map((name) => place.simulator(`${name}.json`)),
    );
    one!.simulator.fault({ kind: 'status', status: 403, stream: 'jobs', times: Infinity });
    all!.simulator.fault({ kind: 'status', status: 403, times: Infinity });
    const results = await Promise.all(
      ['one', 'all'].map((name) =>
        place.run(['-c', `${name}.json`, '--test', '--streams', 'jobs,offices']),
      ),
    );
    expect(results.map(({ code, stdout }) => ({ code, stdout }))).to.deep.equal([
      { code: 1, stdout: '' },
      { code: 3, stdout: '' },
    ]);
    expect(results[0]!.stderr).to.include(
      'ERROR jobs: the token has no access to this stream (HTTP 403)',
    );
    expect(results[0]!.stderr).to.include('INFO 1 of 2 streams work\n');
  });
});
