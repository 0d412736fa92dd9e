import { Ajv } from 'ajv';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, secretsOf } from '#src/config/config.js';
import type { LoadedConfig } from '#src/config/config.js';
import { ConfigError } from '#src/errors.js';
import { settingsSchema } from '#src/config/kinds.js';
import { environmentName, SETTINGS } from '#src/config/settings.js';
import { makeFolder } from '../support/folder.js';

/** An environment with only a token and a folder for the cache. */
const ENV = {
  TAP_BOLT_ECI_API_TOKEN: 'abc',
  XDG_CACHE_HOME: '/cache',
  LOCALAPPDATA: String.raw`C:\cache`,
};

let folder: string;
before(() => {
  folder = makeFolder();
});

function written(content: unknown, name = 'config.json', mode = 0o600): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : (JSON.stringify(content) ?? ''));
  chmodSync(file, mode);
  return file;
}

function fromFile(content: unknown): LoadedConfig {
  return loadConfig({ files: [written(content)], env: ENV });
}

function fromEnv(env: Record<string, string>): LoadedConfig {
  return loadConfig({ files: [], env: { ...ENV, ...env } });
}

function warningsOf(content: unknown, mode: number): readonly string[] {
  return loadConfig({ files: [written(content, 'open.json', mode)], env: ENV }).warnings.map(
    ({ message }) => message,
  );
}

/** A text in one of the forms that a typing mistake may produce. */
function wrapped(text: string): fc.Arbitrary<unknown> {
  return fc.constantFrom<unknown>(
    text,
    [text],
    { [text]: text },
    { a: text },
    `${text}\n`,
    `[${text}`,
    `{"a":"${text}"`,
  );
}

/** The message of the ConfigError that loading throws. */
function faultOf(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
  throw new Error('nothing was thrown');
}

