import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { on } from 'node:events';
import { readFileSync } from 'node:fs';
import { ended, Place } from '../support/command.js';
import { lastState, messagesOf } from '../support/messages.js';
import { inProject } from '../support/paths.js';

const DEMO = inProject('scripts/demo.js');

describe('the demo', () => {
  let place: Place;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    await place.close();
  });

  function start(...args: string[]): ChildProcess {
    child = spawn(process.execPath, [DEMO, '--dir', place.folder, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return child;
  }

  function read(name: string): string {
    return readFileSync(place.path(name), 'utf8');
  }

  /** That the demo's simulator does not listen any more. */
  async function isGone(): Promise<boolean> {
    const { base_url } = JSON.parse(read('config.json'));
    return fetch(`${base_url}/_simulator/calls`).then(
      () => false,
      () => true,
    );
  }

  it('syncs twice, shows what came, and leaves nothing running', async () => {
    const { code, stdout, stderr } = await ended(start('--rows', '30', '--changes', '6'));
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.match(/^ {2}stream +1: rows +calls +2: changes +3: rows +calls$/m);
    expect(stdout)
      .to.match(/^ {2}jobs +30 +1 +\d+ +\d+ +1$/m)
      .and.match(/^ {2}seconds +\d+\.\d +\d+\.\d$/m)
      .and.match(/^Job \d+ .* was deleted in Bolt: its row now has deleted_at 2\S+Z\.$/m)
      .and.match(/^Status \d+ .* was (?:un)?checked: it is now (?:un)?checked\.$/m)
      .and.match(/^ {2}jobs +\d+ +1$/m)
      .and.match(/^ {2}work_order_statuses +\d+ +\d+$/m);
    const [, stages = ''] = /^ {2}stage +work_orders +oldest\n([^]*?)\n\n/m.exec(stdout) ?? [];
    const counts = [...stages.matchAll(/ (\d+) {2}2\S+$/gm)].map(([, count]) => Number(count));
    const [, workOrders] = /^ {2}work_orders +(\d+) +\d+$/m.exec(stdout) ?? [];
    expect(counts.reduce((sum, one) => sum + one, 0)).to.equal(Number(workOrders));
    const changes = messagesOf(read('changes.ndjson'));
    expect(messagesOf(read('messages.ndjson')).length).to.be.above(changes.length);
    expect(JSON.parse(read('state.json')).value).to.deep.equal(lastState(changes));
    expect(await isGone()).to.equal(true);
  });

  it('counts rightly if most rows change, some more than once', async () => {
    const { code, stderr } = await ended(start('--rows', '9', '--changes', '300'));
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  it('ends what it has started when it is interrupted', async () => {
    const demo = start('--rows', '100');
    const ending = ended(demo);
    // The line on the first sync; the second one is under way then, or about to be.
    for await (const [part] of on(demo.stdout!, 'data', { close: ['close'] }))
      if (String(part).includes('1  done')) break;
    demo.kill('SIGINT');
    expect(await ending).to.include({ code: 130, stderr: '' });
    expect(await isGone()).to.equal(true);
  });

  it('fails where its folder cannot be made', async () => {
    place.file('taken', '');
    const { code, stderr } = await ended(start('--dir', place.path('taken/demo')));
    expect(code).to.equal(1);
    expect(stderr).to.include('taken');
  });
});
