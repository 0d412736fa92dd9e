import { expect } from 'chai';
import fc from 'fast-check';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { decodeBody } from '#src/api/body.js';

const MOST = 1_000_000;
const PACKED: [encoding: string, pack: (text: string) => Uint8Array][] = [
  ['gzip', gzipSync],
  ['X-GZip ', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['identity', (text) => Buffer.from(text)],
  ['unheard-of', (text) => Buffer.from(text)],
];

describe('decodeBody', () => {
  for (const [encoding, pack] of PACKED) {
    it(`decodes any text sent as ${encoding}`, () => {
      const text = fc.string({ unit: 'grapheme', maxLength: 5000, size: 'max' });
      fc.assert(
        fc.property(text, (sent) => {
          // As in JSON: a lone surrogate cannot be encoded.
          const whole = sent.toWellFormed();
          expect(decodeBody(pack(whole), encoding, MOST)).to.deep.equal({ text: whole });
        }),
        { numRuns: 50 },
      );
    });
  }

  it('decodes characters of any size at the borders of its pieces', () => {
    for (const character of ['é', '—', '😀']) {
      for (let shift = 4090; shift <= 4100; shift += 1) {
        const sent = 'x'.repeat(shift) + character.repeat(3000) + 'y'.repeat(shift);
        expect(decodeBody(gzipSync(sent), 'gzip', MOST)).to.deep.equal({ text: sent });
      }
    }
  });

  it('decodes an empty body, whatever its encoding', () => {
    for (const [encoding] of PACKED)
      expect(decodeBody(new Uint8Array(), encoding, MOST)).to.deep.equal({ text: '' });
    expect(decodeBody(new Uint8Array(), undefined, MOST)).to.deep.equal({ text: '' });
  });

  for (const [encoding, pack] of PACKED.slice(0, 4)) {
    it(`decompresses ${encoding} up to the limit and no further`, () => {
      const body = pack('x'.repeat(300_000));
      expect(decodeBody(body, encoding, 300_000))
        .to.have.property('text')
        .with.length(300_000);
      expect(decodeBody(body, encoding, 299_999)).to.deep.equal({ code: 'TOO_LARGE' });
    });

    it(`gives a code for ${encoding} that breaks off or is something else`, () => {
      const body = pack(JSON.stringify(Array.from({ length: 999 }, (_, id) => ({ id }))));
      for (const cut of [1, 2, 9, 500, body.length - 1]) {
        expect(decodeBody(body.subarray(0, cut), encoding, MOST), `${cut} bytes`).to.deep.equal({
          code: 'NOT_DECOMPRESSED',
        });
      }
      expect(decodeBody(Buffer.from('{"jobs":[]}'), encoding, MOST)).to.deep.equal({
        code: 'NOT_DECOMPRESSED',
      });
    });
  }

  it('decompresses gzip with several members, as some proxies send it', () => {
    const body = Buffer.concat([gzipSync('{"jobs"'), gzipSync(':[]}')]);
    expect(decodeBody(body, 'gzip', MOST)).to.deep.equal({ text: '{"jobs":[]}' });
  });

  it('returns a code for bytes that are not UTF-8', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6000, size: 'max' });
    fc.assert(
      fc.property(text, fc.nat(), fc.constantFrom(0x80, 0xc0, 0xff, 0xed), (around, at, byte) => {
        const bytes = Buffer.from(around.toWellFormed());
        const where = at % (bytes.length + 1);
        const broken = Buffer.concat([
          bytes.subarray(0, where),
          Buffer.from([byte]),
          Buffer.from('"'),
          bytes.subarray(where),
        ]);
        expect(decodeBody(broken, undefined, MOST)).to.deep.equal({ code: 'NOT_TEXT' });
      }),
    );
  });
});
