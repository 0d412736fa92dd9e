import { Ajv } from 'ajv';
import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { about, settingsTable, streamsTable } from '#src/cli/about.js';
import { discover } from '#src/catalog/discover.js';
import { settingsSchema } from '#src/config/kinds.js';
import { environmentName, SETTINGS } from '#src/config/settings.js';
import { ALL_STREAMS } from '#src/streams.js';
import { inProject, moduleUrl } from '../support/paths.js';

const { name, version, description } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'));
const STREAM_NAMES = [...ALL_STREAMS.map((stream) => stream.name), 'rejected_records'];

/** The first cells of a table's rows. */
function firstCells(table: string): string[] {
  return table
    .split('\n')
    .map((line) => line.split(' | ')[0]!.replace(/^\| /, '').replaceAll('`', ''));
}

describe('about', () => {
  it('as JSON has the form of singer-sdk', () => {
    const told = JSON.parse(about('json'));
    expect(told).to.have.all.keys(
      'name',
      'version',
      'description',
      'capabilities',
      'settings',
      'streams',
    );
    expect(told).to.include({ name, version, description });
    expect(told.settings).to.deep.equal(settingsSchema());
    expect(told.capabilities).to.include.members(['about', 'catalog', 'discover', 'state', 'test']);
    expect(told.streams).to.deep.equal(
      discover().streams.map((entry) => ({
        name: entry.tap_stream_id,
        description: entry.schema['description'],
        key_properties: entry.key_properties,
        replication_method: entry.replication_method,
      })),
    );
  });

  it('has a JSON Schema of the settings that others can use', () => {
    const { settings } = JSON.parse(about('json'));
    const validate = new Ajv({ strict: false }).compile(settings);
    expect(
      validate({ api_token: 'abc', log_level: null, streams: null, xsrf_token: null }),
    ).to.equal(true);
    expect(validate({})).to.equal(false);
    expect(validate({ api_token: 'abc', log_level: 'loud' })).to.equal(false);
    expect(settings.properties.api_token).to.include({
      type: 'string',
      secret: true,
      writeOnly: true,
    });
    expect(settings.properties.calls_per_hour).to.deep.include({
      type: ['integer', 'null'],
      default: 900,
      minimum: 1,
    });
  });

  it('as text names every setting with its variable, and every stream', () => {
    const lines = about('text').split('\n');
    expect(lines[0]).to.equal(`${name} ${version}`);
    expect(lines[1]).to.equal(description);
    for (const setting of SETTINGS)
      expect(lines).to.include(`  ${setting.name} (${environmentName(setting.name)})`);
    expect(lines).to.include('    Value: an integer from 1 to 1,000,000; default: 900.');
    expect(lines).to.include("    Value: text; default: the user's cache folder.");
    expect(lines).to.include('  jobs: key id; incremental, by refresh token');
    expect(lines).to.include('  job_type_configuration: key job_type_id; in full');
    expect(lines).to.include('  job_events: key event_id; incremental, by event token');
    expect(
      lines.slice(-STREAM_NAMES.length).map((line) => line.split(':')[0]!.trim()),
    ).to.deep.equal(STREAM_NAMES);
  });

  it('as Markdown holds both tables', () => {
    expect(about('markdown')).to.match(new RegExp(`^# ${name} ${version}\n`));
    expect(about('markdown')).to.include(`\n\n${settingsTable()}\n\n`).and.include(streamsTable());
    expect(about('markdown')).to.include('`TAP_BOLT_ECI_NAME`');
  });
});

describe('the tables', () => {
  it('have a row a setting and a row a stream', () => {
    expect(firstCells(settingsTable()).slice(2)).to.deep.equal(
      SETTINGS.map((setting) => setting.name),
    );
    expect(firstCells(streamsTable()).slice(2)).to.deep.equal(STREAM_NAMES);
  });

  it('have as many cells in each row', () => {
    for (const table of [settingsTable(), streamsTable()]) {
      const counts = new Set(table.split('\n').map((line) => line.split('|').length));
      expect([...counts]).to.have.length(1);
    }
  });

  it('say what is required, secret or made by the tap', () => {
    expect(settingsTable()).to.match(
      /^\| `api_token` \| API token \| text .*; secret \| none, required \|$/m,
    );
    expect(settingsTable()).to.match(
      /^\| `event_start_tokens` \| .*, for example `\{"job_events": "…"\}` \| .* \| `\{\}` \|$/m,
    );
    expect(streamsTable()).to.include(
      '| `jobs` | `/jobs` | `id` | incremental, by refresh token | 35 |',
    );
    expect(streamsTable()).to.include(
      '| `work_order_statuses` | `/work_order_statuses/events` | `id` | incremental, from the events of a feed | 9 |',
    );
    expect(streamsTable()).to.include('| `rejected_records` | made by the tap | `rejected_id` |');
  });
});

describe('the start', () => {
  it('of discovery, planning and about loads no other package', () => {
    const files = ['cli/about', 'catalog/discover', 'catalog/plan', 'system/read-json'].map(
      (file) => moduleUrl(`${file}.js`),
    );
    const script = `for (const file of ${JSON.stringify(files)}) await import(file);
      const { createRequire } = await import('node:module');
      console.log(JSON.stringify(Object.keys(createRequire(${JSON.stringify(files[0])}).cache)));`;
    const loaded = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(JSON.parse(loaded)).to.deep.equal([]);
  });
});
