import { expect } from 'chai';
import * as fc from 'fast-check';
import { apiRoot } from '#src/config/base-url.js';

describe('apiRoot', () => {
  const roots: [given: string, root: string][] = [
    ['https://app.bolttech.net', 'https://app.bolttech.net/open/v1'],
    ['https://app.bolttech.net/', 'https://app.bolttech.net/open/v1'],
    ['https://app.bolttech.net/open/v1', 'https://app.bolttech.net/open/v1'],
    ['https://app.bolttech.net/open/v1//', 'https://app.bolttech.net/open/v1'],
    [' https://APP.bolttech.net:443 ', 'https://app.bolttech.net/open/v1'],
    ['https://proxy.example/bolt/', 'https://proxy.example/bolt/open/v1'],
    ['https://proxy.example/bolt/open/v1', 'https://proxy.example/bolt/open/v1'],
    ['https://proxy.example/open/v10', 'https://proxy.example/open/v10/open/v1'],
    ['http://localhost:8080', 'http://localhost:8080/open/v1'],
    ['http://127.0.0.1:8080/open/v1/', 'http://127.0.0.1:8080/open/v1'],
    ['http://127.1', 'http://127.0.0.1/open/v1'],
    ['http://[::1]:80', 'http://[::1]/open/v1'],
  ];
  for (const [given, root] of roots) {
    it(`of ${given}`, () => {
      expect(String(apiRoot(given))).to.equal(root);
    });
  }

  const faults: [given: string, says: string][] = [
    ['app.bolttech.net', 'is not a valid URL (expected https://…)'],
    ['localhost:8080', 'is not a valid URL (expected https://…)'],
    ['ftp://app.bolttech.net', 'is not a valid URL (expected https://…)'],
    ['https://me:hush@app.bolttech.net', 'contains a user name or a password'],
    ['https://:hush@app.bolttech.net', 'contains a user name or a password'],
    ['https://hush@app.bolttech.net', 'contains a user name or a password'],
    ['https://app.bolttech.net/?token=hush', 'contains a query or a fragment'],
    ['https://app.bolttech.net/#hush', 'contains a query or a fragment'],
    ['http://app.bolttech.net', 'uses http, which'],
    ['http://127.0.0.1.example', 'uses http, which'],
    ['http://128.0.0.1', 'uses http, which'],
    ['https://app.bolttech.net/open/v1/jobs', 'continues after /open/v1'],
  ];
  for (const [given, says] of faults) {
    it(`refuses ${given}`, () => {
      const fault = apiRoot(given);
      expect(fault).to.be.a('string').that.includes(says);
      expect(fault).not.to.include('hush');
    });
  }

  it('changes nothing in its own result, whatever the path', () => {
    fc.assert(
      fc.property(fc.webUrl(), (given) => {
        const root = apiRoot(given);
        if (root instanceof URL) {
          expect(root.href).to.match(/[^/]\/open\/v1$/);
          expect(String(apiRoot(root.href))).to.equal(root.href);
          expect(String(apiRoot(`${root.href}/`))).to.equal(root.href);
        }
      }),
    );
  });
});
