/** What real targets do with deleted, restored and changed rows: the table of docs/true-copy.md. */
import { join } from 'node:path';
import { expect } from 'chai';
import { discover } from '#src/catalog/discover.js';
import { idAt } from '../simulator/client.js';
import type { Row } from '../support/messages.js';
import { runPipe } from './support/pipe.js';
import { Postgres } from './support/postgres.js';
import { Source } from './support/source.js';
import { needsTool } from './support/tools.js';
import { TARGETS, type Warehouse } from './support/warehouses.js';

/** What is left of a row: `gone`, or its two columns, `-` for a column that the table lacks. */
type Left = 'gone' | `deleted_at ${Cell}, _sdc_deleted_at ${Cell}`;
type Cell = 'set' | 'null' | '-';

interface Variant {
  readonly target: string;
  readonly settings: Row;
  /** Whether the catalog selects `_sdc_deleted_at`. Default: it does. */
  readonly selects?: false;
  /** Whether the first load has no versions. Default: it has. */
  readonly unversioned?: true;
  /** Of a job that was deleted. */
  readonly deleted: Left;
  /** Of the same job, restored. */
  readonly restored: Left;
  /** Of a contract that a full walk with ACTIVATE_VERSION did not return. */
  readonly missing: Left;
}

const BOTH = 'deleted_at set, _sdc_deleted_at set';
const BOTH_NULL = 'deleted_at null, _sdc_deleted_at null';
const ONE = 'deleted_at set, _sdc_deleted_at -';
const ONE_NULL = 'deleted_at null, _sdc_deleted_at -';
const STAYS = 'deleted_at -, _sdc_deleted_at -';
const STAYS_NULL = 'deleted_at -, _sdc_deleted_at null';

const VARIANTS: readonly Variant[] = [
  { target: 'target-jsonl', settings: {}, deleted: BOTH, restored: BOTH_NULL, missing: STAYS },
  {
    target: 'meltanolabs-target-postgres',
    settings: {},
    deleted: BOTH,
    restored: BOTH_NULL,
    missing: 'deleted_at -, _sdc_deleted_at set',
  },
  {
    target: 'meltanolabs-target-postgres',
    settings: { hard_delete: true },
    deleted: BOTH,
    restored: BOTH_NULL,
    missing: 'gone',
  },
  {
    target: 'meltanolabs-target-postgres',
    settings: { hard_delete: true },
    unversioned: true,
    deleted: BOTH,
    restored: BOTH_NULL,
    missing: 'gone',
  },
  {
    target: 'meltanolabs-target-postgres',
    settings: { add_record_metadata: false, activate_version: false },
    deleted: ONE,
    restored: ONE_NULL,
    missing: STAYS,
  },
  ...['pipelinewise-target-postgres', 'target-duckdb'].flatMap((target): Variant[] => [
    { target, settings: {}, deleted: BOTH, restored: BOTH_NULL, missing: STAYS },
    {
      target,
      settings: { add_metadata_columns: true },
      deleted: BOTH,
      restored: BOTH_NULL,
      missing: STAYS_NULL,
    },
    {
      target,
      settings: { hard_delete: true },
      deleted: 'gone',
      restored: BOTH_NULL,
      missing: STAYS_NULL,
    },
    {
      target,
      settings: { hard_delete: true },
      selects: false,
      deleted: 'deleted_at set, _sdc_deleted_at null',
      restored: BOTH_NULL,
      missing: STAYS_NULL,
    },
  ]),
];

const STREAMS = [
  'jobs',
  'job_events',
  'contracts',
  'work_order_statuses',
  'work_order_status_events',
];

/** The catalog, in which the column for hard deletions is selected or not. */
function catalog(selects: boolean): object {
  const { streams } = discover();
  return {
    streams: streams.map(({ metadata, ...entry }) =>
      Object.assign(entry, {
        metadata: metadata.map(({ breadcrumb, metadata: words }) => ({
          breadcrumb,
          metadata: breadcrumb.includes('_sdc_deleted_at')
            ? Object.assign(words, { selected: selects })
            : words,
        })),
      }),
    ),
  };
}

