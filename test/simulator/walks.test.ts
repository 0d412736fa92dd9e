import { expect } from 'chai';
import fc from 'fast-check';
import type { Simulator, SimulatorOptions } from '#src/simulator/simulator.js';
import { held, idAt, idsOf, simulated, walk, type Got, type Row } from './client.js';

const SMALL = { rows: 10, pageSize: 3 };

/** Changes the source at a random place. */
type Step = readonly ['add' | 'change' | 'remove' | 'restore', place: number];

const STEPS = fc.array(
  fc.tuple(fc.constantFrom('add', 'change', 'remove', 'restore'), fc.nat({ max: 20 })),
  { maxLength: 3 },
);

/** Work orders whose removal, in order of time, was not undone. */
class Source {
  readonly simulator: Simulator;
  readonly removed: number[] = [];

  constructor(options: SimulatorOptions) {
    this.simulator = simulated({ ...SMALL, ...options });
  }

  take([kind, place]: Step): void {
    const ids = held(this.simulator, 'work_orders').map((row) => Number(row['id']));
    const id = ids[place % Math.max(ids.length, 1)];
    if (kind === 'add') this.simulator.add('work_orders');
    if (kind === 'change' && id !== undefined)
      this.simulator.change('work_orders', id, { notes: `change ${this.simulator.world.seq}` });
    if (kind === 'remove' && id !== undefined) {
      this.simulator.remove('work_orders', id);
      this.removed.push(id);
    }
    const [gone] = this.removed.splice(place % Math.max(this.removed.length, 1), 1);
    if (kind === 'restore' && gone !== undefined) this.simulator.restore('work_orders', gone);
    else if (gone !== undefined) this.removed.push(gone);
  }
}

function rowsOf(pages: readonly Got[]): Row[] {
  return pages.flatMap(({ rows }) => rows);
}

/** The rows of `after` that are not the same in `before`. */
function difference(before: readonly Row[], after: readonly Row[]): Row[] {
  const texts = new Set(before.map((row) => JSON.stringify(row)));
  return after.filter((row) => !texts.has(JSON.stringify(row)));
}

describe('frozen pages', () => {
  for (const list of ['work_orders', 'schedules']) {
    it(`${list}: show what there was when the walk started, whatever happens meanwhile`, async () => {
      await fc.assert(
        fc.asyncProperty(STEPS, STEPS, fc.array(STEPS), async (earlier, changes, later) => {
          const source = new Source({ pages: 'frozen', refreshTokenMade: 'start' });
          const { simulator } = source;
          const between = (page: number): void => {
            for (const step of later[page - 1] ?? []) source.take(step);
          };
          for (const step of earlier) source.take(step);
          const before = held(simulator, list);
          const full = await walk(simulator, `/${list}`, {}, between);
          expect(rowsOf(full)).to.deep.equal(before);
          for (const step of changes) source.take(step);
          const after = held(simulator, list);
          const { refresh_token } = full.at(-1)!;
          const changed = await walk(simulator, `/${list}`, { refresh_token }, between);
          // A row that was removed and came back unchanged, or changed twice, has another etag.
          expect(rowsOf(changed)).to.deep.equal(difference(before, after));
        }),
        { numRuns: 60 },
      );
    });
  }

  it('still have a removed row, and not an added one; live pages are the other way round', async () => {
    for (const pages of ['frozen', 'live'] as const) {
      const simulator = simulated({ ...SMALL, pages });
      const [last] = held(simulator, 'jobs').slice(-1);
      let added = 0;
      const got = await walk(simulator, '/jobs', {}, (page) => {
        if (page !== 1) return;
        simulator.remove('jobs', Number(last?.['id']));
        added = simulator.add('jobs');
      });
      expect(idsOf(got).includes(last?.['id']), pages).to.equal(pages === 'frozen');
      expect(idsOf(got).includes(added), pages).to.equal(pages === 'live');
    }
  });

  it('show a row as it was, and the change in the next walk', async () => {
    const simulator = simulated({ ...SMALL, pages: 'frozen' });
    const before = held(simulator, 'jobs');
    const id = idAt(simulator, 'jobs', 8);
    const pages = await walk(simulator, '/jobs', {}, (page) => {
      simulator.change('jobs', id, { notes: `after page ${page}` });
    });
    expect(rowsOf(pages)).to.deep.equal(before);
    const [first] = pages;
    const next = await walk(simulator, '/jobs', { refresh_token: first?.refresh_token });
    expect(rowsOf(next).map((row) => [row['id'], row['notes']])).to.deep.equal([
      [id, 'after page 4'],
    ]);
  });

  it('are also those of the lists below a row', async () => {
    const simulator = simulated({ pages: 'frozen', pageSize: 2 });
    const id = idAt(simulator, 'work_orders', 3);
    const path = `/work_orders/${id}/statuses`;
    const before = rowsOf(await walk(simulator, path));
    const during = await walk(simulator, path, {}, (page) => {
      if (page === 1) simulator.remove('work_orders', id);
    });
    expect(before).to.have.length(4);
    expect(rowsOf(during)).to.deep.equal(before);
    expect(rowsOf(await walk(simulator, path))).to.deep.equal([]);
  });
});

describe('a token only on the last page, made with it', () => {
  for (const pages of ['live', 'frozen'] as const) {
    it(`${pages} pages: covers what changes after the last page, and nothing before`, async () => {
      const simulator = simulated({
        ...SMALL,
        pages,
        refreshTokenOn: 'last',
        refreshTokenMade: 'page',
      });
      const [early, late, after] = [0, 9, 5].map((place) => idAt(simulator, 'jobs', place));
      const walked = await walk(simulator, '/jobs', {}, (page) => {
        const id = [early, late][page - 1];
        if (id !== undefined) simulator.change('jobs', id, { notes: 'during' });
        if (page === 4) simulator.change('jobs', after!, { notes: 'after' });
      });
      expect(walked.map(({ refresh_token }) => refresh_token !== undefined)).to.deep.equal([
        false,
        false,
        false,
        true,
      ]);
      const seen = new Map(rowsOf(walked).map((row) => [row['id'], row['notes']]));
      expect(seen.get(early)).not.to.equal('during');
      expect(seen.get(late) === 'during').to.equal(pages === 'live');
      const { refresh_token } = walked.at(-1)!;
      expect(idsOf(await walk(simulator, '/jobs', { refresh_token }))).to.deep.equal([after]);
    });
  }
});
