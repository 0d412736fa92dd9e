import { expect } from 'chai';
import { ApiError, DataError } from '#src/errors.js';
import { firstRows, walk, type Page } from '#src/engine/walk.js';
import { ARRIVED, messageOf, refusal, SIZE, streamOf, walked } from '../support/pages.js';

function row(id: number): unknown {
  return { id };
}

/** A walk over jobs whose pages have these tokens, one row each, over and over. */
function circling(tokens: readonly string[]): ReturnType<typeof walked> {
  return walked('jobs', (_, number) => ({
    jobs: [row(number)],
    next_batch: tokens[number % tokens.length],
  }));
}

/** A walk over jobs with the same rows several times, under new tokens, before its last page. */
function samePages(times: number, rows: readonly unknown[]): ReturnType<typeof walked> {
  return walked('jobs', (_, number) =>
    number < times ? { jobs: rows, next_batch: `n${number}` } : { jobs: [], refresh_token: 'r' },
  );
}

describe('walk', () => {
  it('gives page after page, with the time of the answer and the bookmark that holds with it', async () => {
    const { asked, pages, error } = await walked('jobs', (query) =>
      query['next_batch'] === 'n'
        ? { jobs: [row(2)], refresh_token: 'r2' }
        : { jobs: [row(1)], next_batch: 'n', refresh_token: 'r1' },
    );
    expect(asked).to.deep.equal([{}, { next_batch: 'n' }]);
    expect(error).to.equal(null);
    expect(pages).to.deep.equal([
      {
        rows: [row(1)],
        size: SIZE,
        arrivedAt: ARRIVED,
        bookmark: { next_batch: 'n', walk_token: 'r1', walk: 'full' },
        starts: 'full',
      },
      {
        rows: [row(2)],
        size: SIZE,
        arrivedAt: ARRIVED,
        bookmark: { refresh_token: 'r1' },
        isLast: true,
      },
    ]);
  });

  it('asks for a page only when it is wanted', async () => {
    let asked = 0;
    const walking = walk(streamOf('jobs'), {
      bookmark: {},
      fullTable: false,
      warn: () => undefined,
      get: async () => ({
        body: { jobs: [row((asked += 1))], next_batch: `n${asked}` },
        size: SIZE,
        arrivedAt: ARRIVED,
      }),
    });
    expect(asked).to.equal(0);
    await walking.next();
    await walking.next();
    expect(asked).to.equal(2);
  });

  it('goes on behind an empty page', async () => {
    const { rows, bookmark } = await walked('jobs', (_, number) =>
      number < 5 ? { jobs: [], next_batch: `n${number}` } : { jobs: [row(1)], refresh_token: 'r' },
    );
    expect(rows).to.deep.equal([row(1)]);
    expect(bookmark).to.deep.equal({ refresh_token: 'r' });
  });

  for (const [kind, body, is] of [
    ['null', { jobs: null, message: 'ok' }, 'it is an object with jobs, message'],
    ['an object', { jobs: { id: 1 } }, 'it is an object with jobs'],
    ['text', { jobs: 'none' }, 'it is an object with jobs'],
    ['absent', {}, 'it is an object'],
    ['of another name', { work_orders: [] }, 'it is an object with work_orders'],
    ['a bare array', [], 'it is an array'],
    ['nothing', null, 'it is null'],
    ['a number', 7, 'it is a number'],
  ] as const) {
    it(`fails where the rows are ${kind}`, async () => {
      const { error, pages } = await walked('jobs', () => body);
      expect(pages).to.deep.equal([]);
      expect(error).to.be.instanceOf(DataError);
      expect(messageOf(error)).to.equal(
        `jobs: the response has no list "jobs"; ${is}: the API's format has changed, or base_url is not a Bolt API`,
      );
    });
  }

  it('names a few of the fields of a strange answer, not its values', async () => {
    const fields = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`f${index}`, 'hush']),
    );
    const { error } = await walked('jobs', () => fields);
    expect(messageOf(error)).to.include('f7:').and.not.include('f8').and.not.include('hush');
  });

  it('takes a bare array, or an object with it, for job_type_configuration', async () => {
    const types = [{ job_type_id: 1 }];
    for (const body of [types, { job_type_configuration: types }]) {
      const { rows, asked, bookmark, warnings, error } = await walked(
        'job_type_configuration',
        () => body,
        {
          fullTable: true,
        },
      );
      expect([rows, asked, bookmark, warnings, error]).to.deep.equal([types, [{}], {}, [], null]);
    }
    const { error } = await walked('job_type_configuration', () => ({}), { fullTable: true });
    expect(error).to.be.instanceOf(DataError);
  });

  it('fails on a token of a wrong type, before its page is given', async () => {
    const { error, pages } = await walked('jobs', () => ({ jobs: [row(1)], next_batch: {} }));
    expect(pages).to.deep.equal([]);
    expect(error).to.be.instanceOf(DataError);
  });

  it('warns of walks that leave no token', async () => {
    expect((await walked('jobs', () => ({ jobs: [row(1)] }))).warnings).to.have.length(1);
    expect((await walked('job_events', () => ({ events: [row(1)] }))).warnings).to.have.length(1);
  });
});

