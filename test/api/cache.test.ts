import { expect } from 'chai';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Cache, type CacheOptions } from '#src/api/cache.js';
import { NOON } from '../support/clock.js';
import { makeFolder } from '../support/folder.js';

const HOUR = 3_600_000;
const HOST = 'app.bolttech.net';
const TOKEN = 'hush+hush/hush=';

/** Makes a call. */
async function note(one: Cache, now: number): Promise<void> {
  while (!one.take(now)) {
    const { ms, why } = await one.reserve(now, new AbortController().signal);
    if (ms > 0) throw new Error(why);
  }
}

/** Uses a cache that cannot store anything. */
async function goesOn(one: Cache): Promise<void> {
  one.form = 'quoted';
  await note(one, NOON);
  await note(one, NOON);
  await one.close(NOON);
  expect([...one.calls(NOON)]).to.deep.equal([]);
  expect(one.form).to.equal(undefined);
}

describe('Cache', () => {
  let dir = '';
  let warnings: string[] = [];
  const file = (): string => join(dir, 'calls.json');
  const content = (): string => readFileSync(file(), 'utf8');

  function cache(options: Partial<CacheOptions> = {}): Cache {
    return new Cache({
      dir,
      host: HOST,
      token: TOKEN,
      callsPerHour: 900,
      callsPerSecond: Infinity,
      batch: 1,
      warn: (text) => warnings.push(text),
      sleep: async (_, signal) => signal.throwIfAborted(),
      ...options,
    });
  }

  /** The calls that the next run would count. */
  function counted(now: number, options: Partial<CacheOptions> = {}): number {
    return [...cache(options).calls(now)].length;
  }

  beforeEach(() => {
    dir = makeFolder();
    warnings = [];
  });

  it('remembers calls for an hour, each at its latest possible time', async () => {
    const one = cache();
    for (const ms of [0, 200, 15_000]) await note(one, NOON + ms);
    await one.close(NOON + 15_000);
    const calls = [...cache().calls(NOON + 20_000)];
    expect(calls).to.deep.equal([NOON + 10_000, NOON + 10_000, NOON + 20_000]);
    expect(counted(NOON + HOUR + 9999)).to.equal(3);
    expect(counted(NOON + HOUR + 10_000)).to.equal(1);
    expect(counted(NOON + HOUR + 20_000)).to.equal(0);
    expect(warnings).to.deep.equal([]);
  });

  it('remembers the form of the header', async () => {
    const one = cache();
    expect(one.form).to.equal(undefined);
    await note(one, NOON);
    one.form = 'unquoted';
    expect(one.form).to.equal('unquoted');
    await one.close(NOON);
    expect(cache().form).to.equal('unquoted');
    const other = cache();
    other.form = 'quoted';
    await note(other, NOON + 1);
    expect(cache().form).to.equal('quoted');
    await other.close(NOON);
    expect(counted(NOON)).to.equal(2);
    await note(cache(), NOON);
    expect(cache().form).to.equal('quoted');
  });

  it('keeps hosts and tokens apart', async () => {
    await note(cache(), NOON);
    const form = cache();
    form.form = 'quoted';
    await form.close(NOON);
    for (const other of [{ host: 'other.example' }, { token: 'other' }]) {
      expect(counted(NOON, other)).to.equal(0);
      expect(cache(other).form).to.equal(undefined);
    }
    await note(cache({ token: 'other' }), NOON);
    expect(counted(NOON)).to.equal(1);
  });

  it('does not contain the token, and only its owner can read it', async () => {
    const one = cache();
    one.form = 'quoted';
    await note(one, NOON);
    expect(content()).to.include(HOST).and.not.match(/hush/i);
    expect(content())
      .not.to.include(encodeURIComponent(TOKEN))
      .and.not.to.include(Buffer.from(TOKEN).toString('base64'));
    if (process.platform !== 'win32') expect(statSync(file()).mode & 0o777).to.equal(0o600);
  });

  it('restricts a file that others could read', async function () {
    if (process.platform === 'win32') this.skip();
    writeFileSync(file(), '{}');
    chmodSync(file(), 0o644);
    await note(cache(), NOON);
    expect(statSync(file()).mode & 0o777).to.equal(0o600);
  });

  it('waits for the lock for 0.2 s at its end, and stays usable if the wait is aborted', async () => {
    let slept = 0;
    const stop = new AbortController();
    const one = cache({
      batch: 5,
      sleep: async (ms, signal) => {
        slept += ms;
        signal.throwIfAborted();
        stop.abort(new Error('stopped'));
      },
    });
    await note(one, NOON);
    renameSync(join(dir, 'calls.lock', 'free'), join(dir, 'calls.lock', 'other'));
    const aborted = await one.reserve(NOON, stop.signal).catch((error: unknown) => error);
    expect(aborted).to.equal(stop.signal.reason);
    expect(one.take(NOON)).to.equal(true);
    slept = 0;
    await one.close(NOON);
    expect(slept).to.equal(200);
    expect(warnings).to.deep.equal([]);
    renameSync(join(dir, 'calls.lock', 'other'), join(dir, 'calls.lock', 'free'));
    await one.close(NOON);
    expect(counted(NOON)).to.equal(2);
  });

  describe('a batch', () => {
    it('is written before its calls are made, and unused calls are given back', async () => {
      const one = cache({ batch: 5 });
      await note(one, NOON);
      expect(counted(NOON)).to.equal(5);
      for (let made = 1; made < 7; made += 1) await note(one, NOON + made);
      expect(counted(NOON)).to.equal(10);
      await one.close(NOON + 7);
      expect(counted(NOON)).to.equal(7);
      await one.close(NOON + 8);
      expect(counted(NOON)).to.equal(7);
    });

    it('expires after its ten seconds: later calls are counted later', async () => {
      const one = cache({ batch: 5 });
      await note(one, NOON);
      await note(one, NOON + HOUR - 1000);
      expect(counted(NOON + HOUR - 1000)).to.equal(6);
      await one.close(NOON + HOUR);
      expect(counted(NOON + HOUR + 60_000)).to.equal(1);
    });

    it('does not take back expired calls or calls of another tap', async () => {
      const one = cache({ batch: 5 });
      await note(one, NOON);
      const other = cache();
      await note(other, NOON + HOUR + 60_000);
      await one.close(NOON + HOUR + 60_000);
      expect(counted(NOON + HOUR + 60_000)).to.equal(1);
      const third = cache({ batch: 5 });
      await note(third, NOON + 2 * HOUR);
      rmSync(file());
      await third.close(NOON + 2 * HOUR);
      // The calls made are written again.
      expect(counted(NOON + 2 * HOUR)).to.equal(1);
    });

    it('is not written if no call was made', async () => {
      await cache({ batch: 5 }).close(NOON);
      expect(counted(NOON)).to.equal(0);
    });
  });

  it('counts the calls of two taps at once', async () => {
    const [one, other] = [cache({ batch: 3 }), cache()];
    for (let made = 0; made < 4; made += 1) {
      await note(one, NOON + made);
      await note(other, NOON + made);
    }
    await one.close(NOON + 5);
    await other.close(NOON + 5);
    expect(counted(NOON + 5)).to.equal(8);
  });

  it('counts calls of the future as made now, so that they expire in an hour', async () => {
    const wrong = cache();
    for (const ms of [0, 60_000]) await note(wrong, NOON + 100 * HOUR + ms);
    expect([...cache().calls(NOON)]).to.deep.equal([NOON + 10_000, NOON + 10_000]);
    await note(cache(), NOON);
    expect(counted(NOON)).to.equal(3);
    expect(counted(NOON + HOUR + 10_000)).to.equal(0);
  });

  it('replaces a broken file, with a warning', async () => {
    const texts: [text: string, what: string][] = [
      ['{"app', 'is not valid JSON'],
      ['', 'is not valid JSON'],
      ['hush', 'is not valid JSON'],
      ['[]', 'holds an array instead of an object'],
      ['null', 'holds null instead of an object'],
      ['5', 'holds a number instead of an object'],
      ['"text"', 'holds text instead of an object'],
    ];
    for (const [text, what] of texts) {
      warnings = [];
      writeFileSync(file(), text);
      const one = cache();
      expect(one.form).to.equal(undefined);
      one.form = 'quoted';
      await note(one, NOON);
      expect(warnings).to.deep.equal([
        `cache_dir: calls.json in ${dir} ${what}; ` +
          'it is replaced, and the calls of the last hour are not counted',
      ]);
      expect(counted(NOON)).to.equal(1);
      expect(cache().form).to.equal('quoted');
      expect(warnings).to.have.length(1);
    }
  });

  it('replaces a file that breaks during the run, and counts the calls of this tap', async () => {
    const one = cache({ batch: 3 });
    await note(one, NOON);
    writeFileSync(file(), '[]');
    for (const ms of [1, 2, 3]) await note(one, NOON + ms);
    await one.close(NOON + 4);
    expect(warnings).to.have.length(1);
    expect(counted(NOON + 4)).to.equal(4);
  });

  it('counts the readable part of an entry, with a warning about the rest', async () => {
    await note(cache(), NOON);
    const [key = ''] = Object.keys(JSON.parse(content()));
    const end = NOON + 10_000;
    const odd: unknown[] = [
      null,
      5,
      'text',
      [],
      { calls: 5 },
      { calls: [5, null, [], ['a', 1], [end, 'b'], [end, -1], [end, 1e300]] },
      { calls: [], next: 'soon' },
    ];
    for (const entry of odd) {
      warnings = [];
      writeFileSync(file(), JSON.stringify({ [key]: entry }));
      expect(counted(NOON)).to.equal(0);
      expect(cache().form).to.equal(undefined);
      await note(cache(), NOON);
      expect(counted(NOON)).to.equal(1);
      expect(warnings).to.have.length(2);
      expect(warnings[0]).to.match(
        /calls\.json in .* holds calls in an unknown form; it is replaced/,
      );
    }
    warnings = [];
    writeFileSync(file(), JSON.stringify({ [key]: { form: 'other', calls: [[end, 2.5]] } }));
    expect(cache().form).to.equal(undefined);
    expect(counted(NOON)).to.equal(3);
    expect(warnings).to.deep.equal([]);
  });

  describe('that cannot be used', () => {
    it('is one warning, and the run continues', async () => {
      writeFileSync(join(dir, 'file'), '');
      const below = join(dir, 'file', 'cache');
      await goesOn(cache({ dir: below, batch: 1 }));
      expect(warnings).to.deep.equal([
        `cache_dir: ${below} cannot be used (ENOTDIR): ` +
          'calls_per_hour now counts the calls of this run only',
      ]);
    });

    it('is one warning if it happens during the run', async () => {
      const one = cache();
      await note(one, NOON);
      rmSync(file());
      mkdirSync(file());
      await goesOn(one);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(/cannot be used \(EISDIR\)/);
    });
  });

  it('creates its folder', async () => {
    const below = join(dir, 'a', 'b');
    await note(cache({ dir: below }), NOON);
    expect(existsSync(join(below, 'calls.json'))).to.equal(true);
  });
});
