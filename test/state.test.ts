import { expect } from 'chai';
import * as fc from 'fast-check';
import { ConfigError } from '../src/errors.js';
import { forget, readState, shorten, withBookmark, type State } from '../src/state.js';

function read(value: unknown): State {
  return readState(value, 'state.json').state;
}

describe('readState', () => {
  it('takes a bookmark file', () => {
    const state = {
      bookmarks: { jobs: { refresh_token: 'r' }, job_events: { event_token: 'e' } },
      currently_syncing: 'jobs',
    };
    expect(readState(state, 'state.json')).to.deep.equal({ state, notes: [] });
  });

  it('takes a STATE message for its value', () => {
    const value = { bookmarks: { jobs: { refresh_token: 'r' } } };
    expect(read({ type: 'STATE', value })).to.deep.equal(value);
    expect(read({ type: 'STATE', value: null })).to.deep.equal({ bookmarks: {} });
    expect(read({ type: 'STATE', value: { type: 'STATE', value } })).to.deep.equal(value);
  });

  it('takes an object without bookmarks for a first run', () => {
    for (const empty of [{}, { bookmarks: null }, { bookmarks: {} }])
      expect(read(empty)).to.deep.equal({ bookmarks: {} });
    expect(read({ mine: 1 })).to.deep.equal({ mine: 1, bookmarks: {} });
  });

  it('passes other keys through, at the top, of streams and of bookmarks', () => {
    const state = {
      mine: { a: [1] },
      type: 'other',
      bookmarks: { jobs: { refresh_token: 'r', mine: [null] }, elsewhere: { at: '2025-01-06' } },
    };
    expect(read(state)).to.deep.equal(state);
  });

  it('takes null, blank tokens and null bookmarks for absent', () => {
    const blank = {
      refresh_token: null,
      next_batch: '',
      walk_token: '  ',
      event_token: '\n',
      last_page: null,
      walk: null,
    };
    expect(read({ bookmarks: { jobs: blank, cities: null } })).to.deep.equal({ bookmarks: { jobs: {}, cities: {} } });
  });

  it('takes a strange walk for one of which nothing is said', () => {
    expect(read({ bookmarks: { jobs: { next_batch: 'n', walk: 'sideways' } } }).bookmarks['jobs']).to.deep.equal({
      next_batch: 'n',
    });
    expect(read({ bookmarks: { jobs: { next_batch: 'n', walk: 'full' } } }).bookmarks['jobs']).to.include({
      walk: 'full',
    });
  });

  it('takes no other than a name for currently_syncing', () => {
    expect(read({ bookmarks: {}, currently_syncing: 'jobs' })).to.include({ currently_syncing: 'jobs' });
    for (const strange of [null, 7, {}, []]) {
      expect(read({ bookmarks: {}, currently_syncing: strange })).to.include({ currently_syncing: null });
    }
  });

  for (const [value, message] of [
    [[], 'state.json: it holds an array; a state is a JSON object'],
    [null, 'state.json: it holds null; a state is a JSON object'],
    ['hush', 'state.json: it holds text; a state is a JSON object'],
    [{ type: 'STATE', value: 7 }, 'state.json: it holds a number; a state is a JSON object'],
    [{ bookmarks: [] }, 'state.json: bookmarks is an array; it takes an object of streams'],
    [{ bookmarks: 'hush' }, 'state.json: bookmarks is text; it takes an object of streams'],
    [{ bookmarks: { jobs: 'hush' } }, 'state.json: bookmarks.jobs is text; it takes an object'],
    [{ bookmarks: { jobs: ['hush'] } }, 'state.json: bookmarks.jobs is an array; it takes an object'],
    [
      { bookmarks: { jobs: { refresh_token: 5 } } },
      'state.json: bookmarks.jobs.refresh_token is a number; it takes a text',
    ],
    [
      { bookmarks: { jobs: { next_batch: true } } },
      'state.json: bookmarks.jobs.next_batch is a boolean; it takes a text',
    ],
    [
      { bookmarks: { job_events: { event_token: {} } } },
      'state.json: bookmarks.job_events.event_token is an object; it takes a text',
    ],
    [{ bookmarks: { jobs: { walk_token: [] } } }, 'state.json: bookmarks.jobs.walk_token is an array; it takes a text'],
    [{ jobs: { refresh_token: 5 } }, 'state.json: jobs.refresh_token is a number; it takes a text'],
  ] as const) {
    it(`refuses ${JSON.stringify(value)}`, () => {
      expect(() => read(value))
        .to.throw(ConfigError)
        .and.have.property('message', message);
    });
  }

  it('gives a state or a ConfigError, whatever JSON it is given', () => {
    const known = fc.constantFrom(
      'bookmarks',
      'jobs',
      'refresh_token',
      'next_batch',
      'walk',
      'type',
      'value',
      'currently_syncing',
    );
    const { tree } = fc.letrec((tie) => ({
      leaf: fc.oneof(fc.constantFrom('', ' ', 'STATE', 'full', 'text', null, true, 7)),
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
          expect(read(state)).to.deep.equal(state);
          expect(read(JSON.parse(JSON.stringify({ type: 'STATE', value: state })))).to.deep.equal(state);
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
        }
      }),
    );
  });
});

