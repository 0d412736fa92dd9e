import { expect } from 'chai';
import type { ProcessEnd } from '#src/run/child.js';
import { codeOfRun } from '#src/run/run-code.js';
import type { RunEnd } from '#src/run/run-job.js';

const by = (code: number): ProcessEnd => ({ code, signal: null });
const killed: ProcessEnd = { code: null, signal: 'SIGKILL' };

function codeOf(
  tap: ProcessEnd,
  target: ProcessEnd,
  also: Partial<RunEnd> & { delivered?: boolean; committed?: boolean } = {},
): number {
  const { delivered = true, committed = true, ...rest } = also;
  return codeOfRun({
    job: { tap, target, delivered, committed, records: 1 },
    forced: null,
    lost: false,
    unwritten: false,
    ...rest,
  });
}

describe('the exit code of run', () => {
  it('is that of the tap if the target succeeded', () => {
    for (const code of [0, 1, 2, 3, 129, 130, 143]) expect(codeOf(by(code), by(0))).to.equal(code);
    expect(codeOf(killed, by(0))).to.equal(137);
  });

  it('is 6 if the target failed, whatever the code of the tap', () => {
    for (const tap of [by(0), by(1), by(4), by(143), killed]) {
      expect(codeOf(tap, by(1))).to.equal(6);
      expect(codeOf(tap, killed)).to.equal(6);
      expect(codeOf(tap, by(0), { delivered: false })).to.equal(6);
      expect(codeOf(tap, by(0), { committed: false })).to.equal(6);
    }
  });

  it('is 5 if another run holds or took the bookmark file', () => {
    expect(codeOfRun({ job: null, forced: null, lost: false, unwritten: false })).to.equal(5);
    expect(codeOf(killed, killed, { lost: true })).to.equal(5);
  });

  it('is that of the second signal, if there was one', () => {
    expect(codeOf(killed, killed, { forced: 'SIGINT' })).to.equal(130);
    expect(codeOf(killed, killed, { forced: 'SIGTERM' })).to.equal(143);
  });

  it('is 1 if only the bookmark file could not be written', () => {
    expect(codeOf(by(0), by(0), { unwritten: true })).to.equal(1);
    expect(codeOf(by(3), by(0), { unwritten: true })).to.equal(3);
  });
});
