/** Answers that the tap does not expect, and what only looks like one. */
import { expect } from 'chai';
import { MOST_MINUTES } from '#src/engine/probe/call-limit.js';
import { StopError } from '#src/errors.js';
import { useApi } from '../../support/api.js';
import { probed, type Probing } from '../../support/probing.js';
import { isRow } from '../../simulator/client.js';

const SMALL = { rows: 60, pageSize: 3 };

/** Answers requests with a token that was not given, as the simulator finds it stale. */
function wrongTokensGet(status: number, kinds = /./): Pick<Probing, 'answer'> {
  return {
    answer(request, response) {
      const [kind] = new URL(request.url).searchParams.keys();
      const isWrong = response.status === 422 && kind !== undefined && kinds.test(kind);
      return isWrong ? new Response('{}', { status }) : response;
    },
  };
}

/** Changes the fields of pages. */
function pages(
  change: (body: Record<string, unknown>, request: Request) => void,
): NonNullable<Probing['answer']> {
  return async (request, response) => {
    const body: unknown = await response.clone().json();
    if (!response.ok || !isRow(body)) return response;
    const changed = { ...body };
    change(changed, request);
    return new Response(JSON.stringify(changed), { headers: response.headers });
  };
}

const STALE = ['stale-next-batch', 'stale-refresh-token', 'stale-event-token'] as const;

describe('probe of an API that the tap does not expect', () => {
  useApi();

  it('finds that a wrong token gets a 401, and asks nothing behind it', async () => {
    const { found, ended, unasked, table } = await probed({ ...SMALL, ...wrongTokensGet(401) });
    expect(ended).to.equal(null);
    expect(found).to.deep.include({
      'stale-next-batch': '401',
      'stale-refresh-token': null,
      'stale-event-token': null,
    });
    expect(unasked).to.deep.equal([
      'a wrong refresh_token',
      'a wrong event_token',
      'the end of a feed',
    ]);
    expect(table).to.include('\nTell us\n').and.include('It gets HTTP 401');
  });

  it('takes a 5xx for the answer if each wrong token gets it, and later requests do not', async () => {
    const { found, table } = await probed({ ...SMALL, ...wrongTokensGet(503) });
    for (const question of STALE) expect(found[question]).to.equal('503');
    expect(table).to.include('It gets HTTP 503 each time.');
  });

  it('does not take a 5xx for the answer if another wrong token gets a 4xx', async () => {
    const { found } = await probed({ ...SMALL, ...wrongTokensGet(503, /next/) });
    expect(STALE.map((question) => found[question])).to.deep.equal([null, '422', '422']);
  });

  it('does not take a 5xx for the answer if nothing works any more', async () => {
    let isDown = false;
    const { found } = await probed({
      ...SMALL,
      answer(_, response) {
        isDown ||= response.status === 422;
        return isDown ? new Response('{}', { status: 503 }) : response;
      },
    });
    for (const question of STALE) expect(found[question]).to.equal(null);
  });

  it('finds that wrong tokens are accepted, or get a response without rows', async () => {
    const accepted = await probed({
      ...SMALL,
      answer: (_, response) =>
        response.status === 422
          ? new Response(
              JSON.stringify({ cities: [], contracts: [], builder_orders: [], events: [] }),
            )
          : response,
    });
    const empty = await probed({ ...SMALL, ...wrongTokensGet(200) });
    for (const question of STALE) {
      expect(accepted.found[question]).to.equal('accepted');
      expect(empty.found[question]).to.equal('no-rows');
    }
  });

  it('finds that pages of the same place differ in their refresh_token, or that none has one', async () => {
    const mixed = await probed({
      ...SMALL,
      answer: pages((body, { url }) => {
        if (url.includes('/jobs')) delete body['refresh_token'];
      }),
    });
    expect(mixed.found['refresh-token-place']).to.equal('mixed');
    expect(mixed.found['refresh-token-made']).to.equal(null);
    const none = await probed({ ...SMALL, answer: pages((body) => delete body['refresh_token']) });
    expect(none.found['refresh-token-place']).to.equal('none');
    // A token that pages have only if they go on.
    const first = await probed({
      ...SMALL,
      answer: pages((body) => {
        if (typeof body['next_batch'] !== 'string') delete body['refresh_token'];
      }),
    });
    expect(first.found['refresh-token-place']).to.equal('mixed');
  });

  it('finds that a refresh_token that was just given is refused', async () => {
    for (const status of [422, 403]) {
      const { found, table } = await probed({
        ...SMALL,
        answer: ({ url }, response) =>
          url.includes('refresh_token=') ? new Response('{}', { status }) : response,
      });
      expect(found['refresh-returns']).to.equal('refused');
      expect(table).to.include('One that was just given is refused.');
    }
    const { found } = await probed({
      ...SMALL,
      answer: ({ url }, response) =>
        url.includes('refresh_token=') ? new Response('{}', { status: 500 }) : response,
    });
    expect(found['refresh-returns']).to.equal(null);
  });

  it('finds that some feeds demand a token, that one gives none, and that events lack columns', async () => {
    const { found } = await probed({
      rows: 20,
      answer: (request, response) =>
        request.url.endsWith('/jobs/events')
          ? new Response('{}', { status: 422 })
          : pages((body) => delete body['event_token'])(request, response),
    });
    expect(found['event-start']).to.equal('mixed');
    const fewer = await probed({
      rows: 20,
      answer: pages((body) => {
        if (Array.isArray(body['events'])) body['events'] = [{ id: 1, job: { id: 1 } }];
      }),
    });
    expect(fewer.found['event-columns']).to.equal('fewer');
  });

  it('says what is missing: pages, a row that changes, or a token that brings changes only', async () => {
    const needsOf = async (options: Probing): Promise<string> => {
      const { table } = await probed(options);
      return /fixed when a walk starts.*\n\s+(needs .*)/.exec(table)?.[1] ?? '';
    };
    expect(await needsOf({ rows: 10 })).to.include('a list of two pages or more');
    expect(await needsOf({ ...SMALL, refreshTokenOn: 'last' })).to.include('working hours');
    expect(await needsOf({ ...SMALL, refreshTokenOn: 'last', rows: 600 })).to.include(
      'two to five',
    );
    const all = { refreshTokenOn: 'last', refreshReturns: 'all' } as const;
    expect(await needsOf({ ...SMALL, ...all })).to.include('brings changes only');
    expect(await needsOf({ ...SMALL, ...all, rows: 600 })).to.include('brings changes only');
  });

  it('waits within its minutes, and ends if the API asks for a longer wait', async () => {
    const probing = (seconds: number, times: number): Probing => ({
      ...SMALL,
      before: (simulator) =>
        simulator.fault({
          kind: 'status',
          status: 429,
          after: 4,
          times,
          headers: { 'retry-after': String(seconds) },
        }),
    });
    const limit = MOST_MINUTES * 60;
    const patient = await probed(probing(limit - 120, 1));
    expect(patient.ended).to.equal(null);
    expect(patient.seconds).to.be.greaterThan(limit - 120);
    for (const [seconds, times] of [
      [limit, 1],
      [limit - 120, 2],
    ] as const) {
      const { ended, unasked, seconds: took, found } = await probed(probing(seconds, times));
      expect(ended).to.be.instanceOf(StopError);
      expect(took).to.be.at.most(limit);
      expect(unasked[0]).to.equal('the first page of each stream');
      expect(found['retry-after']).to.equal('seconds');
    }
  });
});
