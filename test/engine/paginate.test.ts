import { expect } from 'chai';
import * as fc from 'fast-check';
import { ApiError, DataError } from '#src/errors.js';
import { feedPaginator, listPaginator, type Paginator } from '#src/engine/paginate.js';
import type { Simulator, SimulatorOptions } from '#src/simulator/simulator.js';
import type { Bookmark } from '#src/singer/state.js';
import { walk } from '#src/engine/walk.js';
import { get, held, idAt, simulated } from '../simulator/client.js';
import { refusal, streamOf } from '../support/pages.js';

/** What docs/api.md leaves open of refresh tokens. */
type Reading = Required<Pick<SimulatorOptions, 'refreshTokenOn' | 'refreshTokenMade'>>;

const jobs = streamOf('jobs');
const events = streamOf('job_events');
const rows = [{ id: 1 }, { id: 2 }];

/** What a list leaves after a page: from a bookmark, under the tokens of the answer. */
function stepOf(
  paginator: Paginator,
  bookmark: Bookmark,
  body: Record<string, unknown>,
): [Bookmark, unknown, unknown] {
  const step = paginator.step(paginator.start(bookmark), rows, body);
  return [step.bookmark, step.next, step.warning];
}

/** Where a paginator goes on when the API does not take the token of a bookmark. */
function backOf(
  paginator: Paginator,
  bookmark: Bookmark,
  status: number,
): ReturnType<Paginator['back']> {
  return paginator.back(paginator.start(bookmark), refusal(status));
}

