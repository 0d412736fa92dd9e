import { expect } from 'chai';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from '#src/config/cache-dir.js';
import { ConfigError } from '#src/errors.js';

describe('cacheDir', () => {
  const homeless = {
    platform: 'linux',
    home: () => {
      throw new Error('no such user');
    },
  } as const;
  const linux = { platform: 'linux', home: () => '/home/me' } as const;
  const windows = { platform: 'win32', home: () => String.raw`C:\Users\me` } as const;

  it('follows XDG', () => {
    expect(cacheDir({ XDG_CACHE_HOME: '/var/cache/me' }, linux)).to.equal(
      '/var/cache/me/bolt-eci-tap',
    );
    expect(cacheDir({}, linux)).to.equal('/home/me/.cache/bolt-eci-tap');
    expect(cacheDir({ XDG_CACHE_HOME: 'not/absolute' }, linux)).to.equal(
      '/home/me/.cache/bolt-eci-tap',
    );
    expect(cacheDir({ XDG_CACHE_HOME: '' }, linux)).to.equal('/home/me/.cache/bolt-eci-tap');
  });

  it('uses the folders of macOS and Windows', () => {
    const mac = { platform: 'darwin', home: () => '/Users/me' } as const;
    expect(cacheDir({ XDG_CACHE_HOME: '/elsewhere' }, mac)).to.equal(
      '/Users/me/Library/Caches/bolt-eci-tap',
    );
    expect(cacheDir({ LOCALAPPDATA: String.raw`D:\Local` }, windows)).to.equal(
      String.raw`D:\Local\bolt-eci-tap`,
    );
    expect(cacheDir({}, windows)).to.equal(String.raw`C:\Users\me\AppData\Local\bolt-eci-tap`);
  });

  it('requires the setting if there is no home folder', () => {
    expect(() => cacheDir({}, homeless)).to.throw(ConfigError, 'set cache_dir');
    expect(cacheDir({ XDG_CACHE_HOME: '/var/cache' }, homeless)).to.equal(
      '/var/cache/bolt-eci-tap',
    );
  });

  it('uses this machine by default', () => {
    expect(cacheDir({ XDG_CACHE_HOME: homedir(), LOCALAPPDATA: homedir() })).to.match(
      /bolt-eci-tap$/,
    );
    expect(cacheDir({ XDG_CACHE_HOME: '', LOCALAPPDATA: '' })).to.include(join(homedir()));
  });
});
