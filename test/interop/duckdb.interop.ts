import { join } from 'node:path';
import { expect } from 'chai';
import { STREAMS } from '#src/streams.js';
import { queryFile } from '../support/duckdb.js';
import { isGone, startCommand, type Started } from '../support/processes.js';
import { seededRandom } from '../support/random.js';
import { expectWhole } from './support/compare.js';
import { Source } from './support/source.js';

const KILLS = Number(process.env['KILLS'] ?? 30);
const SEED = Number(process.env['SEED'] ?? 7);
/** A run logs about this many lines at the level debug. */
const MOST_LINES = 140;

describe('run --to, killed', () => {
  let source: Source;
  let file: string;
  before(async () => {
    source = await Source.start();
    file = join(source.folder, 'bolt.duckdb');
  });
  after(() => source.stop());

  const start = (): Started => {
    const config = source.write('config.json', source.settings);
    const args = ['run', '--config', config, '--to', file, '--log-level=debug'];
    return startCommand(args, { env: {} });
  };

  /** Runs until the log has this many lines, and kills one of the processes. */
  async function killOne(lines: number, which: number): Promise<boolean> {
    const { process: run, finished, said } = start();
    const pattern = /the tap is process (\d+), the target process (\d+)/;
    const ids = said(pattern).catch(() => null);
    try {
      await said(new RegExp(`^(?:.*\\n){${lines}}`));
    } catch {
      return false;
    }
    const [, tap, load] = (await ids) ?? [];
    const pids = [run.pid, Number(tap ?? run.pid), Number(load ?? run.pid)];
    const isKilled = process.kill(pids[which] ?? 0, 'SIGKILL');
    await finished;
    for (const pid of [tap, load])
      expect(pid === undefined || (await isGone(Number(pid)))).to.equal(true);
    return isKilled;
  }

  /** A complete list, by the state in the database, has all its rows there. */
  async function expectStateCovered(): Promise<void> {
    const [{ state } = {}] = await queryFile(file, 'SELECT state FROM _singer_state');
    const { bookmarks }: { bookmarks: Record<string, Record<string, unknown>> } = JSON.parse(
      typeof state === 'string' ? state : '{"bookmarks":{}}',
    );
    const whole = STREAMS.filter(({ name }) => {
      const bookmark = bookmarks[name];
      return bookmark?.['refresh_token'] !== undefined && bookmark['next_batch'] === undefined;
    });
    const expected = source.held([]);
    for (const { name } of whole) {
      const [{ n } = {}] = await queryFile(file, `SELECT count(*)::INTEGER AS n FROM ${name}`);
      expect(n, name).to.equal(expected.get(name)?.size);
    }
  }

  it(`has every row once in the end, whichever process is killed (${KILLS} times)`, async () => {
    const chance = seededRandom(SEED);
    for (let kills = 0, tries = 0; kills < KILLS; tries += 1) {
      expect(tries).to.be.below(KILLS * 5);
      const lines = 1 + Math.floor(chance() * MOST_LINES);
      if (await killOne(lines, Math.floor(chance() * 3))) kills += 1;
      else source.simulator.evolve(40);
      await expectStateCovered();
    }
    source.simulator.evolve(60);
    const { code, log } = await start().finished;
    expect(code, log).to.equal(0);
    const warehouse = {
      rows: (stream: string) => queryFile(file, `SELECT * FROM ${stream}`),
    };
    await expectWhole(
      {},
      warehouse,
      source.held([]),
      STREAMS.map(({ name }) => name),
    );
  });
});
