import type { WriteStream } from 'node:tty';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { startProgress } from '#src/terminal/progress.js';
import { newReport } from '#src/reports/report.js';

/** A terminal that records its output. */
function terminal(): { stream: WriteStream; text: () => string } {
  let text = '';
  const through = new PassThrough()
    .setEncoding('utf8')
    .on('data', (part: string) => (text += part));
  const nothing = (): true => true;
  const stream = Object.assign(through, {
    isTTY: true,
    columns: 80,
    rows: 24,
    clearLine: nothing,
    cursorTo: nothing,
    moveCursor: nothing,
    getColorDepth: () => 1,
    hasColors: () => false,
  });
  return { stream: stream as unknown as WriteStream, text: () => text };
}

describe('progress', () => {
  it('shows stream, rows, pages and the calls left, and lets log lines through', () => {
    const { stream, text } = terminal();
    const progress = startProgress(stream);
    try {
      progress.show({ ...newReport('jobs', {}), rows: 1200, pages: 12 }, 888);
      progress.write('INFO a line\n');
      expect(text()).to.include('waiting for the API').and.to.include('INFO a line\n');
      expect(text()).to.include('jobs: 1200 rows, 12 pages; 888 calls left this hour');
    } finally {
      progress.stop();
    }
  });
});
