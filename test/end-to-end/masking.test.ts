import { expect } from 'chai';
import { closeSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '#src/catalog/discover.js';
import { Place, type Ended } from '../support/command.js';
import { core, formsOf, serveMarked } from '../support/marked-tenant.js';
import { messagesOf, recordsOf, type Row } from '../support/messages.js';

const KEY = 'hush-hush-hush-hush';
const MASKED = {
  home_owner: 'hmac',
  '*_phone': 'null',
  'employees.birth_date': 'hmac',
  author: 'hmac',
  '*email*': 'hmac',
  '_rescued_data.secret_field': null,
};
/** The fields of which nothing may come out. */
const HIDDEN = [
  ...['jobs', 'work_orders', 'schedules'].flatMap((list) =>
    ['home_owner', 'home_owner_phone', 'home_owner_email', 'secret_field'].map(
      (field) => [list, field] as const,
    ),
  ),
  ['employees', 'birth_date'],
  ['employees', 'personal_email'],
  ['customers', 'corporate_contact_email'],
  ['job_events', 'author'],
] as const;

/** All that stands in the files of a folder but the configuration and the rows for stdin. */
function textsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^(?:config\.json|rows\.ndjson)$/.test(name))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'utf8'));
}

describe('masking: the command', () => {
  let place: Place;
  let api: { url: string; close: () => Promise<void> };
  beforeEach(async () => {
    place = new Place();
    api = await serveMarked();
    configure({ mask_columns: MASKED, mask_key: KEY });
  });
  afterEach(async () => {
    await place.close();
    await api.close();
  });

  function configure(more: object): void {
    const levels = { log_level: 'debug', max_rejected_share: 1 };
    place.file('config.json', { ...place.settings(api.url), ...levels, ...more });
  }

  function run(args: string, stdin?: number): Promise<Ended> {
    const words = args.split(' ');
    return place.run([...words, '--config', 'config.json'], stdin === undefined ? {} : { stdin });
  }

  function expectNoMarks({ stdout, stderr }: Ended): void {
    const all = [stdout, stderr, ...textsIn(place.folder)].join('\n');
    for (const [list, field] of HIDDEN)
      for (const form of formsOf(core(list, field)))
        expect(all.includes(form), `${list}.${field} as ${form}`).to.equal(false);
    expect(stdout + stderr).not.to.contain(KEY);
  }

  it('shows no masked value in a sync, a test, a discovery, a probe, or their files', async () => {
    const synced = await run('--summary summary.json --metrics-file tap.prom');
    expect(synced.code, synced.stderr).to.equal(0);
    expect(synced.stdout).to.contain(core('jobs', 'notes'));
    expectNoMarks(synced);
    expectNoMarks(await run('--test'));
    expectNoMarks(await run('--discover --live'));
    expectNoMarks(await run('probe --report probe.json'));
    expectNoMarks(await run('--log-format json --streams jobs,job_events'));
  });

  it('makes masked columns text in --discover, without a token or a network', async () => {
    const settings = { mask_columns: { zip: 'null', 'jobs.lot': 'null', weekly_hours: null } };
    place.file('config.json', settings);
    const { code, stdout, stderr } = await run('--discover');
    expect(code, stderr).to.equal(0);
    const { streams }: Catalog = JSON.parse(stdout);
    const { properties } = streams.find(({ stream }) => stream === 'employees')!.schema;
    expect(properties['weekly_hours']).to.deep.include({ type: ['null', 'string'] });
    expect(properties['weekly_hours']).not.to.have.property('minimum');
  });

  it('verifies a masked destination, and shows nothing of it', async () => {
    const synced = await run('--streams jobs');
    const rows = recordsOf(messagesOf(synced.stdout), 'jobs');
    const verifying = async (held: readonly Row[], flags: string): Promise<Ended> => {
      place.file('rows.ndjson', held.map((row) => `${JSON.stringify(row)}\n`).join(''));
      const stdin = openSync(place.path('rows.ndjson'), 'r');
      const ended = await run(`verify --stream jobs ${flags}`, stdin);
      closeSync(stdin);
      return ended;
    };
    const compared = rows.map(({ id, home_owner, zip }) => ({ id, home_owner, zip }));
    const same = await verifying(compared, '--report same.json');
    expect(same.code, same.stderr).to.equal(0);
    const other = compared.map(({ id, zip }) => ({ id, home_owner: 'in clear', zip }));
    const stale = await verifying(other, '--report stale.json --emit');
    expect(stale.code, stale.stderr).to.equal(7);
    expect(stale.stdout).to.contain(String(rows[0]!['home_owner']));
    for (const ended of [same, stale]) expectNoMarks(ended);
  });

  it('warns once if the list or the key is not that of the last run', async () => {
    const sync = async (settings: object): Promise<boolean> => {
      configure(settings);
      place.file('state.json', { bookmarks: { cities: { refresh_token: 'r0' } } });
      const { code, stderr } = await run('--streams cities --state state.json');
      expect(code, stderr).to.equal(0);
      return stderr.includes('is not that of the last run');
    };
    const first = { mask_columns: { city: 'hmac' }, mask_key: KEY };
    const warned = [
      await sync({}),
      await sync(first),
      await sync(first),
      await sync({ ...first, mask_key: `${KEY} 2` }),
      await sync({ ...first, mask_key: `${KEY} 2` }),
      await sync({}),
      await sync({}),
    ];
    expect(warned).to.deep.equal([false, true, false, true, false, true, false]);
    for (const text of textsIn(place.folder)) expect(text).not.to.contain(KEY);
  });

  const WRONG: Readonly<Record<string, readonly [settings: object, message: string]>> = {
    'a name that matches nothing': [
      { mask_columns: { home_ower: 'null' } },
      '"home_ower": there is no such column (did you mean home_owner',
    ],
    'a pattern that matches nothing': [
      { mask_columns: { 'zz*': 'null' } },
      '"zz*": it matches no column',
    ],
    'a stream that does not exist': [
      { mask_columns: { 'job.home_owner': 'null' } },
      'there is no stream "job" (did you mean jobs',
    ],
    'a key': [{ mask_columns: { 'jobs.id': 'null' } }, 'jobs.id cannot be masked: it is the key'],
    'a part of a key': [
      { mask_columns: { created_at: 'null' } },
      'job_events.created_at cannot be masked: it is a part of the key event_id',
    ],
    'hmac without a key': [{ mask_columns: { zip: 'hmac' } }, 'mask_key is not set'],
    'another word': [{ mask_columns: { zip: 'sha' } }, 'expected an object that maps names to'],
  };
  for (const [what, [settings, message]] of Object.entries(WRONG))
    it(`refuses ${what}, before any call`, async () => {
      configure(settings);
      const { code, stdout, stderr } = await run('--streams jobs');
      expect(code, stderr).to.equal(2);
      expect(stderr).to.contain(message);
      expect(stdout).to.equal('');
    });

  it('warns of a short key', async () => {
    configure({ mask_columns: { zip: 'hmac' }, mask_key: 'short-key' });
    const { code, stderr } = await run('--streams cities');
    expect(code).to.equal(0);
    expect(stderr).to.contain('mask_key has fewer than 16 characters');
    expect(stderr).not.to.contain('short-key');
  });
});
