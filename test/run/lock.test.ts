import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ConfigError } from '../../src/errors.js';
import { STALE_MS, takeLock } from '../../src/run/lock.js';

/** The shortest time there is; it is renewed each second then. */
const SHORT_MS = 2000;
const LOCK = new URL('../../src/run/lock.js', import.meta.url).href;

describe('the lock beside the bookmark file', function () {
  this.timeout(20_000);
  let folder = '';
  const file = (): string => join(folder, 's.json');
  const lock = (): string => `${file()}.lock`;
  const ignore = (): void => undefined;
  /** As if nobody had renewed it for so long. */
  const age = (ms: number): void => {
    const then = new Date(Date.now() - ms);
    utimesSync(lock(), then, then);
  };

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lock-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A process that takes the lock and then does what the code says. */
  function holder(then: string): ReturnType<typeof spawn> {
    const code = `import { takeLock } from ${JSON.stringify(LOCK)};
      const release = await takeLock(${JSON.stringify(file())}, () => console.log('lost'));
      console.log('held'); ${then}`;
    return spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
  }

  it('is held by one at a time, and let go of', async () => {
    const release = await takeLock(file(), ignore);
    expect(await takeLock(file(), ignore)).to.equal(null);
    await release?.();
    await release?.();
    expect(existsSync(lock())).to.equal(false);
    const again = await takeLock(file(), ignore);
    expect(again).to.not.equal(null);
    await again?.();
  });

  for (const [end, then] of [
    ['its end', 'setTimeout(() => process.exit(1), 1)'],
    ['an error', 'setTimeout(() => { throw new Error("on purpose") }, 1)'],
    [
      'a signal',
      'process.on("SIGTERM", () => process.exit(1)); setTimeout(() => process.kill(process.pid, "SIGTERM"), 1); setInterval(() => {}, 1000)',
    ],
  ] as const) {
    it(`goes with its process: ${end}`, async () => {
      const child = holder(then);
      await once(child, 'close');
      expect(existsSync(lock())).to.equal(false);
    });
  }

  it('outlives a process that was killed, and is stale soon after', async () => {
    const child = holder('process.kill(process.pid, "SIGKILL")');
    await once(child, 'close');
    expect(await takeLock(file(), ignore)).to.equal(null);
    age(STALE_MS + 1000);
    const release = await takeLock(file(), ignore);
    expect(release).to.not.equal(null);
    await release?.();
  });

  it('is renewed while its process lives, and tells of its loss', async () => {
    let lose = (): void => undefined;
    const lost = new Promise<void>((resolve) => (lose = resolve));
    const release = await takeLock(file(), () => lose(), SHORT_MS);
    const { mtimeMs } = statSync(lock());
    while (statSync(lock()).mtimeMs === mtimeMs) await wait(50);
    rmdirSync(lock());
    await lost;
    await release?.();
  });

  it('says nothing of a loss once it is let go of', async () => {
    const release = await takeLock(file(), () => expect.fail('lost'), SHORT_MS);
    rmdirSync(lock());
    await release?.();
  });

  it('cannot be put where there is no folder', async () => {
    let fault: unknown;
    await takeLock(join(folder, 'away', 's.json'), ignore).catch((error: unknown) => (fault = error));
    expect(fault).to.be.instanceOf(ConfigError);
    expect(String(fault)).to.match(/--state: no lock can be put beside .*s\.json: its folder does not exist$/);
    writeFileSync(join(folder, 'plain'), '');
    await takeLock(join(folder, 'plain', 's.json'), ignore).catch((error: unknown) => (fault = error));
    expect(String(fault)).to.match(/beside .*: ENOTDIR/);
  });
});