describe('listPaginator', () => {
  const list = listPaginator(jobs, false);
  const full = listPaginator(jobs, true);

  it('begins bare, with the refresh token, or in the middle', () => {
    expect(list.start({}).query).to.deep.equal({});
    expect(list.start({ refresh_token: 'r' }).query).to.deep.equal({ refresh_token: 'r' });
    const middle = {
      refresh_token: 'r',
      next_batch: 'n',
      walk_token: 'w',
      walk: 'changes',
    } as const;
    expect(list.start(middle)).to.deep.equal({ query: { next_batch: 'n' }, bookmark: middle });
  });

  it('leaves what an earlier walk left half done out of a new one', () => {
    expect(
      list.start({ refresh_token: 'r', walk_token: 'w', walk: 'full' }).bookmark,
    ).to.deep.equal({
      refresh_token: 'r',
    });
  });

  it('keeps the first token of a walk for its end, whatever later pages say', () => {
    const [first] = stepOf(list, {}, { next_batch: 'n1', refresh_token: 'r1' });
    expect(first).to.deep.equal({ next_batch: 'n1', walk_token: 'r1', walk: 'full' });
    const [second] = stepOf(list, first, { next_batch: 'n2', refresh_token: 'r2' });
    expect(second).to.deep.equal({ next_batch: 'n2', walk_token: 'r1', walk: 'full' });
    expect(stepOf(list, second, { refresh_token: 'r3' })).to.deep.equal([
      { refresh_token: 'r1' },
      null,
      undefined,
    ]);
  });

  it('takes the token of the last page where no other has one', () => {
    const [first] = stepOf(list, { refresh_token: 'r0' }, { next_batch: 'n1' });
    expect(first).to.deep.equal({ refresh_token: 'r0', next_batch: 'n1', walk: 'changes' });
    expect(stepOf(list, first, { refresh_token: 'r9' })[0]).to.deep.equal({ refresh_token: 'r9' });
  });

  it('warns where a walk gives no token, and keeps the old one', () => {
    const [bookmark, next, warning] = stepOf(list, {}, {});
    expect([bookmark, next]).to.deep.equal([{}, null]);
    expect(warning).to.equal(
      'jobs: the API gave no refresh_token, so the next run fetches the whole list again',
    );
    const [kept, , why] = stepOf(list, { refresh_token: 'r' }, {});
    expect(kept).to.deep.equal({ refresh_token: 'r' });
    expect(why).to.equal(
      'jobs: the API gave no refresh_token, so the next run starts where this run started',
    );
  });

  it('takes null, blank text and absence for no token, and numbers for text', () => {
    for (const none of [null, '', '  ', undefined]) {
      expect(stepOf(list, {}, { next_batch: none, refresh_token: 'r' })).to.deep.equal([
        { refresh_token: 'r' },
        null,
        undefined,
      ]);
      expect(stepOf(list, { refresh_token: 'r' }, { refresh_token: none })[0]).to.deep.equal({
        refresh_token: 'r',
      });
    }
    expect(stepOf(list, {}, { next_batch: 7, refresh_token: 8 })[0]).to.include({
      next_batch: '7',
      walk_token: '8',
    });
  });

  it('refuses numbers that are not what the API sent', () => {
    for (const token of [2 ** 53, 1.5, Infinity]) {
      expect(() => stepOf(list, {}, { next_batch: token })).to.throw(
        DataError,
        "jobs: the response's next_batch is a number that JavaScript cannot hold exactly",
      );
    }
  });

  it('refuses tokens that are no text', () => {
    for (const [token, kind] of [
      [true, 'a boolean'],
      [{}, 'an object'],
      [['n'], 'an array'],
    ] as const) {
      for (const key of ['next_batch', 'refresh_token']) {
        const message = `jobs: the response's ${key} is ${kind}, not a text: the API's format has changed`;
        expect(() => stepOf(list, {}, { [key]: token })).to.throw(DataError, message);
      }
    }
  });

  it('as FULL_TABLE begins bare, goes on in a full walk, and leaves the refresh token aside', () => {
    expect(full.start({ refresh_token: 'r' }).query).to.deep.equal({});
    const [first] = stepOf(full, { refresh_token: 'r' }, { next_batch: 'n1', refresh_token: 'r1' });
    expect(first).to.deep.equal({
      refresh_token: 'r',
      next_batch: 'n1',
      walk_token: 'r1',
      walk: 'full',
    });
    expect(full.start(first).query).to.deep.equal({ next_batch: 'n1' });
    expect(stepOf(full, first, { refresh_token: 'r2' })).to.deep.equal([
      { refresh_token: 'r' },
      null,
      undefined,
    ]);
    expect(stepOf(full, {}, {})).to.deep.equal([{}, null, undefined]);
  });

  it('never makes a full walk of what is left of one over changes', () => {
    const changes = {
      refresh_token: 'r',
      next_batch: 'n',
      walk_token: 'w',
      walk: 'changes',
    } as const;
    expect(full.start(changes)).to.deep.equal({ query: {}, bookmark: { refresh_token: 'r' } });
    expect(full.start({ refresh_token: 'r', next_batch: 'n' }).query).to.deep.equal({});
    expect(full.start({ next_batch: 'n' }).query).to.deep.equal({ next_batch: 'n' });
    // The other way round the full walk goes on, and its own first token counts.
    const begun = { refresh_token: 'old', next_batch: 'n', walk_token: 'w', walk: 'full' } as const;
    expect(stepOf(list, begun, {})[0]).to.deep.equal({ refresh_token: 'w' });
  });

  it('goes back from a stale next_batch to where its walk began, from a stale refresh_token to a full walk', () => {
    expect(
      backOf(list, { refresh_token: 'r', next_batch: 'n', walk_token: 'w', walk: 'changes' }, 410),
    ).to.deep.equal({
      query: { refresh_token: 'r' },
      bookmark: { refresh_token: 'r' },
      why: 'jobs: the API no longer accepts its next_batch (HTTP 410); the walk starts again',
    });
    expect(
      backOf(list, { refresh_token: 'r', next_batch: 'n', walk: 'full' }, 404),
    ).to.deep.include({ query: {} });
    expect(backOf(list, { next_batch: 'n', walk: 'changes' }, 404)).to.deep.include({ query: {} });
    expect(backOf(list, { refresh_token: 'r' }, 422)).to.deep.equal({
      query: {},
      bookmark: { refresh_token: 'r' },
      why: 'jobs: the API no longer accepts its refresh_token (HTTP 422); the whole list is fetched',
    });
  });
});

