import { expect } from 'chai';
import * as fc from 'fast-check';
import { ConfigError } from '#src/errors.js';
import { readState as readValue, StateError } from '#src/singer/state-reader.js';
import { withMessages } from '../support/warnings.js';
import type { State } from '#src/singer/state.js';

function read(value: unknown): State {
  return readState(value, 'state.json').state;
}

/** The message with which a value is refused. */
function refusalOf(value: unknown): string {
  try {
    return `accepted: ${JSON.stringify(read(value))}`;
  } catch (error) {
    expect(error)
      .to.be.instanceOf(StateError)
      .and.instanceOf(ConfigError)
      .and.include({ fault: 'foreign' });
    return String(error instanceof Error && error.message);
  }
}

const readState = (value: unknown, file: string) => withMessages(readValue(value, file));

describe('readState', () => {
  it('takes a bookmark file', () => {
    const state = {
      bookmarks: {
        jobs: { refresh_token: 'r' },
        job_events: { event_token: 'e', last_page: '1-x' },
      },
      currently_syncing: 'jobs',
    };
    expect(readState(state, 'state.json')).to.deep.equal({ state, notes: [], warnings: [] });
  });

  it('takes whole numbers and times, and drops what is not a time', () => {
    const jobs = { refresh_token: 'r', version: 5, events_at: '2025-02-03T12:00:00.000Z' };
    expect(read({ bookmarks: { jobs } }).bookmarks).to.deep.equal({ jobs });
    const { state, warnings } = readState(
      { bookmarks: { jobs: { ...jobs, events_at: 'soon' } } },
      'state.json',
    );
    expect(state.bookmarks).to.deep.equal({ jobs: { refresh_token: 'r', version: 5 } });
    expect(warnings.join('\n')).to.include('bookmarks.jobs.events_at is not a time');
    expect(refusalOf({ bookmarks: { jobs: { ...jobs, version: 5.5 } } })).to.include(
      'bookmarks.jobs.version: expected an integer',
    );
  });

  it('takes a STATE message for its value', () => {
    const value = { bookmarks: { jobs: { refresh_token: 'r' } } };
    expect(read({ type: 'STATE', value })).to.deep.equal(value);
    expect(read({ type: 'STATE', value: null })).to.deep.equal({ bookmarks: {} });
    expect(read({ type: 'STATE', value: {} })).to.deep.equal({ bookmarks: {} });
    expect(read({ type: 'STATE', value: { type: 'STATE', value } })).to.deep.equal(value);
  });

  it('takes an empty object, and one without bookmarks, for a first run', () => {
    for (const empty of [{}, { bookmarks: null }, { bookmarks: {} }])
      expect(readState(empty, 'x')).to.deep.equal({
        state: { bookmarks: {} },
        notes: [],
        warnings: [],
      });
    expect(read({ currently_syncing: null })).to.deep.equal({
      bookmarks: {},
      currently_syncing: null,
    });
  });

  it('takes null, blank tokens and null bookmarks for absent', () => {
    const blank = {
      refresh_token: null,
      next_batch: '',
      walk_token: '  ',
      walk: null,
      event_token: null,
    };
    const events = { event_token: '\n', last_page: null };
    const { state, warnings } = readState(
      { bookmarks: { jobs: blank, cities: null, job_events: events } },
      'x',
    );
    expect(state).to.deep.equal({ bookmarks: { jobs: {}, cities: {}, job_events: {} } });
    expect(warnings).to.deep.equal([]);
  });

  it('takes a strange walk for one of which nothing is said', () => {
    expect(
      read({ bookmarks: { jobs: { next_batch: 'n', walk: 'sideways' } } }).bookmarks['jobs'],
    ).to.deep.equal({
      next_batch: 'n',
    });
    expect(
      read({ bookmarks: { jobs: { next_batch: 'n', walk: 'full' } } }).bookmarks['jobs'],
    ).to.include({
      walk: 'full',
    });
  });

  it('takes no other than a stream for currently_syncing, and does not quote it', () => {
    expect(read({ bookmarks: {}, currently_syncing: 'jobs' })).to.include({
      currently_syncing: 'jobs',
    });
    expect(readState({ bookmarks: {}, currently_syncing: null }, 'x').warnings).to.deep.equal([]);
    for (const strange of [7, {}, [], 'hush']) {
      const { state, warnings } = readState(
        { bookmarks: {}, currently_syncing: strange },
        'state.json',
      );
      expect(state).to.deep.equal({ bookmarks: {}, currently_syncing: null });
      expect(warnings).to.deep.equal([
        'state.json: currently_syncing does not name a stream of this tap',
      ]);
    }
  });

  it('drops keys, streams and fields that it does not know, with a suggestion', () => {
    const { state, warnings } = readState(
      {
        mine: { a: 'hush' },
        curently_syncing: 'hush',
        bookmarks: {
          jobs: { refresh_token: 'r', refreshtoken: 'hush', event_token: 'hush' },
          job_event: { event_token: 'hush' },
          job_events: { event_token: 'e', next_batch: 'hush' },
          elsewhere: { at: 'hush' },
        },
      },
      'state.json',
    );
    expect(state).to.deep.equal({
      bookmarks: { jobs: { refresh_token: 'r' }, job_events: { event_token: 'e' } },
    });
    expect(warnings).to.deep.equal([
      'state.json: unknown key "mine"; it is dropped',
      'state.json: unknown key "curently_syncing" (did you mean currently_syncing?); it is dropped',
      'state.json: bookmarks.jobs: unknown field "refreshtoken" (did you mean refresh_token?); it is dropped',
      'state.json: bookmarks.jobs: unknown field "event_token"; it is dropped',
      'state.json: bookmarks: unknown stream "job_event" (did you mean job_events?); it is dropped',
      'state.json: bookmarks.job_events: unknown field "next_batch"; it is dropped',
      'state.json: bookmarks: unknown stream "elsewhere"; it is dropped',
    ]);
  });

  it('shows no name that may be a value', () => {
    for (const name of [
      'hush hush',
      'h'.repeat(41),
      'hush--0f',
      '',
      'hush\n',
      '__proto__x\u202e',
    ]) {
      const { warnings } = readState(JSON.parse(JSON.stringify({ bookmarks: {}, [name]: 1 })), 'x');
      expect(warnings[0], name).to.include('unknown key (name not shown)').and.not.include('hush');
    }
  });

  it('is not confused by the names of Object', () => {
    const value: unknown = JSON.parse(
      '{"__proto__":{"a":1},"bookmarks":{"__proto__":{},"constructor":{},"jobs":{}}}',
    );
    const { state, warnings } = readState(value, 'x');
    expect(state).to.deep.equal({ bookmarks: { jobs: {} } });
    expect(warnings).to.have.length(3);
  });

  for (const [value, message] of [
    [[], 'state.json: it holds an array; a state is a JSON object'],
    [null, 'state.json: it holds null; a state is a JSON object'],
    ['hush', 'state.json: it holds text; a state is a JSON object'],
    [{ type: 'STATE', value: 7 }, 'state.json: it holds a number; a state is a JSON object'],
    [{ bookmarks: [] }, 'state.json: bookmarks: expected an object of streams, found an array'],
    [{ bookmarks: 'hush' }, 'state.json: bookmarks: expected an object of streams, found text'],
    [{ bookmarks: { jobs: 'hush' } }, 'state.json: bookmarks.jobs: expected an object, found text'],
    [
      { bookmarks: { jobs: ['hush'] } },
      'state.json: bookmarks.jobs: expected an object, found an array',
    ],
    [
      { bookmarks: { jobs: { refresh_token: 5 } } },
      'state.json: bookmarks.jobs.refresh_token: expected text, found a number',
    ],
    [
      { bookmarks: { jobs: { next_batch: true } } },
      'state.json: bookmarks.jobs.next_batch: expected text, found a boolean',
    ],
    [
      { bookmarks: { job_events: { event_token: {} } } },
      'state.json: bookmarks.job_events.event_token: expected text, found an object',
    ],
    [
      { bookmarks: { jobs: { walk_token: [] } } },
      'state.json: bookmarks.jobs.walk_token: expected text, found an array',
    ],
    [
      { jobs: { refresh_token: 5 } },
      'state.json: jobs.refresh_token: expected text, found a number',
    ],
  ] as const) {
    it(`refuses ${JSON.stringify(value)}`, () => {
      expect(refusalOf(value)).to.equal(message);
    });
  }

  it('gives a state of known keys, or a ConfigError, whatever JSON it is given', () => {
    const known = fc.constantFrom(
      'bookmarks',
      'jobs',
      'job_events',
      'refresh_token',
      'event_token',
      'next_batch',
      'walk',
      'type',
      'value',
      'currently_syncing',
      'api_token',
      'other',
    );
    const { tree } = fc.letrec((tie) => ({
      leaf: fc.oneof(fc.constantFrom('', ' ', 'STATE', 'full', 'jobs', 'text', null, true, 7)),
      tree: fc.oneof(
        { maxDepth: 4 },
        tie('leaf'),
        fc.array(tie('tree'), { maxLength: 2 }),
        fc.dictionary(known, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        try {
          const state = read(value);
          expect(
            Object.keys(state).filter((key) => !['bookmarks', 'currently_syncing'].includes(key)),
          ).to.be.empty;
          expect(
            Object.keys(state.bookmarks).filter((key) => !['jobs', 'job_events'].includes(key)),
          ).to.be.empty;
          for (const bookmark of Object.values(state.bookmarks)) {
            for (const token of Object.values(bookmark)) expect(token).to.be.a('string');
          }
          expect(readState(state, 'x')).to.deep.equal({ state, notes: [], warnings: [] });
          expect(read(JSON.parse(JSON.stringify({ type: 'STATE', value: state })))).to.deep.equal(
            state,
          );
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('what is not a state', () => {
  const HUSH = 'hush-hush';
  const property = { type: 'object', properties: { [HUSH]: { default: HUSH } } };
  for (const [what, value] of [
    ['a config (it has base_url, api_token)', { api_token: HUSH, base_url: `https://${HUSH}` }],
    ['a config (it has streams)', { streams: [HUSH] }],
    ['a config (it has TAP_BOLT_ECI_API_TOKEN)', { TAP_BOLT_ECI_API_TOKEN: HUSH }],
    // `run` of version 0.1.0 wrote bookmarks into a config that it took for a state.
    [
      'a config (it has api_token)',
      { api_token: HUSH, bookmarks: { jobs: { refresh_token: HUSH } } },
    ],
    ['a config (it has api_token)', { api_token: HUSH, jobs: { refresh_token: HUSH } }],
    ['a config (it has api_token)', { type: 'STATE', value: { api_token: HUSH } }],
    ['the config of another tap or of a target', { access_token: HUSH, start_date: '2025-01-06' }],
    [
      'the config of another tap or of a target',
      { google: 1, refresh_token: HUSH, client_id: HUSH },
    ],
    ['a catalog', { streams: [{ tap_stream_id: HUSH, schema: property }] }],
    ['a JSON schema', property],
    ['a JSON schema', { $schema: HUSH }],
    ['a Singer RECORD message', { type: 'RECORD', stream: HUSH, record: { id: HUSH } }],
    ['a Singer SCHEMA message', { type: 'SCHEMA', stream: 'jobs', schema: property }],
    ['a list of Singer messages', [{ type: 'SCHEMA', stream: HUSH }, { type: 'STATE' }]],
    ['a STATE message without its value', { type: 'STATE', Value: { bookmarks: HUSH } }],
    [
      'a STATE message without its type: add "type": "STATE"',
      { value: { bookmarks: { jobs: {} } } },
    ],
    [
      'the output of "meltano state get": the state is its singer_state',
      { singer_state: { bookmarks: {} } },
    ],
    ['the summary of a run (--summary)', { exit_code: 0, streams: [{ stream: HUSH }] }],
    ["another tap's state", { bookmarks: { [HUSH]: { replication_key_value: HUSH } } }],
    ["another tap's state", { bookmarks: { [HUSH]: HUSH } }],
    ["another tap's state", { bookmarks: { jobs: { version: 5 } }, currently_syncing: null }],
    ["another tap's state", { bookmarks: { jobs: { updated_at: '2025-01-06' }, [HUSH]: {} } }],
    ["another tap's state", { jobs: '2025-01-06T08:00:00Z' }],
    ["another tap's state", { [HUSH]: { updated_at: '2025-01-06' } }],
    [null, { google: { refresh_token: HUSH } }],
    [null, { [HUSH]: HUSH }],
    [null, { bookmark: { jobs: { refresh_token: HUSH } } }],
    [null, { type: 'other', bookmarks: {} }],
  ] as const) {
    it(`such as ${what ?? 'any object'}, is refused without its values: ${JSON.stringify(value).slice(0, 50)}`, () => {
      const seems = what === null ? '' : `; it seems to be ${what}`;
      expect(refusalOf(value)).to.equal(
        `state.json: not a state of this tap${seems}. Pass the file with this tap's bookmarks`,
      );
    });
  }
});

describe('the older connector’s state', () => {
  it('is taken over, and nothing else with it', () => {
    const { state, notes, warnings } = readState(
      {
        jobs: { refresh_token: 'r', cursor: 'hush' },
        job_events: { event_token: 'e' },
        cities: {},
        crews: null,
        offices: 'hush',
        mine: { refresh_token: 'hush' },
        currently_syncing: 'jobs',
      },
      'old.json',
    );
    expect(state).to.deep.equal({
      bookmarks: { jobs: { refresh_token: 'r' }, job_events: { event_token: 'e' } },
      currently_syncing: 'jobs',
    });
    expect(notes).to.deep.equal([
      'old.json: taken over from the older connector (jobs, job_events)',
    ]);
    expect(warnings).to.deep.equal([
      'old.json: jobs: unknown field "cursor"; it is dropped',
      'old.json: unknown entry "offices"; it is dropped',
      'old.json: unknown stream "mine"; it is dropped',
    ]);
  });

  it('is not trusted where it was left in the middle of a walk', () => {
    const { state, notes } = readState(
      { jobs: { refresh_token: 'r', next_batch: 'n' }, cities: { refresh_token: 'c' } },
      'old.json',
    );
    expect(state).to.deep.equal({ bookmarks: { cities: { refresh_token: 'c' } } });
    expect(notes).to.deep.equal([
      'old.json: taken over from the older connector (cities)',
      'old.json: the older connector stopped jobs in the middle of a walk, and its token may skip rows: it starts in full',
    ]);
  });

  it('may have empty next_batches', () => {
    for (const next_batch of [null, '']) {
      expect(read({ jobs: { refresh_token: 'r', next_batch } }).bookmarks).to.deep.equal({
        jobs: { refresh_token: 'r' },
      });
    }
  });

  it('may hold no token that counts', () => {
    const { state, notes } = readState({ jobs: { next_batch: 'n' } }, 'old.json');
    expect(state).to.deep.equal({ bookmarks: {} });
    expect(notes[0]).to.equal('old.json: taken over from the older connector (no bookmark)');
    expect(read({ jobs: {} })).to.deep.equal({ bookmarks: {} });
  });

  it('may come in a STATE message', () => {
    expect(
      read({ type: 'STATE', value: { jobs: { refresh_token: 'r' } } }).bookmarks,
    ).to.deep.equal({
      jobs: { refresh_token: 'r' },
    });
  });
});
