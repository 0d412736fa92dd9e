/** Passes on bytes up to the end of their last whole line. */
import { Transform } from 'node:stream';
import { LineBuffer } from './line-buffer.js';

/**
 * Holds back an unfinished line until its end arrives, and drops it if that never happens: half a
 * line of a tap that was killed would make the target fail, and lose all that it had not committed.
 *
 * @param onLines sees the lines that are passed on, one or more at a time
 */
export function wholeLines(onLines: (lines: Buffer) => void = () => undefined): Transform {
  const buffer = new LineBuffer();
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const lines = buffer.take(chunk);
      if (lines !== null) {
        onLines(lines);
        this.push(lines);
      }
      done();
    },
  });
}