describe('the older connector’s state', () => {
  it('is taken over', () => {
    const { state, notes } = readState(
      { jobs: { refresh_token: 'r' }, job_events: { event_token: 'e' }, mine: 1 },
      'old.json',
    );
    expect(state).to.deep.equal({
      mine: 1,
      bookmarks: { jobs: { refresh_token: 'r' }, job_events: { event_token: 'e' } },
    });
    expect(notes).to.deep.equal(['old.json: taken over from the older connector (jobs, job_events)']);
  });

  it('is not trusted where it was left in the middle of a walk', () => {
    const { state, notes } = readState(
      { jobs: { refresh_token: 'r', next_batch: 'n' }, cities: { refresh_token: 'c' } },
      'old.json',
    );
    expect(state).to.deep.equal({ bookmarks: { cities: { refresh_token: 'c' } } });
    expect(notes).to.deep.equal([
      'old.json: taken over from the older connector (cities)',
      'old.json: jobs was left in the middle of a walk by the older connector, whose token may skip rows: it starts in full',
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
  });

  it('may come in a STATE message', () => {
    expect(read({ type: 'STATE', value: { jobs: { refresh_token: 'r' } } }).bookmarks).to.deep.equal({
      jobs: { refresh_token: 'r' },
    });
  });
});

describe('withBookmark', () => {
  it('puts a bookmark in, and changes nothing else', () => {
    const before: State = { mine: 1, bookmarks: { cities: { refresh_token: 'c' } } };
    const after = withBookmark(before, 'jobs', { refresh_token: 'r' }, 'jobs');
    expect(after).to.deep.equal({
      mine: 1,
      bookmarks: { cities: { refresh_token: 'c' }, jobs: { refresh_token: 'r' } },
      currently_syncing: 'jobs',
    });
    expect(before).to.deep.equal({ mine: 1, bookmarks: { cities: { refresh_token: 'c' } } });
  });

  it('adds no empty one, but empties one that is there', () => {
    expect(withBookmark({ bookmarks: {} }, 'jobs', {}, null)).to.deep.equal({ bookmarks: {}, currently_syncing: null });
    const state: State = { bookmarks: { jobs: { next_batch: 'n' } } };
    expect(withBookmark(state, 'jobs', {}, null).bookmarks).to.deep.equal({ jobs: {} });
  });
});

describe('forget', () => {
  it('takes bookmarks out, and keeps the rest', () => {
    const state: State = { mine: 1, bookmarks: { jobs: {}, cities: {} }, currently_syncing: 'jobs' };
    expect(forget(state, ['jobs', 'other'])).to.deep.equal({
      mine: 1,
      bookmarks: { cities: {} },
      currently_syncing: 'jobs',
    });
    expect(forget(state, [])).to.deep.equal(state);
  });
});

describe('shorten', () => {
  it('shows too little of a token to be of use', () => {
    expect(shorten('eyJldmVudF9pZCI6OTB9--0123456789abcdef')).to.equal('eyJldm…ef');
    expect(shorten('short')).to.equal('…');
  });
});