describe('walk: what does not advance', () => {
  for (const length of [1, 2, 3, 7, 50]) {
    it(`a circle of ${length} tokens ends in an error`, async () => {
      const { asked, error } = await circling(Array.from({ length }, (_, index) => `n${index}`));
      expect(error).to.be.instanceOf(DataError);
      expect(messageOf(error)).to.equal(
        'jobs: the walk does not advance: the API repeats a token; if this persists, run with --full-refresh jobs',
      );
      expect(asked.length).to.be.at.most(3 * length + 2);
    });
  }

  it('a next_batch that is the one that was sent is noticed at once, on a resumed walk too', async () => {
    for (const [bookmark, asks] of [
      [{}, 2],
      [{ next_batch: 'n' }, 1],
    ] as const) {
      const { asked, error } = await walked('jobs', () => ({ jobs: [row(1)], next_batch: 'n' }), {
        bookmark,
      });
      expect(asked).to.have.length(asks);
      expect(error).to.be.instanceOf(DataError);
    }
  });

  it('a circle behind a straight beginning ends in an error', async () => {
    const { asked, error } = await walked('jobs', (_, number) => ({
      jobs: [row(number)],
      next_batch: number < 20 ? `straight ${number}` : `round ${number % 4}`,
    }));
    expect(error).to.be.instanceOf(DataError);
    expect(asked.length).to.be.at.most(60);
  });

  it('a circle of event tokens ends in an error', async () => {
    const { error } = await walked('job_events', (_, number) => ({
      events: [row(number)],
      event_token: `e${number % 2}`,
    }));
    expect(messageOf(error))
      .to.include('the API repeats a token')
      .and.include('--full-refresh job_events');
  });

  it('a hundred empty pages in a row end in an error, ninety-nine do not', async () => {
    expect((await samePages(99, [])).error).to.equal(null);
    const { asked, error } = await samePages(1000, []);
    expect(messageOf(error)).to.include('the API gave 100 empty pages in a row');
    expect(asked).to.have.length(100);
  });

  it('empty pages with a row between them do not', async () => {
    const { asked, error } = await walked('jobs', (_, number) => {
      const next = number < 200 ? { next_batch: `n${number}` } : { refresh_token: 'r' };
      return { jobs: number % 99 === 0 ? [row(number)] : [], ...next };
    });
    expect(error).to.equal(null);
    expect(asked).to.have.length(201);
  });

  it('pages that differ in their last row or their number of rows are not the same page', async () => {
    const pages = [[1, 2], [1, 3], [1, 4], [1, 1], [1, 1, 1], [1]];
    const { rows, error } = await walked('jobs', (_, number) => ({
      jobs: (pages[number] ?? []).map((id) => row(id)),
      ...(number < pages.length ? { next_batch: `n${number}` } : { refresh_token: 'r' }),
    }));
    expect(error).to.equal(null);
    expect(rows).to.have.length(pages.flat().length);
  });

  it('a page that comes three times under new tokens ends in an error, twice it does not', async () => {
    expect((await samePages(2, [row(1), row(2)])).error).to.equal(null);
    const { pages, error } = await samePages(9, [row(1), row(2)]);
    expect(messageOf(error)).to.include('the API gave the same page 3 times');
    expect(pages).to.have.length(3);
  });

  it('rows that are nested deeper than any stack are compared', async () => {
    const deep = (depth: number, inner: string): unknown =>
      JSON.parse('['.repeat(depth) + inner + ']'.repeat(depth));
    const row = (inner: string): unknown => ({ id: 1, custom: deep(200_000, inner) });
    const same = await samePages(9, [row('1')]);
    expect(messageOf(same.error)).to.include('the API gave the same page 3 times');
    const { rows, error } = await walked('jobs', (_, number) =>
      number < 5
        ? { jobs: [row(String(number))], next_batch: `n${number}` }
        : { jobs: [], refresh_token: 'r' },
    );
    expect([rows.length, error]).to.deep.equal([5, null]);
    const feed = await walked('job_events', (_, number) =>
      number < 4 ? { events: [row(String(number))], event_token: `e${number}` } : { events: [] },
    );
    expect([feed.rows.length, feed.error]).to.deep.equal([4, null]);
    const head = { event: 'update', created_at: 'x', job: {} };
    const ids = await walked('job_events', (_, number) =>
      number < 4
        ? { events: [{ ...head, id: deep(200_000, `${number}`) }], event_token: `e${number}` }
        : { events: [] },
    );
    expect([ids.rows.length, ids.error]).to.deep.equal([4, null]);
  });

  it('tokens from before a return to the beginning do not count', async () => {
    const { error, rows } = await walked(
      'jobs',
      ({ next_batch }, number) => {
        if (number === 1) return refusal(410);
        return next_batch === 'b'
          ? { jobs: [row(2)], refresh_token: 'r' }
          : { jobs: [row(1)], next_batch: 'b' };
      },
      { bookmark: { next_batch: 'a', walk: 'full' } },
    );
    expect([error, rows]).to.deep.equal([null, [row(1), row(1), row(2)]]);
  });

  it('a feed that repeats its last page under new tokens ends, without an error', async () => {
    const { rows, asked, bookmark, error } = await walked('job_events', (_, number) => ({
      events: [row(Math.min(number, 2))],
      event_token: `e${number}`,
    }));
    expect(error).to.equal(null);
    expect(rows).to.deep.equal([row(0), row(1), row(2)]);
    expect(asked).to.have.length(5);
    expect(bookmark).to.include({ event_token: 'e4' });
  });

  it('a feed goes on behind a page that came once more', async () => {
    const pages = [[row(1)], [row(1)], [row(2)], []];
    const { rows, error } = await walked('job_events', (_, number) => ({
      events: pages[number],
      event_token: `e${number}`,
    }));
    expect(rows).to.deep.equal([row(1), row(2)]);
    expect(error).to.equal(null);
  });
});

