import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  rmdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ConfigError } from '#src/errors.js';
import { STALE_MS, takeLock, type LockOptions } from '#src/run/lock.js';
import { makeFolder } from '../support/folder.js';
import { moduleUrl } from '../support/paths.js';

/** The shortest possible time. The lock is then renewed each second. */
const SHORT_MS = 2000;
const LOCK = moduleUrl('run/lock.js');

describe('the lock beside the bookmark file', function () {
  this.timeout(20_000);
  let folder = '';
  const file = (): string => join(folder, 's.json');
  const lock = (): string => `${file()}.lock`;
  let warnings: string[] = [];
  /** What happens while a run waits for the lock. */
  let meanwhile = (): void => undefined;
  let waited: number[] = [];
  const options: LockOptions = {
    onLost: () => undefined,
    warn: (message) => warnings.push(message),
    async wait(ms) {
      waited.push(ms);
      meanwhile();
    },
  };
  /** Makes the lock look as if it was not renewed for this time. */
  const age = (ms: number): void => {
    const then = new Date(Date.now() - ms);
    utimesSync(lock(), then, then);
  };

  beforeEach(() => {
    folder = makeFolder();
    warnings = [];
    waited = [];
    meanwhile = () => undefined;
  });

  /** Starts a process that takes the lock and then runs the code. */
  function holder(then: string): ReturnType<typeof spawn> {
    const code = `import { takeLock } from ${JSON.stringify(LOCK)};
      const release = await takeLock(${JSON.stringify(file())}, { onLost() {}, warn() {}, async wait() {} });
      console.log('held'); ${then}`;
    return spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }

  it('is held by one at a time, and released', async () => {
    const taken = await takeLock(file(), options);
    expect(await takeLock(file(), options)).to.equal(null);
    await taken?.release();
    await taken?.release();
    expect(existsSync(lock())).to.equal(false);
    const again = await takeLock(file(), options);
    expect(again).to.not.equal(null);
    await again?.release();
  });

  for (const [end, then] of [
    ['its end', 'setTimeout(() => process.exit(1), 1)'],
    ['an error', 'setTimeout(() => { throw new Error("on purpose") }, 1)'],
    [
      'a signal',
      'process.on("SIGTERM", () => process.exit(1)); setTimeout(() => process.kill(process.pid, "SIGTERM"), 1); setInterval(() => {}, 1000)',
    ],
  ] as const) {
    it(`is removed with its process: ${end}`, async () => {
      const child = holder(then);
      await once(child, 'close');
      expect(existsSync(lock())).to.equal(false);
    });
  }

  it('outlives a process that was killed, and is stale soon after', async () => {
    const child = holder('process.kill(process.pid, "SIGKILL")');
    await once(child, 'close');
    expect(await takeLock(file(), options)).to.equal(null);
    age(STALE_MS + 1000);
    const taken = await takeLock(file(), options);
    expect(taken).to.not.equal(null);
    await taken?.release();
  });

  it('is renewed while its process lives, and reports its loss', async () => {
    let lose = (): void => undefined;
    const lost = new Promise<void>((resolve) => (lose = resolve));
    const taken = await takeLock(file(), { ...options, onLost: () => lose(), staleMs: SHORT_MS });
    const { mtimeMs } = statSync(lock());
    while (statSync(lock()).mtimeMs < mtimeMs + 1500) await wait(50);
    expect(taken?.isOurs()).to.equal(true);
    rmdirSync(lock());
    await lost;
    await taken?.release();
  });

  it('does not report a loss after its release', async () => {
    const taken = await takeLock(file(), {
      ...options,
      onLost: () => expect.fail('lost'),
      staleMs: SHORT_MS,
    });
    rmdirSync(lock());
    await taken?.release();
  });

  it('cannot be created without its folder', async () => {
    let fault: unknown;
    await takeLock(join(folder, 'away', 's.json'), options).catch(
      (error: unknown) => (fault = error),
    );
    expect(fault).to.be.instanceOf(ConfigError);
    expect(String(fault)).to.match(
      /--state: .*s\.json cannot be locked: its folder does not exist$/,
    );
    writeFileSync(join(folder, 'plain'), '');
    await takeLock(join(folder, 'plain', 's.json'), options).catch(
      (error: unknown) => (fault = error),
    );
    expect(String(fault)).to.match(/cannot be locked: ENOTDIR/);
  });

  describe('with a time in the future', () => {
    const dated = (ms: number): void => {
      const then = new Date(Date.now() + ms);
      utimesSync(lock(), then, then);
    };
    beforeEach(() => mkdirSync(lock()));

    it('is taken after one stale period, if nobody renewed it', async () => {
      dated(86_400_000);
      const taken = await takeLock(file(), options);
      expect(taken?.isOurs()).to.equal(true);
      expect(waited).to.deep.equal([STALE_MS]);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(/s\.json\.lock has a time in the future .*: waiting 10 s/);
      await taken?.release();
      expect(existsSync(lock())).to.equal(false);
    });

    it('stays with a run that renews it', async () => {
      dated(86_400_000);
      meanwhile = () => dated(86_405_000);
      expect(await takeLock(file(), options)).to.equal(null);
      expect(existsSync(lock())).to.equal(true);
    });

    it('is taken if its run released it meanwhile', async () => {
      dated(86_400_000);
      meanwhile = () => rmdirSync(lock());
      const taken = await takeLock(file(), options);
      expect(taken?.isOurs()).to.equal(true);
      await taken?.release();
    });

    it('is not waited for if it is only a second ahead, as a new lock is', async () => {
      dated(1500);
      expect(await takeLock(file(), options)).to.equal(null);
      expect(waited).to.deep.equal([]);
    });

    it('is not taken if the wait is aborted', async () => {
      dated(86_400_000);
      const stopped = new Error('stopped');
      const fault = await takeLock(file(), {
        ...options,
        wait: () => Promise.reject(stopped),
      }).catch((e: unknown) => e);
      expect(fault).to.equal(stopped);
    });
  });

  it('is no longer ours after it was removed or taken over', async () => {
    const taken = await takeLock(file(), options);
    expect(taken?.isOurs()).to.equal(true);
    age(60_000);
    expect(taken?.isOurs()).to.equal(false);
    rmdirSync(lock());
    expect(taken?.isOurs()).to.equal(false);
    await taken?.release();
    expect(taken?.isOurs()).to.equal(false);
    // Not even if the lock of the next run has the same time.
    const before = await takeLock(file(), options);
    const { atimeMs, mtimeMs } = statSync(lock());
    await before?.release();
    mkdirSync(lock());
    utimesSync(lock(), atimeMs / 1000, mtimeMs / 1000);
    expect(before?.isOurs()).to.equal(false);
  });

  for (const [what, make] of [
    ['a file', () => writeFileSync(lock(), '')],
    ['a symbolic link', () => symlinkSync(folder, lock())],
    [
      'a folder that is not empty',
      () => {
        mkdirSync(join(lock(), 'sub'), { recursive: true });
        age(60_000);
      },
    ],
  ] as const) {
    it(`says what to remove if ${what} has its name`, async () => {
      make();
      const fault = await takeLock(file(), options).catch((error: unknown) => error);
      expect(fault).to.be.instanceOf(ConfigError);
      expect(String(fault)).to.match(
        new RegExp(
          `^ConfigError: --state: .*s\\.json\\.lock is ${what}, but run .*: remove .*s\\.json\\.lock$`,
        ),
      );
    });
  }
});
