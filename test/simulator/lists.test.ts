import { expect } from 'chai';
import type { SimulatedRequest, Simulator, SimulatorOptions } from '#src/simulator/simulator.js';
import { STREAMS } from '#src/streams.js';
import { ask, follow, get, held, idAt, idsOf, simulated, walk } from './client.js';

async function bytesOf(simulator: Simulator): Promise<string> {
  return (await simulator.fetch(ask('/jobs'))).text();
}

describe('lists of the simulator', () => {
  for (const stream of STREAMS.filter(({ paging }) => paging === 'list')) {
    it(`${stream.name}: the pages hold every row once, in order, under "${stream.recordsKey}"`, async () => {
      const simulator = simulated({ pageSize: 7, rows: 60 });
      const pages = await walk(simulator, stream.path);
      expect(pages.flatMap(({ rows }) => rows)).to.deep.equal(held(simulator, stream.name));
      for (const { body, rows } of pages) {
        expect(body).to.have.property(stream.recordsKey);
        expect(rows.length).to.be.at.most(7);
      }
    });
  }

  it('give 100 rows a page, and no next_batch after a last page that is full', async () => {
    const pages = await walk(simulated({ rowsByStream: { jobs: 200 } }), '/jobs');
    expect(pages.map(({ rows }) => rows.length)).to.deep.equal([100, 100]);
    expect(pages[1]?.body['next_batch']).to.equal(null);
  });

  it('give the same bytes for the same seed, tokens included', async () => {
    expect(await bytesOf(simulated({ seed: 8 }))).to.equal(await bytesOf(simulated({ seed: 8 })));
  });

  it('send after a walk what changed since, then nothing, on a last page without next_batch', async () => {
    const simulator = simulated({ pageSize: 10 });
    const [first] = await walk(simulator, '/jobs');
    const ids = [3, 60, 61, 200].map((place) => idAt(simulator, 'jobs', place));
    for (const id of ids.toReversed()) simulator.change('jobs', id, { notes: 'changed' });
    const added = simulator.add('jobs', { notes: 'new' });
    const changed = await walk(simulator, '/jobs', { refresh_token: first?.refresh_token });
    expect(idsOf(changed)).to.deep.equal([...ids, added]);
    expect(changed.flatMap(({ rows }) => rows.map((row) => row['notes']))).to.deep.equal([
      ...ids.map(() => 'changed'),
      'new',
    ]);
    expect(changed.at(-1)?.body).not.to.have.property('next_batch');
    expect(
      idsOf(await walk(simulator, '/jobs', { refresh_token: changed.at(-1)?.refresh_token })),
    ).to.deep.equal([]);
  });

  it('send every row for a refresh_token, if it returns all, and the tokens of a walk', async () => {
    const simulator = simulated({ pageSize: 10, rows: 40, refreshReturns: 'all' });
    const full = await walk(simulator, '/jobs');
    simulator.change('jobs', idAt(simulator, 'jobs', 3), { notes: 'changed' });
    const again = await walk(simulator, '/jobs', { refresh_token: full.at(-1)?.refresh_token });
    expect(again.map(({ rows }) => rows.length)).to.deep.equal([10, 10, 10, 10]);
    expect(idsOf(again)).to.deep.equal(idsOf(full));
    expect(again[0]?.rows[3]?.['notes']).to.equal('changed');
    expect(again.every(({ refresh_token: token }) => token !== undefined)).to.equal(true);
  });

  it('continue by next_batch if more than a page changed, and omit removed rows', async () => {
    const simulator = simulated({ pageSize: 10 });
    const [first] = await walk(simulator, '/jobs');
    const ids = held(simulator, 'jobs')
      .slice(20, 45)
      .map((row) => Number(row['id']));
    for (const id of ids) simulator.change('jobs', id, { active: false });
    simulator.remove('jobs', ids[4]!);
    const pages = await walk(simulator, '/jobs', { refresh_token: first?.refresh_token });
    expect(pages.map(({ rows }) => rows.length)).to.deep.equal([10, 10, 4]);
    expect(idsOf(pages)).to.deep.equal(ids.filter((id) => id !== ids[4]));
    expect(idsOf(await walk(simulator, '/jobs'))).not.to.include(ids[4]);
  });

  it('send the changes that evolve counts', async () => {
    const simulator = simulated({ rows: 120 });
    const firsts = new Map<string, string | undefined>();
    for (const { name, path, paging } of STREAMS) {
      const pages =
        paging === 'events' ? await follow(simulator, path) : await walk(simulator, path);
      firsts.set(name, paging === 'events' ? pages.at(-1)?.event_token : pages[0]?.refresh_token);
    }
    const counts = simulator.evolve(400);
    expect(Object.keys(counts)).to.have.members(
      STREAMS.filter(({ paging }) => paging !== 'array').map(({ name }) => name),
    );
    for (const { name, path, paging } of STREAMS) {
      if (paging === 'array') continue;
      const token = firsts.get(name);
      const pages =
        paging === 'events'
          ? await follow(simulator, path, token)
          : await walk(simulator, path, { refresh_token: token });
      expect(
        pages.flatMap(({ rows }) => rows),
        name,
      ).to.have.length(counts[name]!);
    }
    expect(counts['jobs']).to.be.greaterThan(20);
    expect(counts['schedules']).to.be.greaterThan(20);
  });

  it('evolve equally for the same seed, and differently in the next round', () => {
    const [one, other] = [simulated(), simulated()];
    expect(one.evolve(50)).to.deep.equal(other.evolve(50));
    expect(JSON.stringify([...one.rows('jobs')])).not.to.equal(
      JSON.stringify([...simulated().rows('jobs')]),
    );
    const none = simulated({ rows: 0 }).evolve(300);
    expect(none['contracts']).to.equal(0);
  });
});