describe('walk: stale tokens', () => {
  for (const status of [400, 404, 410, 422]) {
    it(`${status}: a next_batch goes back to the beginning of its walk`, async () => {
      for (const [bookmark, query] of [
        [{ next_batch: 'old', walk: 'full', walk_token: 'w' }, {}],
        [
          { next_batch: 'old', walk: 'changes', walk_token: 'w', refresh_token: 'r' },
          { refresh_token: 'r' },
        ],
      ] as const) {
        const {
          asked,
          warnings,
          rows,
          bookmark: left,
        } = await walked(
          'jobs',
          ({ next_batch }) =>
            next_batch === 'old' ? refusal(status) : { jobs: [row(1)], refresh_token: 'new' },
          { bookmark },
        );
        expect(asked).to.deep.equal([{ next_batch: 'old' }, query]);
        expect(rows).to.deep.equal([row(1)]);
        expect(left).to.deep.equal({ refresh_token: 'new' });
        expect(warnings).to.deep.equal([
          `jobs: the API no longer accepts its next_batch (HTTP ${status}); the walk starts again`,
        ]);
      }
    });

    it(`${status}: a next_batch and then the refresh_token lead to a full walk`, async () => {
      const { asked, warnings, bookmark, error } = await walked(
        'jobs',
        (query) =>
          Object.keys(query).length > 0
            ? refusal(status)
            : { jobs: [row(1)], refresh_token: 'new' },
        { bookmark: { next_batch: 'old', walk: 'changes', refresh_token: 'r' } },
      );
      expect(asked).to.deep.equal([{ next_batch: 'old' }, { refresh_token: 'r' }, {}]);
      expect(warnings).to.have.length(2);
      expect([bookmark, error]).to.deep.equal([{ refresh_token: 'new' }, null]);
    });

    it(`${status}: an event_token fails the feed, whether the user has a first token or not`, async () => {
      const answer = ({ event_token }: Readonly<Record<string, string>>): unknown =>
        event_token === 'old' ? refusal(status) : { events: [], event_token: 'e2' };
      const bookmark = { event_token: 'old', last_page: '1-x' };
      for (const startToken of ['s', undefined]) {
        const failed = await walked('job_events', answer, { bookmark, startToken });
        expect([failed.asked, failed.pages]).to.deep.equal([[{ event_token: 'old' }], []]);
        expect(failed.error)
          .to.be.instanceOf(ApiError)
          .and.include({ fault: 'bad-request', status });
        expect(messageOf(failed.error)).to.include(
          'To accept such a gap, run with --full-refresh job_events',
        );
      }
    });

    it(`${status}: a bare request is no stale token`, async () => {
      const list = await walked('jobs', () => refusal(status));
      expect(list.error).to.include({ fault: 'bad-request', status });
      expect(list.asked).to.have.length(1);
      const feed = await walked('job_events', () => refusal(status));
      expect(messageOf(feed.error)).to.equal(
        `job_events: the API requires a first token for this feed (HTTP ${status}): set event_start_tokens.job_events`,
      );
    });
  }

  it('in the middle of a walk that began in full goes back once more, then gives up', async () => {
    const { asked, error } = await walked('jobs', ({ next_batch }, number) =>
      next_batch === undefined
        ? { jobs: [row(number)], next_batch: `n${number}`, refresh_token: 'r' }
        : refusal(422),
    );
    expect(asked).to.have.length(6);
    expect(error).to.include({ fault: 'bad-request', status: 422 });
  });

  it('no other error counts as one', async () => {
    for (const error of [
      ...[402, 405, 409, 411, 418, 421, 423, 424, 426, 451, 499].map((status) => refusal(status)),
      new ApiError('x', 'server-error', { status: 500 }),
      new ApiError('x', 'forbidden', { status: 403 }),
      new ApiError('x', 'unreachable'),
      new TypeError('x'),
    ]) {
      for (const [stream, bookmark] of [
        ['jobs', { refresh_token: 'r' }],
        ['jobs', { next_batch: 'n', refresh_token: 'r' }],
        ['job_events', { event_token: 'e' }],
        ['job_events', {}],
      ] as const) {
        const got = await walked(stream, () => error, { bookmark, startToken: 's' });
        expect(got.error).to.equal(error);
        expect(got.asked).to.have.length(1);
      }
    }
  });
});

describe('firstRows', () => {
  async function* pages(...sizes: number[]): AsyncGenerator<Page, void, undefined> {
    for (const [index, size] of sizes.entries()) {
      given = index + 1;
      yield {
        rows: Array.from({ length: size }, (_, at) => at),
        size: SIZE,
        arrivedAt: ARRIVED,
        bookmark: {},
      };
    }
  }
  let given = 0;

  for (const [most, sizes, asked] of [
    [5, [2, 2, 1], 3],
    [4, [2, 2], 2],
    [1, [1], 1],
    [100, [2, 2, 2, 2], 4],
    [3, [2, 1], 2],
  ] as const) {
    it(`${most} of pages of two: asks for ${asked}`, async () => {
      const got: number[] = [];
      for await (const { rows } of firstRows(pages(2, 2, 2, 2), most)) got.push(rows.length);
      expect(got).to.deep.equal(sizes);
      expect(given).to.equal(asked);
    });
  }

  it('counts no empty page', async () => {
    const got: number[] = [];
    for await (const { rows } of firstRows(pages(0, 2, 0, 2), 3)) got.push(rows.length);
    expect(got).to.deep.equal([0, 2, 0, 1]);
  });
});
