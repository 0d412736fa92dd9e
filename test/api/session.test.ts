import { expect } from 'chai';
import { printsHeaders } from '../../src/api/session.js';

describe('NODE_DEBUG', () => {
  it('is warned of if it prints requests', () => {
    for (const value of ['http', 'HTTPS', 'fs,net', 'tls', ' http ', '*', 'h*', 'fs,*s']) {
      expect(printsHeaders(value), value).to.equal(true);
    }
    for (const value of [undefined, '', 'fs', 'http2', 'module,timer', 'https?', 'f*', 'h.*x']) {
      expect(printsHeaders(value), value).to.equal(false);
    }
  });
});
