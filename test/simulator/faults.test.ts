import { expect } from 'chai';
import { http } from 'msw';
import { setupServer } from 'msw/node';
import type { Fault } from '#src/simulator/simulator.js';
import { ask, follow, get, idsOf, simulated, walk } from './client.js';

async function textUnder(
  fault: Fault,
  path = '/cities',
): Promise<{ response: Response; text: string; right: string }> {
  const simulator = simulated();
  const right = await (await simulator.fetch(ask(path))).text();
  simulator.fault(fault);
  const response = await simulator.fetch(ask(path));
  return { response, text: await response.text(), right };
}

describe('faults of answers', () => {
  it('status: another status, with its headers and body', async () => {
    const exception = '{"exception":"undefined method `to_datetime\' for nil"}';
    const told = await textUnder({
      kind: 'status',
      status: 503,
      headers: { 'retry-after': '7' },
      body: exception,
    });
    expect([
      told.response.status,
      told.response.headers.get('retry-after'),
      told.text,
    ]).to.deep.equal([503, '7', exception]);
    const plain = await textUnder({ kind: 'status' });
    expect([plain.response.status, plain.text]).to.deep.equal([
      500,
      '{"status":500,"error":"Simulated fault"}',
    ]);
    expect((await textUnder({ kind: 'status', status: 204 })).text).to.equal('');
  });

  it('html, redirect, empty: 200 is no promise', async () => {
    const html = await textUnder({ kind: 'html' });
    expect([html.response.status, html.response.headers.get('content-type')]).to.deep.equal([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(html.text).to.match(/^<!DOCTYPE html>/);
    const other = await textUnder({ kind: 'html', status: 502, body: '<h1>Bad Gateway</h1>' });
    expect([other.response.status, other.text]).to.deep.equal([502, '<h1>Bad Gateway</h1>']);
    const redirect = (await textUnder({ kind: 'redirect' })).response;
    expect([redirect.status, redirect.headers.get('location')]).to.deep.equal([
      302,
      '/users/sign_in',
    ]);
    const moved = (
      await textUnder({ kind: 'redirect', status: 301, location: 'https://bolt.test/x' })
    ).response;
    expect([moved.status, moved.headers.get('location')]).to.deep.equal([
      301,
      'https://bolt.test/x',
    ]);
    const empty = await textUnder({ kind: 'empty' });
    expect([empty.response.status, empty.text]).to.deep.equal([200, '']);
  });

  it('garbled: half of the JSON', async () => {
    const { text, right } = await textUnder({ kind: 'garbled' });
    expect(text).to.equal(right.slice(0, text.length));
    expect(() => JSON.parse(text) as unknown).to.throw(SyntaxError);
  });

  it('missing-rows: an object without them', async () => {
    expect((await textUnder({ kind: 'missing-rows' })).text).to.equal('{"message": "ok"}');
  });

  it('large: as much as was said', async () => {
    const { text } = await textUnder({ kind: 'large', bytes: 3_000_000 });
    expect(text.length).to.be.within(3_000_000, 3_100_000);
    expect(JSON.parse(text)).to.have.all.keys('padding');
    const simulator = simulated();
    simulator.fault({ kind: 'large' });
    const stream = (await simulator.fetch(ask('/jobs'))).body;
    let bytes = 0;
    for await (const piece of stream!) bytes += Buffer.byteLength(piece);
    expect(bytes).to.be.greaterThan(64 * 2 ** 20);
  });

  it('slow: the right answer, later; given up when the request is', async () => {
    const { text, right } = await textUnder({ kind: 'slow', ms: 1 });
    expect(text).to.equal(right);
    const simulator = simulated();
    simulator.fault({ kind: 'slow' });
    const abort = new AbortController();
    const slow = simulator.fetch(new Request(ask('/jobs'), { signal: abort.signal }));
    abort.abort();
    const error: unknown = await slow.catch((thrown: unknown) => thrown);
    expect(error).to.be.an('error').with.property('name', 'AbortError');
  });
});

describe('faults of connections', () => {
  it('reset: no answer', async () => {
    const simulator = simulated();
    simulator.fault({ kind: 'reset' });
    expect((await simulator.fetch(ask('/jobs'))).type).to.equal('error');
    expect(simulator.calls[0]?.status).to.equal(0);
  });

  it('cut: a body shorter than was announced', async () => {
    const { response, text, right } = await textUnder({ kind: 'cut' });
    expect(response.headers.get('content-length')).to.equal(String(Buffer.byteLength(right)));
    expect(text.length).to.equal(Math.floor(right.length / 2));
  });

  it('stalled: half of the body, and no end', async () => {
    const simulator = simulated();
    simulator.fault({ kind: 'stalled' });
    const reader = (await simulator.fetch(ask('/cities'))).body!.getReader();
    expect((await reader.read()).value).to.have.length.greaterThan(100);
    const outcome = await Promise.race([
      reader.read(),
      new Promise((resolve) => setImmediate(() => resolve('still waiting'))),
    ]);
    expect(outcome).to.equal('still waiting');
    await reader.cancel();
  });

  it('reach a client through msw', async () => {
    const simulator = simulated();
    const server = setupServer(
      http.all('https://bolt.test/*', ({ request }) => simulator.fetch(request)),
    );
    server.listen({ onUnhandledRequest: 'error' });
    try {
      simulator.fault({ kind: 'reset' });
      expect(await fetch(ask('/cities')).catch((error: unknown) => error)).to.be.an('error');
      const response = await fetch(ask('/cities'));
      expect(await response.json()).to.have.property('cities');
    } finally {
      server.close();
    }
  });
});

describe('faults of pages', () => {
  it('no-token, null-token: refresh_token and event_token are out, next_batch is not', async () => {
    const simulator = simulated();
    simulator.fault({ kind: 'no-token', times: 2 });
    simulator.fault({ kind: 'null-token', times: 2 });
    const [jobs, events, otherJobs, otherEvents] = [
      await get(simulator, '/jobs'),
      await get(simulator, '/jobs/events'),
      await get(simulator, '/jobs'),
      await get(simulator, '/jobs/events'),
    ];
    expect(jobs.body).to.have.all.keys('jobs', 'next_batch');
    expect(events.body).to.have.all.keys('events');
    expect(otherJobs.body).to.include({ refresh_token: null });
    expect(otherJobs.next_batch).to.be.a('string');
    expect(otherEvents.body).to.include({ event_token: null });
  });

  it('same-next-batch: the token that was sent', async () => {
    const simulator = simulated({ pageSize: 50 });
    simulator.fault({ kind: 'same-next-batch', times: Infinity });
    const first = await get(simulator, '/jobs');
    const second = await get(simulator, '/jobs', { next_batch: first.next_batch });
    expect(second.next_batch).to.equal(first.next_batch);
    expect(idsOf([second])).not.to.deep.equal(idsOf([first]));
  });

  it('repeat-page: the page before once more, the right one next', async () => {
    const simulator = simulated({ pageSize: 50 });
    const right = await walk(simulator, '/jobs');
    simulator.fault({ kind: 'repeat-page', stream: 'jobs', after: 2 });
    const pages = await walk(simulator, '/jobs');
    const expected = right.map(({ rows }) => rows);
    expected.splice(2, 0, expected[1]!);
    expect(pages.map(({ rows }) => rows)).to.deep.equal(expected);
    expect(new Set(pages.map(({ next_batch }) => next_batch)).size).to.equal(pages.length);
    simulator.fault({ kind: 'repeat-page' });
    expect((await get(simulated(), '/jobs')).rows).to.have.length(100);
  });

  it('repeat-page of a feed: the page before, under the token that was sent', async () => {
    const simulator = simulated();
    const first = await get(simulator, '/jobs/events');
    simulator.fault({ kind: 'repeat-page' });
    const second = await get(simulator, '/jobs/events', { event_token: first.event_token });
    expect([second.rows, second.event_token]).to.deep.equal([first.rows, first.event_token]);
    simulator.fault({ kind: 'repeat-page' });
    expect((await get(simulator, '/work_orders/events')).rows).to.deep.equal([]);
  });

  it('empty-page: nothing, though there is more', async () => {
    const simulator = simulated();
    simulator.fault({ kind: 'empty-page', after: 1 });
    const pages = await walk(simulator, '/jobs');
    expect(pages.map(({ rows }) => rows.length)).to.deep.equal([100, 0, 100, 50]);
    expect(new Set(idsOf(pages)).size).to.equal(250);
  });
});

describe('which calls a fault hits', () => {
  it('is said by stream, after and times', async () => {
    const simulator = simulated();
    simulator.fault({ kind: 'status', stream: 'jobs', after: 1, times: 2 });
    const statuses = [];
    for (const path of ['/cities', '/jobs', '/cities', '/jobs', '/jobs/events', '/jobs', '/jobs']) {
      statuses.push((await get(simulator, path)).status);
    }
    expect(statuses).to.deep.equal([200, 200, 200, 500, 200, 500, 200]);
  });

  it('is one fault a call, in the order they were added, until they are cleared', async () => {
    const simulator = simulated();
    simulator.fault({ kind: 'status', status: 502 });
    simulator.fault({ kind: 'status', status: 503, times: Infinity });
    const statuses = [];
    for (let made = 0; made < 4; made++) statuses.push((await get(simulator, '/jobs')).status);
    expect(statuses).to.deep.equal([502, 503, 503, 503]);
    simulator.clearFaults();
    expect((await get(simulator, '/jobs')).status).to.equal(200);
    expect((await follow(simulator, '/jobs/events')).length).to.be.greaterThan(1);
  });

  it('is none that is not let in', async () => {
    const simulator = simulated();
    simulator.fault({ kind: 'status' });
    expect(
      (await simulator.fetch(ask('/jobs', {}, { authorization: 'Token token=other' }))).status,
    ).to.equal(401);
    expect((await get(simulator, '/dogs')).status).to.equal(404);
    expect((await get(simulator, '/jobs')).status).to.equal(500);
  });
});
