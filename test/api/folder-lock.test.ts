import { expect } from 'chai';
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderLock } from '#src/api/folder-lock.js';
import { makeFolder } from '../support/folder.js';

describe('FolderLock', () => {
  let dir = '';
  let looks = 0;
  /** What other processes do at each poll. */
  let meanwhile: () => void = () => undefined;
  const never = new AbortController().signal;
  const path = (): string => join(dir, 'calls.lock');

  function lock(): FolderLock {
    const sleep = async (_: number, signal: AbortSignal): Promise<void> => {
      signal.throwIfAborted();
      looks += 1;
      meanwhile();
    };
    return new FolderLock({ path: path(), sleep });
  }

  beforeEach(() => {
    dir = makeFolder();
    looks = 0;
    meanwhile = () => undefined;
  });

  it('creates its folder, is held during the action, and is free afterwards', async () => {
    for (const times of [1, 2]) {
      expect(await lock().hold(() => [times, readdirSync(path())], never)).to.satisfy(
        ([first, names]: [number, string[]]) =>
          first === times && names.length === 1 && names[0] !== 'free',
      );
      expect(readdirSync(path())).to.deep.equal(['free']);
    }
    expect(readdirSync(dir)).to.deep.equal(['calls.lock']);
    expect(looks).to.equal(0);
  });

  it('is free after the action failed', async () => {
    const broken = new Error('broken');
    const failed = lock().hold(() => {
      throw broken;
    }, never);
    expect(await failed.catch((error: unknown) => error)).to.equal(broken);
    expect(readdirSync(path())).to.deep.equal(['free']);
  });

  it('waits for a holder', async () => {
    await lock().hold(() => undefined, never);
    renameSync(join(path(), 'free'), join(path(), 'other'));
    meanwhile = () => looks === 7 && renameSync(join(path(), 'other'), join(path(), 'free'));
    expect(await lock().hold(() => 'done', never)).to.equal('done');
    expect(looks).to.equal(7);
  });

  it('is taken from a dead holder after two seconds, but not from changing holders', async () => {
    await lock().hold(() => undefined, never);
    let holder = 'free';
    const to = (name: string): void => {
      renameSync(join(path(), holder), join(path(), name));
      holder = name;
    };
    to('holder-0');
    meanwhile = () => looks <= 500 && looks % 90 === 0 && to(`holder-${looks}`);
    expect(await lock().hold(() => 'done', never)).to.equal('done');
    expect(looks).to.equal(450 + 100);
    expect(readdirSync(path())).to.deep.equal(['free']);
  });

  it('goes to only one of those that find a holder dead', async () => {
    await lock().hold(() => undefined, never);
    renameSync(join(path(), 'free'), join(path(), 'dead'));
    let inside = 0;
    const done = await Promise.all(
      Array.from({ length: 5 }, () =>
        lock().hold(() => {
          inside += 1;
          expect(readdirSync(path())).to.have.length(1);
          return inside;
        }, never),
      ),
    );
    expect(done).to.have.members([1, 2, 3, 4, 5]);
    expect(readdirSync(path())).to.deep.equal(['free']);
  });

  it('repeats an action during which another took the lock', async () => {
    let done = 0;
    const action = (): number => {
      done += 1;
      const [mine = ''] = readdirSync(path());
      if (done === 1) renameSync(join(path(), mine), join(path(), 'other'));
      return done;
    };
    meanwhile = () => looks === 3 && renameSync(join(path(), 'other'), join(path(), 'free'));
    expect(await lock().hold(action, never)).to.equal(2);
    expect(looks).to.equal(3);
  });

  it('gives up after half a minute of changing holders, or sooner', async () => {
    await lock().hold(() => undefined, never);
    rmSync(join(path(), 'free'));
    meanwhile = () => {
      for (const name of readdirSync(path())) rmSync(join(path(), name));
      writeFileSync(join(path(), `holder-${looks}`), '');
    };
    expect(await lock().hold(() => 'done', never)).to.equal(null);
    expect(looks).to.equal(1500);
    expect(await lock().hold(() => 'done', never, 10)).to.equal(null);
  });

  it('is repaired if its file or its folder was deleted', async () => {
    mkdirSync(path());
    expect(await lock().hold(() => 'done', never)).to.equal('done');
    expect(looks).to.equal(100);
    const action = (): string => {
      if (looks === 100) rmSync(path(), { recursive: true });
      return 'done';
    };
    expect(await lock().hold(action, never)).to.equal('done');
    expect(looks).to.equal(101);
    expect(readdirSync(path())).to.deep.equal(['free']);
  });

  it('throws errors of the file system', async function () {
    if (process.platform === 'win32') this.skip();
    symlinkSync(join(dir, 'away'), path());
    const failed = await lock()
      .hold(() => 'done', never)
      .catch((error: unknown) => error);
    expect(failed).to.include({ code: 'ENOTDIR' });
    expect(looks).to.equal(0);
  });

  it('ends with the reason of the signal', async () => {
    await lock().hold(() => undefined, never);
    renameSync(join(path(), 'free'), join(path(), 'other'));
    const stop = new AbortController();
    const reason = new Error('stopped');
    meanwhile = () => looks === 3 && stop.abort(reason);
    expect(
      await lock()
        .hold(() => 'done', stop.signal)
        .catch((error: unknown) => error),
    ).to.equal(reason);
  });
});
