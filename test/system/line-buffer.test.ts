import { expect } from 'chai';
import { LineBuffer } from '#src/system/line-buffer.js';

describe('LineBuffer', () => {
  let dropped = 0;
  const take = (chunks: readonly string[]): string[] => {
    dropped = 0;
    const buffer = new LineBuffer(4, () => (dropped += 1));
    const lines = chunks.map((chunk) => buffer.take(Buffer.from(chunk))?.toString() ?? '');
    return [...lines, buffer.flush().toString()];
  };

  it('holds a line up to its limit, and drops a longer one', () => {
    expect(take(['ab', 'cd', '\n'])).to.deep.equal(['', '', 'abcd\n', '']);
    expect(dropped).to.equal(0);
    expect(take(['ab', 'cde', 'f\ng', '\n'])).to.deep.equal(['', '', '', 'g\n', '']);
    expect(dropped).to.equal(1);
  });

  it('counts the length of each line separately', () => {
    expect(take(['abc', '\nabc', '\nabc', '\nd'])).to.deep.equal([
      '',
      'abc\n',
      'abc\n',
      'abc\n',
      'd',
    ]);
    expect(dropped).to.equal(0);
  });
});
