import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { CODES } from '#src/codes.js';
import { ApiError, codeOf, ConfigError, systemCode } from '#src/errors.js';
import { inProject } from './support/paths.js';

const SOURCES = inProject('src');

describe('error codes', () => {
  it('are each used by the code, and are words in capitals', () => {
    const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' });
    const text = files
      .filter((file) => file.endsWith('.ts') && file !== 'codes.ts')
      .map((file) => readFileSync(join(SOURCES, file), 'utf8'))
      .join('\n');
    for (const code of Object.keys(CODES)) {
      expect(code).to.match(/^[A-Z]+(_[A-Z]+)*$/);
      expect(text, code).to.include(`'${code}'`);
    }
  });

  it('come from the error, from its fault, or say that the tap itself is at fault', () => {
    expect(codeOf(new ConfigError('STATE_FOREIGN', 'x'))).to.equal('STATE_FOREIGN');
    expect(codeOf(new ApiError('x', 'unauthorized'))).to.equal('TOKEN_REFUSED');
    expect(codeOf(new ApiError('x', 'unreadable', { code: 'RESPONSE_TOO_LARGE' }))).to.equal(
      'RESPONSE_TOO_LARGE',
    );
    expect(codeOf(new TypeError('x'))).to.equal('INTERNAL');
    expect(codeOf('thrown text')).to.equal('INTERNAL');
  });

  it('of the system are told apart from others', () => {
    expect(systemCode(Object.assign(new Error('x'), { code: 'ENOENT' }))).to.equal('ENOENT');
    expect(systemCode(Object.assign(new Error('x'), { code: 5 }))).to.equal(undefined);
    expect(systemCode(new Error('x'))).to.equal(undefined);
    expect(systemCode('x')).to.equal(undefined);
  });
});
