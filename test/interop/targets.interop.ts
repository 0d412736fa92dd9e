import { join } from 'node:path';
import { expect } from 'chai';
import { ALL_STREAMS, REJECTED, STREAMS } from '#src/streams.js';
import { recordsOf, type Message } from '../support/messages.js';
import { expectedOf, expectedOfEvent } from '../support/oracle.js';
import { expectWhole } from './support/compare.js';
import { runPipe } from './support/pipe.js';
import { Postgres } from './support/postgres.js';
import { kindsOf, Source } from './support/source.js';
import { needsTool } from './support/tools.js';
import { TARGETS, type Warehouse } from './support/warehouses.js';

/** Without a token, so each sync brings the whole. */
const ALWAYS_WHOLE = 'job_type_configuration';
const NAMES = [...ALL_STREAMS.map(({ name }) => name), REJECTED];

/** How many rows of each stream were put out, or rejected as a whole. */
function sentIn(messages: readonly Message[]): Record<string, number> {
  const whole = recordsOf(messages, REJECTED).filter(({ field }) => field === null);
  return Object.fromEntries(
    ALL_STREAMS.map(({ name }) => [
      name,
      recordsOf(messages, name).length + whole.filter(({ stream }) => stream === name).length,
    ]),
  );
}

describe('real targets', () => {
  let postgres: Postgres | null = null;
  before(async () => (postgres = await Postgres.start()));
  after(() => postgres?.stop());

  for (const target of TARGETS) {
    const wanted = target.types;
    describe(target.name, () => {
      let source: Source;
      let warehouse: Warehouse;
      let sync: () => Promise<Message[]>;
      before(async function () {
        needsTool(this, target.name);
        if (target.needsPostgres && postgres === null) this.skip();
        source = await Source.start();
        warehouse = await target.open(source, postgres);
        const config = source.write('config.json', source.settings);
        const { command, args } = warehouse;
        sync = () =>
          runPipe({
            config,
            command,
            args,
            state: join(source.folder, 'state.json'),
            cwd: source.folder,
          });
      });
      after(() => source?.stop());

      it('takes every row, and every field of it', async () => {
        const messages = await sync();
        await expectWhole(target, warehouse, source.held(messages), NAMES);
        const unfit = [
          ...STREAMS.flatMap((stream) =>
            [...source.simulator.rows(stream.name)].flatMap(
              (row) => expectedOf(stream, row).rejected,
            ),
          ),
          ...ALL_STREAMS.flatMap((stream) =>
            source
              .eventsOf(stream)
              .flatMap((event) => expectedOfEvent(stream, event)?.rejected ?? []),
          ),
        ];
        expect(unfit.length).to.be.above(0);
        expect(recordsOf(messages, REJECTED)).to.have.lengthOf(unfit.length);
      });

      if (wanted !== null) {
        it('gives columns the right types', async () => {
          for (const stream of NAMES) {
            const types = await warehouse.types(stream);
            for (const [column, kind] of kindsOf(stream)) {
              expect(types.get(column), `${stream}.${column}`).to.equal(wanted[kind]);
            }
          }
        });
      }

      it('asks for nothing again by the state that it printed', async () => {
        const messages = await sync();
        const again = Object.entries(sentIn(messages)).filter(
          ([name, count]) => count > 0 && name !== ALWAYS_WHOLE,
        );
        expect(again).to.deep.equal([]);
        await expectWhole(target, warehouse, source.held(messages), NAMES);
      });

      it('takes what changed, and that alone', async () => {
        const changes = source.evolve(60);
        expect(Object.values(changes).filter((count) => count > 0)).to.have.length.above(5);
        const messages = await sync();
        expect(sentIn(messages)).to.deep.include(changes);
        await expectWhole(target, warehouse, source.held(messages), NAMES);
      });
    });
  }
});