describe('feedPaginator', () => {
  const feed = feedPaginator(events, undefined);

  it('begins with the bookmark, with the first token of the user, or bare', () => {
    expect(feed.start({}).query).to.deep.equal({});
    expect(feedPaginator(events, 's').start({}).query).to.deep.equal({ event_token: 's' });
    expect(feedPaginator(events, 's').start({ event_token: 'e' }).query).to.deep.equal({
      event_token: 'e',
    });
  });

  it('moves on with the token of each page', () => {
    const step = feed.step(feed.start({ event_token: 'e1' }), rows, { event_token: 'e2' });
    expect(step).to.deep.include({ rows, next: { event_token: 'e2' } });
    expect(step.bookmark).to.include({ event_token: 'e2' });
    expect(step.bookmark.last_page).to.match(/^2-[0-9a-f]{16}$/);
  });

  it('ends at an empty page, and takes its token', () => {
    const step = feed.step(feed.start({ event_token: 'e1', last_page: '1-x' }), [], {
      event_token: 'e2',
    });
    expect(step).to.deep.include({
      rows: [],
      next: null,
      bookmark: { event_token: 'e2', last_page: '1-x' },
    });
    const tokenless = feed.step(feed.start({ event_token: 'e1' }), [], { event_token: null });
    expect(tokenless).to.deep.include({ next: null, bookmark: { event_token: 'e1' } });
    expect(tokenless.warning).to.equal(undefined);
    // Also the first token of the user: the next run continues from it, whatever the setting is.
    const bare = feedPaginator(events, 's');
    expect(bare.step(bare.start({}), [], {})).to.deep.include({
      next: null,
      bookmark: { event_token: 's' },
    });
  });

  it('ends at a token that was sent, new rows put out', () => {
    const step = feed.step(feed.start({ event_token: 'e1' }), rows, { event_token: 'e1' });
    expect(step).to.deep.include({ rows, next: null });
    expect(step.bookmark).to.include({ event_token: 'e1' });
  });

  it('puts out a page once, in this run and at the start of the next', () => {
    const { bookmark } = feed.step(feed.start({}), rows, { event_token: 'e1' });
    const again = feed.step(feed.start(bookmark), rows, { event_token: 'e1' });
    expect(again).to.deep.include({ rows: [], next: null, bookmark });
  });

  it('puts out alone what is new behind the page before', () => {
    const { bookmark } = feed.step(feed.start({ event_token: 'e1' }), rows, { event_token: 'e1' });
    const grown = feed.step(feed.start(bookmark), [...rows, { id: 3 }], { event_token: 'e1' });
    expect(grown).to.deep.include({ rows: [{ id: 3 }], next: null });
    const more = feed.step(feed.start(grown.bookmark), [...rows, { id: 3 }, { id: 4 }], {
      event_token: 'e1',
    });
    expect(more.rows).to.deep.equal([{ id: 4 }]);
    const other = feed.step(feed.start(grown.bookmark), [{ id: 1 }, { id: 9 }, { id: 3 }], {
      event_token: 'e1',
    });
    expect(other.rows).to.have.length(3);
  });

  it('goes on behind a page that comes once more under a new token, but not behind a second one', () => {
    const { bookmark } = feed.step(feed.start({}), rows, { event_token: 'e1' });
    const once = feed.step({ query: { event_token: 'e1' }, bookmark }, rows, { event_token: 'e2' });
    expect(once).to.deep.include({ rows: [], next: { event_token: 'e2' }, repeated: true });
    const twice = feed.step({ query: { event_token: 'e2' }, bookmark, repeated: true }, rows, {
      event_token: 'e3',
    });
    expect(twice).to.deep.include({ rows: [], next: null });
    expect(twice.bookmark).to.include({ event_token: 'e3' });
  });

  it('takes any text for a fingerprint that does not fit', () => {
    for (const last_page of ['', 'x', '2', '2-x', '-1-x', '0-x', '1e9', '99999999999999999999-x']) {
      expect(
        feed.step(feed.start({ last_page }), rows, { event_token: 'e' }).rows,
        last_page,
      ).to.deep.equal(rows);
    }
  });

  it('warns where events come without a token, and ends', () => {
    for (const none of [null, '', undefined]) {
      for (const bookmark of [{}, { event_token: 'e1' }]) {
        const step = feed.step(feed.start(bookmark), rows, { event_token: none });
        expect(step).to.deep.include({ rows, next: null });
        expect(step.bookmark).to.include(bookmark);
        expect(step.warning).to.equal(
          'job_events: the API gave no event_token with its events, so the next run requests this page again',
        );
      }
    }
  });

  it('takes numbers for text, and refuses other tokens', () => {
    expect(feed.step(feed.start({}), rows, { event_token: 5 }).next).to.deep.equal({
      event_token: '5',
    });
    expect(() => feed.step(feed.start({}), rows, { event_token: {} })).to.throw(
      DataError,
      "job_events: the response's event_token is an object, not a text: the API's format has changed",
    );
  });

  it('never goes on from another token than the one that is stale, and says what to do', () => {
    const stale =
      'the API no longer accepts its event_token (HTTP 422), and any other start could skip events. ' +
      'To accept such a gap, run with --full-refresh job_events: the feed then starts at ';
    for (const [startToken, bookmark, message] of [
      [
        undefined,
        {},
        'the API requires a first token for this feed (HTTP 422): set event_start_tokens.job_events',
      ],
      [
        's',
        {},
        'the API does not accept event_start_tokens.job_events (HTTP 422): set a newer token',
      ],
      [
        undefined,
        { event_token: 'e' },
        `${stale}its beginning, or at event_start_tokens.job_events if you set it`,
      ],
      ['s', { event_token: 'e', last_page: '1-x' }, `${stale}event_start_tokens.job_events`],
      // The bookmark's token may be the setting's: the advice is the same.
      ['s', { event_token: 's' }, `${stale}event_start_tokens.job_events`],
    ] as const) {
      const error = backOf(feedPaginator(events, startToken), bookmark, 422);
      expect(error).to.be.instanceOf(ApiError);
      expect(error).to.include({
        message: `job_events: ${message}`,
        fault: 'bad-request',
        status: 422,
      });
    }
  });
});

