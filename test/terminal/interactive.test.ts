import { expect } from 'chai';
import { canSpin } from '#src/terminal/interactive.js';

describe('canSpin', () => {
  const terminal = { isTTY: true, columns: 80 };
  const file = {};

  it('needs a terminal with a width on stderr, and no terminal on stdout', () => {
    expect(canSpin(terminal, file, { TERM: 'xterm' })).to.equal(true);
    expect(canSpin(file, file, {})).to.equal(false);
    expect(canSpin(terminal, terminal, {})).to.equal(false);
    expect(canSpin({ isTTY: true, columns: 0 }, file, {})).to.equal(false);
    expect(canSpin({ isTTY: true }, file, {})).to.equal(false);
  });

  it('is false for dumb terminals and in CI', () => {
    expect(canSpin(terminal, file, { TERM: 'dumb' })).to.equal(false);
    expect(canSpin(terminal, file, { CI: 'true' })).to.equal(false);
  });
});
