import { expect } from 'chai';
import { canSpin } from '#src/terminal/interactive.js';

describe('canSpin', () => {
  const terminal = { isTTY: true, columns: 80 };
  const file = {};

  it('wants a terminal with a width on stderr, and none on stdout', () => {
    expect(canSpin(terminal, file, { TERM: 'xterm' })).to.equal(true);
    expect(canSpin(file, file, {})).to.equal(false);
    expect(canSpin(terminal, terminal, {})).to.equal(false);
    expect(canSpin({ isTTY: true, columns: 0 }, file, {})).to.equal(false);
    expect(canSpin({ isTTY: true }, file, {})).to.equal(false);
  });

  it('stays away from dumb terminals and from CI', () => {
    expect(canSpin(terminal, file, { TERM: 'dumb' })).to.equal(false);
    expect(canSpin(terminal, file, { CI: 'true' })).to.equal(false);
  });
});