describe('deletions in real targets', () => {
  for (const variant of VARIANTS) {
    const { target: name, settings, selects = true, unversioned = false } = variant;
    const target = TARGETS.find((one) => one.name === name)!;
    const options = JSON.stringify(settings);
    const column = selects ? '' : ', without _sdc_deleted_at';
    const first = unversioned ? ', first without versions' : '';
    describe(`${name} ${options}${column}${first}`, () => {
      let postgres: Postgres | null = null;
      let source: Source;
      let warehouse: Warehouse;
      let sync: (...flags: string[]) => Promise<unknown>;
      before(async function () {
        needsTool(this, name);
        if (target.needsPostgres) {
          postgres = await Postgres.start();
          if (postgres === null) this.skip();
        }
        source = await Source.start();
        warehouse = await target.open(source, postgres, settings);
        const plain = { ...source.settings, streams: STREAMS };
        const withVersions = { ...plain, emit_activate_version_messages: true };
        const config = source.write('config.json', unversioned ? plain : withVersions);
        const file = source.write('catalog.json', catalog(selects));
        const state = join(source.folder, 'state.json');
        const { command, args } = warehouse;
        sync = (...more) => {
          const flags = ['--catalog', file, ...more];
          return runPipe({ config, command, args, state, cwd: source.folder, flags });
        };
        await sync();
        source.write('config.json', withVersions);
      });
      after(async () => {
        await source?.stop();
        await postgres?.stop();
      });

      /** The last copy of a row in the destination. */
      async function row(stream: string, id: number): Promise<Row | undefined> {
        const rows = await warehouse.rows(stream);
        return rows.findLast((one) => one['id'] === id);
      }

      async function left(stream: string, id: number): Promise<string> {
        const found = await row(stream, id);
        if (found === undefined) return 'gone';
        const cell = (key: string): Cell => {
          if (!(key in found)) return '-';
          return found[key] === null ? 'null' : 'set';
        };
        return `deleted_at ${cell('deleted_at')}, _sdc_deleted_at ${cell('_sdc_deleted_at')}`;
      }

      it('deleted, restored and changed rows are as the table says', async () => {
        const { simulator } = source;
        const job = idAt(simulator, 'jobs', 20);
        const changed = idAt(simulator, 'jobs', 30);
        const contract = idAt(simulator, 'contracts', 10);
        const statuses = [...simulator.states('work_order_statuses')].flatMap(([id, state]) =>
          state.deletedAt === null ? [id] : [],
        );
        const [status = 0, gone = 0] = statuses.slice(5);
        const kept = await warehouse.rows('contracts');
        const wasChecked = (await row('work_order_statuses', status))?.['status'];
        simulator.remove('jobs', job);
        simulator.remove('contracts', contract);
        simulator.remove('work_order_statuses', gone);
        simulator.change('jobs', changed, { notes: 'moved' });
        simulator.change('work_order_statuses', status, { status: wasChecked !== true });
        await sync('--full-refresh', 'contracts');
        expect(await left('jobs', job), 'deleted job').to.equal(variant.deleted);
        expect(await left('work_order_statuses', gone), 'status').to.equal(variant.deleted);
        expect(await left('contracts', contract), 'contract').to.equal(variant.missing);
        expect(await row('jobs', changed)).to.include({ notes: 'moved', deleted_at: null });
        const now = await row('work_order_statuses', status);
        expect(now).to.include({ status: wasChecked !== true, deleted_at: null });
        const others = await warehouse.rows('contracts');
        const ids = (rows: readonly Row[]): Set<unknown> =>
          new Set(rows.flatMap(({ id }) => (id === contract ? [] : [id])));
        expect(ids(others), 'other contracts').to.deep.equal(ids(kept));
        const marked = others.filter((one) => (one['_sdc_deleted_at'] ?? null) !== null);
        expect(marked.map(({ id }) => id)).to.deep.equal(
          variant.missing.endsWith(' set') ? [contract] : [],
        );

        simulator.restore('jobs', job);
        await sync();
        expect(await left('jobs', job), 'restored job').to.equal(variant.restored);
      });
    });
  }
});
