import { expect } from 'chai';
import { forget, shorten, withBookmark, type State } from '#src/singer/state.js';

describe('withBookmark', () => {
  it('puts a bookmark in, and changes nothing else', () => {
    const before: State = { bookmarks: { cities: { refresh_token: 'c' } } };
    const after = withBookmark(before, 'jobs', { refresh_token: 'r' }, 'jobs');
    expect(after).to.deep.equal({
      bookmarks: { cities: { refresh_token: 'c' }, jobs: { refresh_token: 'r' } },
      currently_syncing: 'jobs',
    });
    expect(before).to.deep.equal({ bookmarks: { cities: { refresh_token: 'c' } } });
  });

  it('adds no empty one, but empties one that is there', () => {
    expect(withBookmark({ bookmarks: {} }, 'jobs', {}, null)).to.deep.equal({
      bookmarks: {},
      currently_syncing: null,
    });
    const state: State = { bookmarks: { jobs: { next_batch: 'n' } } };
    expect(withBookmark(state, 'jobs', {}, null).bookmarks).to.deep.equal({ jobs: {} });
  });
});

describe('forget', () => {
  it('takes bookmarks out, and keeps the rest', () => {
    const state: State = { bookmarks: { jobs: {}, cities: {} }, currently_syncing: 'jobs' };
    expect(forget(state, ['jobs', 'other'])).to.deep.equal({
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

  // Of a short text, first six and last two characters would be most of it.
  it('shows nothing of a text of twelve characters, and eight characters of one of thirteen', () => {
    expect(shorten('123456789012')).to.equal('…');
    expect(shorten('1234567890123')).to.equal('123456…23');
  });
});