function asked(path: string): SimulatedRequest {
  const { url, method, headers } = ask(path);
  return { url: new URL(url), method, header: (name) => headers.get(name), body: async () => '' };
}

/** The ids of the next walk, with the token of the first or the last page of this one. */
async function nextWalk(options: SimulatorOptions, kept: 'first' | 'last'): Promise<unknown[]> {
  const simulator = simulated({ pageSize: 50, ...options });
  const pages = await walk(simulator, '/jobs', {}, (page) => {
    if (page === 2) simulator.change('jobs', idAt(simulator, 'jobs', 5), { notes: 'late' });
  });
  const tokens = pages.flatMap(({ refresh_token }) => refresh_token ?? []);
  expect(tokens).to.have.length(options.refreshTokenOn === 'last' ? 1 : 5);
  expect(new Set(tokens).size).to.equal(
    options.refreshTokenOn !== 'last' && options.refreshTokenMade !== 'start' ? 2 : 1,
  );
  return idsOf(
    await walk(simulator, '/jobs', { refresh_token: kept === 'first' ? tokens[0] : tokens.at(-1) }),
  );
}

describe('a row that changes on page 1 while page 3 is fetched', () => {
  const row = [idAt(simulated(), 'jobs', 5)];

  it('comes with the first token of every reading but the fourth', async () => {
    expect(await nextWalk({}, 'first')).to.deep.equal(row);
    expect(await nextWalk({ refreshTokenMade: 'start' }, 'first')).to.deep.equal(row);
    expect(
      await nextWalk({ refreshTokenMade: 'start', refreshTokenOn: 'last' }, 'first'),
    ).to.deep.equal(row);
    expect(await nextWalk({ refreshTokenOn: 'last' }, 'first')).to.deep.equal([]);
  });

  it('is lost if each page has a new token and the last one is used', async () => {
    expect(await nextWalk({}, 'last')).to.deep.equal([]);
    expect(await nextWalk({ refreshTokenMade: 'start' }, 'last')).to.deep.equal(row);
  });
});

