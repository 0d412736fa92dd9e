import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { messagesOf, recordsOf, statesOf } from '../support/messages.js';
import { Source } from './support/source.js';
import { done, needsTool, tool, type Done } from './support/tools.js';
import { COMMAND, inProject } from '../support/paths.js';

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
        new RegExp(`It contained ${messages.length} messages for 22 streams`),
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
    before(function () {
      needsTool(this, 'singer-sdk');
    });

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
      const [, passed] = /^(\d+) passed in /m.exec(out) ?? [];
      expect(Number(passed), out.slice(-400)).to.be.above(300);
    });
  });
});
