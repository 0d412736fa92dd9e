/** Bytes passed on up to the end of their last whole line. */
import { Transform } from 'node:stream';

const LINE_FEED = 0x0a;

/**
 * Holds back the beginning of a line until its end is there, and drops it where that never comes: a tap that was killed in the middle
 * of a line would make the target fail on it, with all that it had not committed yet.
 */
export function wholeLines(): Transform {
  let held: Buffer[] = [];
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const end = chunk.lastIndexOf(LINE_FEED) + 1;
      if (end > 0) {
        this.push(Buffer.concat([...held, chunk.subarray(0, end)]));
        held = [];
      }
      if (end < chunk.length) held.push(chunk.subarray(end));
      done();
    },
  });
}
