import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ALL_STREAMS, REJECTED } from '#src/streams.js';
import { messagesOf, recordsOf, statesOf } from '../support/messages.js';
import { Source } from './support/source.js';
import { done, needsTool, tool, type Done } from './support/tools.js';
import { COMMAND, inProject } from '../support/paths.js';

const NAMES = [...ALL_STREAMS.map(({ name }) => name), REJECTED];

describe('real checkers', () => {
  let source: Source;
  before(async () => (source = await Source.start()));
  after(() => source.stop());

  describe('singer-check-tap', () => {
    /** On stdin: with `--tap`, it loses what the tap writes in its last moments. */
    const check = (input: string): Promise<Done> =>
      done(tool('singer-tools', 'singer-check-tap'), [], { input });
    let config = '';
    let first = '';
    before(async function () {
      needsTool(this, 'singer-tools');
      config = source.write('config.json', source.settings);
      ({ out: first } = await done(process.execPath, [COMMAND, '--config', config]));
    });

    it('finds a full sync valid, and counts what the tap wrote', async () => {
      const { code, out, log } = await check(first);
      expect(code, log).to.equal(0);
      const messages = messagesOf(first);
      const records = messages.filter(({ type }) => type === 'RECORD').length;
      expect(`${out}${log}`).to.match(
        new RegExp(`It contained ${messages.length} messages for ${NAMES.length} streams`),
      );
      expect(`${out}${log}`).to.match(new RegExp(`\\b${records} record messages`));
    });

    it('finds an incremental sync valid', async () => {
      const state = join(source.folder, 'state.json');
      writeFileSync(state, JSON.stringify(statesOf(messagesOf(first)).at(-1)));
      source.simulator.evolve(40);
      const { out: second } = await done(process.execPath, [
        COMMAND,
        '--config',
        config,
        '--state',
        state,
      ]);
      expect(recordsOf(messagesOf(second), 'jobs')).to.have.length.within(1, 40);
      const { code, log } = await check(second);
      expect(code, log).to.equal(0);
    });

    it('would say so if a record were wrong', async () => {
      const wrong = first.replace(
        /("type":"RECORD","stream":"jobs","record":\{"id":)\d+/,
        '$1"one"',
      );
      expect(wrong).not.to.equal(first);
      expect((await check(wrong)).code).not.to.equal(0);
    });
  });

  describe("singer-sdk's tests of taps", () => {
    // Not the one above, whose events of the last minutes would come again behind the lists' rows.
    let source: Source;
    before(async function () {
      needsTool(this, 'singer-sdk');
      source = await Source.start();
    });
    after(() => source?.stop());

    it('all pass, and none is left out', async () => {
      const config = source.write('config.json', source.settings);
      const tests = inProject('test/interop/python/test_sdk.py');
      const env = {
        ...process.env,
        BOLT_COMMAND: JSON.stringify([process.execPath, COMMAND]),
        BOLT_CONFIG: config,
        PYTHONDONTWRITEBYTECODE: '1',
      };
      const flags = ['-q', '-p', 'no:cacheprovider'];
      const { code, out } = await done(tool('singer-sdk', 'pytest'), [...flags, tests], {
        cwd: source.folder,
        env,
      });
      expect(code, out.slice(-4000)).to.equal(0);
      const [, passed] = /^(\d+) passed(?:, \d+ warnings)? in /m.exec(out) ?? [];
      expect(Number(passed), out.slice(-400)).to.be.above(300);
      // Columns that are not selected by default are in the catalog only.
      const missing = [...out.matchAll(/Warning: (.*)/g)].map(([, warning]) => warning);
      for (const warning of missing)
        expect(warning).to.match(
          /^Fields in transformed catalog but not in records: \(\{['_, a-z]*\}\)$/,
        );
      const columns = missing.flatMap((warning) => warning?.match(/'\w+'/g) ?? []);
      expect(new Set(columns)).to.deep.equal(new Set(["'_sdc_deleted_at'", "'_rescued_data'"]));
    });
  });
});
