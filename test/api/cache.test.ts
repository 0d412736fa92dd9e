import { expect } from 'chai';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cache, type CacheOptions } from '../../src/api/cache.js';
import { NOON } from '../support/clock.js';

const HOUR = 3_600_000;
const HOST = 'app.bolttech.net';
const TOKEN = 'hush+hush/hush=';

/** Uses a cache that keeps nothing. */
function goesOn(one: Cache): void {
  one.form = 'quoted';
  one.note(NOON);
  one.note(NOON);
  one.close(NOON);
  expect([...one.calls(NOON)]).to.deep.equal([]);
  expect(one.form).to.equal(undefined);
}

describe('Cache', () => {
  let dir = '';
  let warnings: string[] = [];
  const file = (): string => join(dir, 'calls.json');
  const content = (): string => readFileSync(file(), 'utf8');

  function cache(options: Partial<CacheOptions> = {}): Cache {
    return new Cache({ dir, host: HOST, token: TOKEN, batch: 1, warn: (text) => warnings.push(text), ...options });
  }

  /** Calls that a next run would count. */
  function counted(now: number, options: Partial<CacheOptions> = {}): number {
    return [...cache(options).calls(now)].length;
  }

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'bolt-eci-tap-'));
    warnings = [];
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('remembers calls for an hour, each at its latest', () => {
    const one = cache();
    for (const ms of [0, 200, 15_000]) one.note(NOON + ms);
    one.close(NOON + 15_000);
    const calls = [...cache().calls(NOON + 20_000)];
    expect(calls).to.deep.equal([NOON + 10_000, NOON + 10_000, NOON + 20_000]);
    expect(counted(NOON + HOUR + 9999)).to.equal(3);
    expect(counted(NOON + HOUR + 10_000)).to.equal(1);
    expect(counted(NOON + HOUR + 20_000)).to.equal(0);
    expect(warnings).to.deep.equal([]);
  });

  it('remembers the form of the header', () => {
    const one = cache();
    expect(one.form).to.equal(undefined);
    one.note(NOON);
    one.form = 'unquoted';
    expect(one.form).to.equal('unquoted');
    expect(cache().form).to.equal('unquoted');
    expect(counted(NOON)).to.equal(1);
  });

  it('keeps hosts and tokens apart', () => {
    cache().note(NOON);
    cache().form = 'quoted';
    for (const other of [{ host: 'other.example' }, { token: 'other' }]) {
      expect(counted(NOON, other)).to.equal(0);
      expect(cache(other).form).to.equal(undefined);
    }
    cache({ token: 'other' }).note(NOON);
    expect(counted(NOON)).to.equal(1);
  });

  it('holds no token, and can be read by its owner alone', () => {
    const one = cache();
    one.note(NOON);
    one.form = 'quoted';
    expect(content()).to.include(HOST).and.not.match(/hush/i);
    expect(content())
      .not.to.include(encodeURIComponent(TOKEN))
      .and.not.to.include(Buffer.from(TOKEN).toString('base64'));
    if (process.platform !== 'win32') expect(statSync(file()).mode & 0o777).to.equal(0o600);
  });

  it('is closed to others even where it was open before', function () {
    if (process.platform === 'win32') this.skip();
    writeFileSync(file(), '{}');
    chmodSync(file(), 0o644);
    cache().note(NOON);
    expect(statSync(file()).mode & 0o777).to.equal(0o600);
  });

  describe('a batch', () => {
    it('is written before its calls are made, and what was not made is given back', () => {
      const one = cache({ batch: 5 });
      one.note(NOON);
      expect(counted(NOON)).to.equal(5);
      for (let made = 1; made < 7; made += 1) one.note(NOON + made);
      expect(counted(NOON)).to.equal(10);
      one.close(NOON + 7);
      expect(counted(NOON)).to.equal(7);
      one.close(NOON + 8);
      expect(counted(NOON)).to.equal(7);
    });

    it('does not reach beyond its ten seconds: later calls are written at their own time', () => {
      const one = cache({ batch: 5 });
      one.note(NOON);
      one.note(NOON + HOUR - 1000);
      expect(counted(NOON + HOUR - 1000)).to.equal(6);
      one.close(NOON + HOUR);
      expect(counted(NOON + HOUR + 60_000)).to.equal(1);
    });

    it('takes back nothing that is forgotten, or another wrote', () => {
      const one = cache({ batch: 5 });
      one.note(NOON);
      const other = cache();
      other.note(NOON + HOUR + 60_000);
      one.close(NOON + HOUR + 60_000);
      expect(counted(NOON + HOUR + 60_000)).to.equal(1);
      const third = cache({ batch: 5 });
      third.note(NOON + 2 * HOUR);
      rmSync(file());
      third.close(NOON + 2 * HOUR);
      expect(counted(NOON + 2 * HOUR)).to.equal(0);
    });

    it('costs nothing where no call was made', () => {
      cache({ batch: 5 }).close(NOON);
      expect(counted(NOON)).to.equal(0);
    });
  });

  it('counts the calls of two taps at once', () => {
    const [one, other] = [cache({ batch: 3 }), cache()];
    for (let made = 0; made < 4; made += 1) {
      one.note(NOON + made);
      other.note(NOON + made);
    }
    one.close(NOON + 5);
    other.close(NOON + 5);
    expect(counted(NOON + 5)).to.equal(8);
  });

  it('counts what a clock that was set back makes of the future as made now, and so forgets it in an hour', () => {
    const wrong = cache();
    for (const ms of [0, 60_000]) wrong.note(NOON + 100 * HOUR + ms);
    expect([...cache().calls(NOON)]).to.deep.equal([NOON + 10_000, NOON + 10_000]);
    cache().note(NOON);
    expect(counted(NOON)).to.equal(3);
    expect(counted(NOON + HOUR + 10_000)).to.equal(0);
  });

  it('begins a broken file anew, with a warning', () => {
    for (const text of ['{"app', '', 'hush']) {
      warnings = [];
      writeFileSync(file(), text);
      const one = cache();
      expect(one.form).to.equal(undefined);
      one.note(NOON);
      one.form = 'quoted';
      expect(warnings).to.deep.equal([`cache_dir: calls.json in ${dir} is broken; it is begun anew`]);
      expect(counted(NOON)).to.equal(1);
      expect(cache().form).to.equal('quoted');
    }
  });

  it('takes entries of another form for none', () => {
    cache().note(NOON);
    const [key = ''] = Object.keys(JSON.parse(content()));
    const end = NOON + 10_000;
    const odd: unknown[] = [
      null,
      5,
      'text',
      [],
      { calls: 5 },
      { calls: [5, null, [], ['a', 1], [end, 'b'], [end, -1], [end, 1e300]] },
    ];
    for (const entry of odd) {
      writeFileSync(file(), JSON.stringify({ [key]: entry }));
      expect(counted(NOON)).to.equal(0);
      expect(cache().form).to.equal(undefined);
      cache().note(NOON);
      expect(counted(NOON)).to.equal(1);
    }
    writeFileSync(file(), JSON.stringify({ [key]: { form: 'other', calls: [[end, 2.5]] } }));
    expect(cache().form).to.equal(undefined);
    expect(counted(NOON)).to.equal(2);
    for (const text of ['[]', 'null', '5', '"text"']) {
      writeFileSync(file(), text);
      cache().note(NOON);
    }
    expect(warnings).to.deep.equal([]);
  });

  describe('that cannot be used', () => {
    it('is one warning, and the run goes on', () => {
      writeFileSync(join(dir, 'file'), '');
      const below = join(dir, 'file', 'cache');
      goesOn(cache({ dir: below, batch: 1 }));
      expect(warnings).to.deep.equal([
        `cache_dir: ${below} cannot be used (ENOTDIR): calls of earlier runs are not counted, nor these by later ones`,
      ]);
    });

    it('from one moment to the next is one warning as well', () => {
      const one = cache();
      one.note(NOON);
      rmSync(file());
      mkdirSync(file());
      goesOn(one);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(/cannot be used \(EISDIR\)/);
      const other = cache({ dir: join(dir, 'other') });
      other.note(NOON);
      writeFileSync(join(dir, 'other', 'calls.json'), '{');
      goesOn(other);
      expect(warnings[1]).to.match(/cannot be used \(unknown\)/);
    });
  });

  it('makes its folder', () => {
    const below = join(dir, 'a', 'b');
    cache({ dir: below }).note(NOON);
    expect(existsSync(join(below, 'calls.json'))).to.equal(true);
  });
});
