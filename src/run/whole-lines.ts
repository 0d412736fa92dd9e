/** Passes on complete lines only. */
import { Transform } from 'node:stream';
import { LineBuffer } from '../system/line-buffer.js';

/**
 * Creates a stream that holds back an incomplete line until its end arrives, and drops it at the
 * end of the stream. Half a line of a tap that was killed would make the target fail, and lose what
 * it had not committed yet.
 *
 * @param onLines called with the lines that are passed on, one or more at a time
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
