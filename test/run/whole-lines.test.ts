import { expect } from 'chai';
import * as fc from 'fast-check';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { wholeLines } from '#src/run/whole-lines.js';

function passed(chunks: readonly string[], onLines?: (lines: Buffer) => void): Promise<string> {
  return text(Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(wholeLines(onLines)));
}

describe('whole lines', () => {
  it('drops an incomplete line', async () => {
    expect(await passed(['a\nb', 'c', '\nd', 'e'])).to.equal('a\nbc\n');
    expect(await passed(['ab', 'c'])).to.equal('');
    expect(await passed([])).to.equal('');
  });

  it('changes nothing else, in chunks of any size', async () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'ä', '€', '\n'), minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        const whole = pieces.join('');
        expect(await passed(pieces)).to.equal(whole.slice(0, whole.lastIndexOf('\n') + 1));
      }),
    );
  });

  it('reports the lines that it passes on', async () => {
    const seen: string[] = [];
    await passed(['a\nb', 'c', '\nd\ne', 'f'], (lines) => seen.push(lines.toString()));
    expect(seen).to.deep.equal(['a\n', 'bc\nd\n']);
  });
});