/** Walks a stream from a bookmark to its end or a cut. Returns its rows and its bookmark. */
async function run(
  simulator: Simulator,
  name: string,
  bookmark: Bookmark,
  pages: number,
): Promise<[unknown[], Bookmark]> {
  const stream = streamOf(name);
  const rows: unknown[] = [];
  let left = bookmark;
  let count = 0;
  const walking = walk(stream, {
    bookmark,
    fullTable: false,
    warn: () => undefined,
    get: async (query) => ({
      body: (await get(simulator, stream.path, query)).body,
      size: 0,
      arrivedAt: 0,
    }),
  });
  for await (const page of walking) {
    rows.push(...page.rows);
    left = page.bookmark;
    count += 1;
    if (count === pages) break;
  }
  return [rows, left];
}

describe('the paginators', () => {
  it('find all rows, whatever the sizes, the readings, what changes, and where runs are cut', async () => {
    const world = fc.record({
      size: fc.integer({ min: 1, max: 40 }),
      pageSize: fc.integer({ min: 1, max: 15 }),
      // The fourth reading, tokens on the last page and made with it, loses what changes during a
      // walk (docs/api.md).
      refreshToken: fc.constantFrom<[Reading['refreshTokenOn'], Reading['refreshTokenMade']][]>(
        ['every', 'start'],
        ['every', 'page'],
        ['last', 'start'],
      ),
      eventEnd: fc.constantFrom('empty', 'repeat-empty', 'repeat-page', 'repeat-new'),
    });
    // After how many pages each run is cut short, and the places of the rows that change before it.
    const one = fc.record({
      pages: fc.integer({ min: 1, max: 6 }),
      changes: fc.array(fc.nat({ max: 39 }), { maxLength: 4 }),
    });
    const runs = fc.array(one, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(world, runs, async ({ size, pageSize, eventEnd, refreshToken }, runs) => {
        const [refreshTokenOn, refreshTokenMade] = refreshToken;
        const rowsByStream = { jobs: size, job_events: size };
        const readings = { refreshTokenOn, refreshTokenMade, eventEnd };
        const simulator = simulated({ rows: 1, rowsByStream, pageSize, ugly: false, ...readings });
        for (const name of ['jobs', 'job_events']) {
          const found: unknown[] = [];
          let bookmark: Bookmark = {};
          // The last two are not cut, and nothing changes between them.
          for (const { pages, changes } of [
            ...runs,
            { pages: Infinity, changes: [] },
            { pages: Infinity, changes: [] },
          ]) {
            for (const place of changes)
              simulator.change('jobs', idAt(simulator, 'jobs', place % size), {
                notes: `${found.length}`,
              });
            const [rows, left] = await run(simulator, name, bookmark, pages);
            found.push(...rows);
            bookmark = left;
          }
          expect(found, name).to.deep.include.members(held(simulator, name));
          if (name === 'job_events') expect(found).to.have.length(held(simulator, name).length);
        }
      }),
      { numRuns: 50, seed: 20250106 },
    );
  });
});