describe('loadConfig', () => {
  it('ignores the variables that Meltano makes of the entries of an object', () => {
    const entries = { TAP_BOLT_ECI_MASK_COLUMNS___EMAIL: 'hmac' };
    expect(fromEnv({ ...entries, TAP_BOLT_ECI_MASK_COLUMNS: '{"*_email": null}' })).to.deep.equal(
      fromEnv({ TAP_BOLT_ECI_MASK_COLUMNS: '{"*_email": null}' }),
    );
  });

  it('adds the defaults', () => {
    const { config, warnings } = fromEnv({});
    expect(warnings).to.deep.equal([]);
    expect(config.baseUrl.href).to.equal('https://app.bolttech.net/open/v1');
    expect(config.userAgent).to.match(/^bolt-eci-tap\/\d+\.\d+\.\d+ \(\+node\/\d+/);
    expect(config.cacheDir).to.match(/cache.bolt-eci-tap$/);
    const { baseUrl: _url, userAgent: _agent, cacheDir: _dir, ...rest } = config;
    expect(rest).to.deep.equal({
      apiToken: 'abc',
      callsPerHour: 900,
      callsPerSecond: 5,
      concurrency: 4,
      requestTimeoutS: 60,
      maxRetries: 8,
      maxResponseMb: 64,
      eventStartTokens: {},
      maxRejectedShare: 0.1,
      maskColumns: {},
      emitActivateVersionMessages: false,
      activateMinShare: 0.5,
      discoverLive: false,
      logLevel: 'info',
      logFormat: 'text',
    });
  });

  it('reads every setting from a file, and the same from the environment', () => {
    const content = {
      base_url: 'http://localhost:8910/',
      api_token: 'abc=def',
      api_token_name: 'Bolt & Söhne',
      xsrf_token: 'xyz%3D',
      user_agent: 'mine/1.0 (me)',
      streams: ['jobs', 'crews'],
      calls_per_hour: 1_000_000,
      calls_per_second: 0.5,
      concurrency: 1,
      request_timeout_s: 2.5,
      max_retries: 0,
      max_run_minutes: 30,
      max_response_mb: 1,
      event_start_tokens: { job_events: 'a--1' },
      max_rejected_share: 1,
      mask_columns: { home_owner: 'hmac', '*_email': null, jobs: { zip: 'null' } },
      mask_key: 'a key for tests',
      emit_activate_version_messages: true,
      activate_min_share: 0.25,
      discover_live: true,
      cache_dir: '/somewhere',
      log_level: 'debug',
      log_format: 'json',
      summary_file: 's.json',
      metrics_file: 'm.prom',
    };
    expect(Object.keys(content)).to.deep.equal(SETTINGS.map(({ name }) => name));
    const { config, warnings } = fromFile(content);
    expect(warnings).to.deep.equal([]);
    expect(JSON.parse(JSON.stringify(config))).to.deep.equal({
      baseUrl: 'http://localhost:8910/open/v1',
      apiToken: 'abc',
      apiTokenName: 'Bolt & Söhne',
      xsrfToken: 'xyz%3D',
      userAgent: 'mine/1.0 (me)',
      streams: ['jobs', 'crews'],
      callsPerHour: 1_000_000,
      callsPerSecond: 0.5,
      concurrency: 1,
      requestTimeoutS: 2.5,
      maxRetries: 0,
      maxRunMinutes: 30,
      maxResponseMb: 1,
      eventStartTokens: { job_events: 'a--1' },
      maxRejectedShare: 1,
      maskColumns: { home_owner: 'hmac', '*_email': null, jobs: { zip: 'null' } },
      maskKey: 'a key for tests',
      emitActivateVersionMessages: true,
      activateMinShare: 0.25,
      discoverLive: true,
      cacheDir: '/somewhere',
      logLevel: 'debug',
      logFormat: 'json',
      summaryFile: 's.json',
      metricsFile: 'm.prom',
    });
    const variables = Object.entries(content).map(([name, value]) => [
      environmentName(name),
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    const env: Record<string, string> = Object.fromEntries(variables);
    expect(fromEnv({ ...env, TAP_BOLT_ECI_API_TOKEN: 'abc' }).config).to.deep.equal(config);
  });

  it('reads booleans in the words that platforms write', () => {
    const read = (word: string): boolean =>
      fromEnv({ TAP_BOLT_ECI_EMIT_ACTIVATE_VERSION_MESSAGES: word }).config
        .emitActivateVersionMessages;
    expect(['true', 'TRUE', 'yes', 'on', '1'].map((word) => read(word))).to.not.include(false);
    expect(['false', 'No', 'off', '0'].map((word) => read(word))).to.not.include(true);
    expect(() => read('maybe')).to.throw(ConfigError, 'expected true or false, got "maybe"');
  });

  describe('the sources', () => {
    it('override each other in this order: flag, environment, later file', () => {
      const low = written(
        { calls_per_hour: 1, calls_per_second: 1, concurrency: 1, max_retries: 1 },
        'low.json',
      );
      const high = written({ calls_per_second: 2, concurrency: 2, max_retries: 2 }, 'high.json');
      const env = { ...ENV, TAP_BOLT_ECI_CONCURRENCY: '3', TAP_BOLT_ECI_MAX_RETRIES: '3' };
      const { config } = loadConfig({
        files: [low, 'ENV', high],
        env,
        flags: { max_retries: 4, calls_per_hour: undefined },
      });
      expect([
        config.callsPerHour,
        config.callsPerSecond,
        config.concurrency,
        config.maxRetries,
      ]).to.deep.equal([1, 2, 3, 4]);
    });

    it('are only the environment for ENV', () => {
      expect(loadConfig({ files: ['ENV'], env: ENV }).config.apiToken).to.equal('abc');
    });

    it('need not be valid if they are overridden', () => {
      const file = written({ concurrency: 'many' });
      expect(
        loadConfig({ files: [file], env: { ...ENV, TAP_BOLT_ECI_CONCURRENCY: '3' } }).config
          .concurrency,
      ).to.equal(3);
    });

    it('do not set what is empty', () => {
      const low = written({ concurrency: 1, max_retries: 1 }, 'low.json');
      const file = written({ concurrency: null, streams: '', api_token: null, api_token_name: '' });
      const { config } = loadConfig({
        files: [low, file],
        env: { ...ENV, TAP_BOLT_ECI_MAX_RETRIES: '' },
      });
      expect([
        config.concurrency,
        config.maxRetries,
        config.streams,
        config.apiToken,
      ]).to.deep.equal([1, 1, undefined, 'abc']);
      expect(config).not.to.have.property('apiTokenName');
    });

    it('have to be objects', () => {
      const file = written([1]);
      expect(faultOf(() => loadConfig({ files: [file], env: ENV }))).to.equal(
        `The config file ${file}: expected a JSON object, got an array`,
      );
    });

    it('have to exist', () => {
      expect(
        faultOf(() => loadConfig({ files: [join(folder, 'none.json')], env: ENV })),
      ).to.include('does not exist');
    });

    it('are named by errors', () => {
      const file = written({ concurrency: 0 });
      expect(faultOf(() => loadConfig({ files: [file], env: ENV }))).to.match(
        /^concurrency \(.*config\.json\): expected /,
      );
      expect(faultOf(() => fromEnv({ TAP_BOLT_ECI_CONCURRENCY: '0' }))).to.match(
        /^concurrency \(environment variable TAP_BOLT_ECI_CONCURRENCY\): expected /,
      );
      expect(
        faultOf(() => loadConfig({ files: [], env: ENV, flags: { log_level: 'loud' } })),
      ).to.equal('log_level (--log-level): expected debug, info, warning, or error, got "loud"');
      expect(
        faultOf(() => loadConfig({ files: [], env: ENV, flags: { summary_file: '' } })),
      ).to.include('summary_file (--summary): expected text, got');
    });
  });

  describe('conversion of text', () => {
    const cases: [name: string, text: string, key: string, value: unknown][] = [
      ['calls_per_hour', '750', 'callsPerHour', 750],
      ['calls_per_hour', ' 750.0 ', 'callsPerHour', 750],
      ['calls_per_hour', '1e3', 'callsPerHour', 1000],
      ['max_rejected_share', '0.25', 'maxRejectedShare', 0.25],
      ['streams', 'jobs, crews,,', 'streams', ['jobs', 'crews']],
      ['streams', '["jobs"]', 'streams', ['jobs']],
      ['event_start_tokens', '{"job_events": "a--b"}', 'eventStartTokens', { job_events: 'a--b' }],
      ['log_level', 'WARNING', 'logLevel', 'warning'],
      ['summary_file', '750', 'summaryFile', '750'],
    ];
    for (const [name, text, key, value] of cases) {
      it(`of ${name}: ${text}`, () => {
        expect(fromEnv({ [environmentName(name)]: text }).config).to.have.deep.property(key, value);
        expect(fromFile({ [name]: text }).config).to.have.deep.property(key, value);
      });
    }
  });

  describe('a wrong value', () => {
    const cases: [name: string, value: unknown, says: string][] = [
      ['calls_per_hour', 0, 'expected an integer from 1 to 1,000,000, got 0'],
      ['calls_per_hour', 1_000_001, 'expected an integer from 1 to 1,000,000, got 1000001'],
      ['calls_per_hour', 1.5, 'expected an integer from 1 to 1,000,000, got 1.5'],
      ['calls_per_hour', '0x10', 'expected an integer from 1 to 1,000,000, got "0x10"'],
      ['calls_per_hour', true, 'expected an integer from 1 to 1,000,000, got true'],
      ['calls_per_hour', [1], 'expected an integer from 1 to 1,000,000, got an array'],
      ['calls_per_second', 0, 'expected a number from 0.01 to 1,000, got 0'],
      [
        'calls_per_second',
        'as fast as you can',
        'expected a number from 0.01 to 1,000, got "as fast as you can"',
      ],
      [
        'calls_per_second',
        'a text that may be anything',
        'expected a number from 0.01 to 1,000, got text',
      ],
      ['max_rejected_share', 1.01, 'expected a number from 0 to 1, got 1.01'],
      ['log_format', 'xml', 'expected text or json, got "xml"'],
      ['streams', [], 'expected a list of at least one name, got an empty list'],
      ['streams', ',', 'expected a list of at least one name, got an empty list'],
      ['streams', [1], 'expected a list of at least one name, got an array'],
      ['streams', '["jobs"', 'expected a list of at least one name, got "[\\"jobs\\""'],
      ['streams', { jobs: true }, 'expected a list of at least one name, got an object'],
      [
        'event_start_tokens',
        { jobs: 'a' },
        'expected an object that maps job_events, work_order_events, or',
      ],
      ['event_start_tokens', { job_events: '' }, 'got an object'],
      ['event_start_tokens', { job_events: 1 }, 'got an object'],
      ['event_start_tokens', 'eyJ--abc', 'got text'],
      ['base_url', 1, 'expected an https URL, got a number'],
      ['base_url', 'app.bolttech.net', 'is not a valid URL (expected https://…)'],
      ['base_url', 'https://me:hush@app.bolttech.net', 'contains a user name or a password'],
      [
        'user_agent',
        'mine\r\nX-Other: 1',
        'expected one line of Latin-1 text without spaces at its ends',
      ],
      ['user_agent', ' ', 'expected one line of Latin-1 text'],
      ['summary_file', 1, 'expected text, got 1'],
      ['api_token_name', 'a "quoted" name', 'expected text without line breaks, quotes, commas'],
    ];
    for (const [name, value, says] of cases) {
      it(`of ${name}: ${JSON.stringify(value)}`, () => {
        expect(faultOf(() => fromFile({ [name]: value })))
          .to.match(/^\w+ \(.*config\.json\):? /)
          .and.include(says);
      });
    }

    it('is described if it is the first; the others are named', () => {
      const fault = faultOf(() =>
        fromFile({ log_level: 'loud', calls_per_hour: 0, concurrency: 0 }),
      );
      expect(fault).to.match(/^calls_per_hour .*, got 0 \(and 2 more: concurrency, log_level\)$/);
    });
  });

  describe('the token', () => {
    it('is required', () => {
      expect(faultOf(() => loadConfig({ files: [], env: {} }))).to.equal(
        'api_token is not set: set it in a config file or the environment variable TAP_BOLT_ECI_API_TOKEN, or store a profile with `bolt-eci-tap configure` and use --profile',
      );
    });

    it('is optional if it is not needed', () => {
      const { config } = loadConfig({
        files: [],
        env: { XDG_CACHE_HOME: '/cache' },
        needToken: false,
      });
      expect(config.apiToken).to.equal('');
      expect(secretsOf(config)).to.deep.equal([]);
    });

    for (const text of [
      'hu\nsh',
      ' hush',
      'hush ',
      'hu"sh',
      'hu,sh',
      'hu;sh',
      'hu\tsh',
      'hu\\sh',
      'hu\u0000sh',
      'hush€',
      '\u{a0}hush',
    ]) {
      it(`is not shown if headers cannot carry it: ${JSON.stringify(text)}`, () => {
        const fault = faultOf(() => fromEnv({ TAP_BOLT_ECI_API_TOKEN: text }));
        expect(fault).to.equal(
          'api_token (environment variable TAP_BOLT_ECI_API_TOKEN): expected text without line breaks, quotes, commas, ' +
            'semicolons, backslashes, or spaces at its ends, got text (not shown)',
        );
      });
    }

    it('loses the line break at its end, in the environment', () => {
      for (const end of ['\n', '\r\n', '\n\n']) {
        expect(fromEnv({ TAP_BOLT_ECI_API_TOKEN: `hush${end}` }).config.apiToken).to.equal('hush');
      }
    });

    it('may not end with a line break in a config file', () => {
      expect(
        faultOf(() => loadConfig({ files: [written({ api_token: 'hush\n' })], env: {} })),
      ).to.match(
        /expected text without line breaks, .*, got text \(not shown\), which ends with a line break$/,
      );
    });

    it('is reported as missing together with misspelled names', () => {
      expect(
        faultOf(() => loadConfig({ files: [], env: { TAP_BOLT_ECI_API_TOKN: 'hush' } })),
      ).to.match(
        /^api_token is not set: .*; TAP_BOLT_ECI_API_TOKN: unknown setting \(did you mean api_token /,
      );
    });

    it('accepts the characters of tokens', () => {
      for (const text of ['abcDEF0123456789', 'a+b/c==', "o'brien", 'a.b-c_d~e', 'two words']) {
        expect(fromEnv({ TAP_BOLT_ECI_API_TOKEN: text }).config.apiToken).to.equal(text);
      }
    });
  });

  describe('warnings', () => {
    it('name unknown settings, with a suggestion', () => {
      const { warnings } = fromFile({ api_tokn: 'hush', colour: null });
      expect(warnings.map(({ message }) => message.replace(/^.*config\.json/, 'F'))).to.deep.equal([
        'F: unknown setting "api_tokn" (did you mean api_token or api_token_name?)',
        'F: unknown setting "colour"',
      ]);
      expect(fromFile('{"__proto__": {"concurrency": 1}}').warnings[0]?.message).to.include(
        '"__proto__"',
      );
    });

    it('name unknown variables, but not those of Meltano', () => {
      const { warnings } = fromEnv({
        TAP_BOLT_ECI_APITOKEN: 'hush',
        TAP_BOLT_ECI__CATALOG: 'c',
        TAP_BOLT_ECI_OLD: '',
        TAP_BOLT: '1',
      });
      expect(warnings.map(({ message }) => message)).to.deep.equal([
        'TAP_BOLT_ECI_APITOKEN: unknown setting (did you mean api_token, api_token_name, or xsrf_token?)',
      ]);
    });

    it('name files with secrets that others can read', function () {
      if (process.platform === 'win32') this.skip();
      for (const mode of [0o640, 0o604, 0o644]) {
        expect(warningsOf({ api_token: 'hush' }, mode)).to.have.length(1);
        expect(warningsOf({ xsrf_token: 'hush' }, mode)[0]).to.match(
          /open\.json contains a secret, .*: chmod 600 the file, or start the program that writes it with umask 077$/,
        );
      }
      expect(warningsOf({ api_token: 'hush' }, 0o600)).to.deep.equal([]);
      expect(warningsOf({ api_token: null, concurrency: 1 }, 0o644)).to.deep.equal([]);
    });
  });

  it('returns the secrets and the name of the token, for the log to redact', () => {
    const { config } = fromEnv({
      TAP_BOLT_ECI_XSRF_TOKEN: 'xyz',
      TAP_BOLT_ECI_API_TOKEN_NAME: 'acme',
    });
    expect(secretsOf(config)).to.deep.equal(['abc', 'xyz', 'acme']);
  });

  describe('whatever the sources hold', () => {
    const names = SETTINGS.map(({ name }) => name);
    // No word of a message has such letters in this order.
    const secret = fc.stringMatching(/^Q[a-z0-9]{6}[",;\n€ x]{0,2}Z$/);
    it('a file gives a configuration or a ConfigError, and never shows a secret', () => {
      const settings = fc.dictionary(
        fc.constantFrom(...names, '__proto__', 'constructor', 'x'),
        fc.jsonValue(),
        {
          maxKeys: 6,
        },
      );
      const given = secret.chain((text) =>
        fc.tuple(
          fc.constant(text),
          settings,
          wrapped(text),
          wrapped(text),
          fc.constantFrom('api_token', 'xsrf_token'),
        ),
      );
      fc.assert(
        fc.property(given, ([text, others, value, token, name]) => {
          const content = {
            ...others,
            [name]: value,
            event_start_tokens: token,
            base_url: `https://${text}@host`,
          };
          expect(faultOf(() => fromFile(content)))
            .not.to.include(text)
            .and.not.to.include('\n');
        }),
      );
    });

    it('text that is not JSON is not quoted', () => {
      fc.assert(
        fc.property(secret, fc.nat(60), (text, at) => {
          const json = JSON.stringify({ concurrency: 4, api_token: text, streams: ['jobs'] });
          expect(
            faultOf(() => fromFile(`${json.slice(0, at)}\n${text}\n${json.slice(at)}`)),
          ).not.to.include(text.trim());
        }),
      );
    });

    it('any JSON gives a configuration or a ConfigError', () => {
      fc.assert(
        fc.property(
          fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...names), fc.jsonValue())),
          (content) => {
            try {
              fromFile(content);
            } catch (error) {
              expect(error).to.be.instanceOf(ConfigError);
            }
          },
        ),
      );
    });

    it('any environment gives a configuration or a ConfigError', () => {
      const variables = fc.constantFrom(
        ...names.map((name) => environmentName(name)),
        'TAP_BOLT_ECI_X',
      );
      const text = fc.oneof(fc.string(), fc.json(), fc.double().map(String));
      fc.assert(
        fc.property(fc.dictionary(variables, text), secret, (env, hidden) => {
          try {
            fromEnv({ ...env, TAP_BOLT_ECI_API_TOKEN: hidden });
          } catch (error) {
            if (!(error instanceof ConfigError)) throw error;
            expect(error.message).not.to.include(hidden);
          }
        }),
      );
    });
  });
});

describe('the settings', () => {
  it('keep the promised names', () => {
    const schema = JSON.stringify(settingsSchema());
    for (const { name } of SETTINGS) expect(schema).to.include(`"${name}":`);
    expect(settingsSchema()['required']).to.deep.equal(['api_token']);
  });

  it('make a valid JSON Schema, which the tap itself does not validate', () => {
    expect(new Ajv({ strict: false }).validateSchema(settingsSchema())).to.equal(true);
  });

  it('have valid defaults', () => {
    for (const setting of SETTINGS) {
      if (!('default' in setting)) continue;
      expect(fromFile({ [setting.name]: setting.default }).config).to.deep.equal(
        fromEnv({}).config,
      );
    }
  });

  it('accept both of their limits', () => {
    for (const setting of SETTINGS) {
      if (!('minimum' in setting)) continue;
      const { name, minimum, maximum } = setting;
      for (const value of [minimum, maximum]) fromFile({ [name]: value });
      for (const value of [minimum - 1, maximum + 1])
        expect(faultOf(() => fromFile({ [name]: value }))).to.include(name);
    }
  });
});