describe('changes to lists', () => {
  it('move updated_at to the simulated time, and etag', () => {
    const simulator = simulated({ now: () => Date.UTC(2031, 4, 1, 12) });
    const [before] = held(simulator, 'jobs');
    simulator.change('jobs', Number(before?.['id']), { notes: 'x' });
    const [after] = held(simulator, 'jobs');
    expect(after).to.deep.equal({
      ...before,
      notes: 'x',
      updated_at: '2031-05-01T06:00:00.000-06:00',
      etag: after?.['etag'],
    });
    expect(after?.['etag']).not.to.equal(before?.['etag']);
    simulator.change('jobs', Number(before?.['id']), { updated_at: 'never', etag: null });
    expect(held(simulator, 'jobs')[0]).to.include({ updated_at: 'never', etag: null });
  });

  it('never write one column under two keys', () => {
    const simulator = simulated();
    const place = held(simulator, 'jobs').findIndex((row) => 'Home-Owner-Email' in row);
    simulator.change('jobs', idAt(simulator, 'jobs', place), {
      home_owner_email: 'new@example.com',
    });
    const row = held(simulator, 'jobs')[place];
    expect(row).to.include({ home_owner_email: 'new@example.com' });
    expect(row).not.to.have.property('Home-Owner-Email');
  });

  it('of a work order are changes of its schedule, and the other way round', () => {
    const simulator = simulated();
    const id = idAt(simulator, 'schedules', 2);
    simulator.change('schedules', id, { notes: 'moved' });
    expect(held(simulator, 'work_orders')[2]).to.deep.equal(held(simulator, 'schedules')[2]);
    simulator.change('work_orders', id, { notes: 'again' });
    expect(held(simulator, 'schedules')[2]?.['notes']).to.equal('again');
    simulator.remove('work_orders', id);
    expect(held(simulator, 'schedules')).to.have.length(124);
  });

  it('name the row or list that does not exist', () => {
    const simulator = simulated();
    const id = idAt(simulator, 'jobs', 0);
    simulator.remove('jobs', id);
    expect(() => simulator.remove('jobs', id)).to.throw(RangeError, `Stream jobs has no row ${id}`);
    expect(() => simulator.change('jobs', 12, {})).to.throw(RangeError, 'no row 12');
    expect(() => simulator.change('jobs', 99_000_000, {})).to.throw(RangeError, 'no row 99000000');
    expect(() => simulator.add('dogs')).to.throw(RangeError, 'no list "dogs"');
    expect(() => [...simulator.rows('dogs')]).to.throw(RangeError);
  });
});

describe('the response cache', () => {
  it('returns what would be made; a change or an expired token clears it', async () => {
    const keeping = simulated({ keepPages: 3, now: () => 0 });
    const plain = simulated({ now: () => 0 });
    for (const step of [
      () => {},
      () => {},
      (simulator: Simulator) => simulator.change('jobs', idAt(simulator, 'jobs', 0), { lot: '77' }),
      (simulator: Simulator) => simulator.expire(),
    ]) {
      step(keeping);
      step(plain);
      expect((await bytesOf(keeping)) === (await bytesOf(plain))).to.equal(true);
    }
    const { next_batch } = await get(keeping, '/jobs');
    keeping.expire();
    expect((await get(keeping, '/jobs', { next_batch })).status).to.equal(422);
    expect((await walk(keeping, '/work_orders')).flatMap(({ rows }) => rows)).to.deep.equal(
      held(plain, 'work_orders'),
    );
  });

  it('is limited; its responses count as calls', async () => {
    const keeping = simulated({ keepPages: 1 });
    const first = await keeping.answer(asked('/jobs'));
    const other = await keeping.answer(asked('/cities'));
    expect(await keeping.answer(asked('/jobs'))).to.equal(first);
    expect(await keeping.answer(asked('/cities'))).not.to.equal(other);
    expect(keeping.calls).to.have.length(4);
  });
});
