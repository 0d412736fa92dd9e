import { Writable } from 'node:stream';
import { expect } from 'chai';
import { OutputError } from '#src/errors.js';
import { recordLines, schemaLine, stateLine } from '#src/singer/messages.js';
import { Writer } from '#src/singer/writer.js';
import { Sink } from '../support/messages.js';

/** A reader that takes a chunk only when told to. */
class Slow extends Writable {
  readonly taken: string[] = [];
  #done: (() => void) | null = null;

  constructor() {
    super({ highWaterMark: 8 });
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.taken.push(chunk.toString());
    this.#done = done;
  }

  take(): void {
    const done = this.#done;
    this.#done = null;
    done?.();
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A stdout that cannot be written. */
function broken(code: string): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
  });
}

/** What a promise was rejected with, or null. */
async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

describe('messages', () => {
  it('are lines of JSON', () => {
    expect(
      schemaLine('jobs', { type: 'object', properties: { id: { type: 'integer' } } }, ['id']),
    ).to.equal(
      '{"type":"SCHEMA","stream":"jobs","schema":{"type":"object","properties":{"id":{"type":"integer"}}},"key_properties":["id"]}\n',
    );
    expect(stateLine({ bookmarks: { jobs: { refresh_token: 'a\nb' } } })).to.equal(
      String.raw`{"type":"STATE","value":{"bookmarks":{"jobs":{"refresh_token":"a\nb"}}}}` + '\n',
    );
    expect(recordLines('my "jobs"', Date.UTC(2025, 0, 6))({ id: 1, notes: '\u2028' })).to.equal(
      '{"type":"RECORD","stream":"my \\"jobs\\"","record":{"id":1,"notes":"\u2028"},"time_extracted":"2025-01-06T00:00:00.000Z"}\n',
    );
  });
});

describe('Writer', () => {
  it('cuts a line that is longer than a piece, and loses nothing of it', async () => {
    const sink = new Sink();
    const line = `${'ä'.repeat(100_000)}!\n`;
    await new Writer(sink).writeLines(['first\n', line, 'last\n']);
    expect(sink.text).to.equal(`first\n${line}last\n`);
  });

  it('waits until all that was written is taken, not only the first of it', async () => {
    const done: (() => void)[] = [];
    const slow = new Writable({ write: (_chunk, _encoding, taken) => void done.push(taken) });
    const writer = new Writer(slow);
    await writer.write('a'.repeat(5000));
    let isOver = false;
    const waiting = writer.write('b'.repeat(5000)).then(() => (isOver = true));
    done.shift()?.();
    await settled();
    expect(isOver).to.equal(false);
    done.shift()?.();
    await waiting;
  });

  it('hands over what it is given, in order', async () => {
    const sink = new Sink();
    const writer = new Writer(sink);
    await writer.write('a\n');
    await writer.write('b\n');
    await writer.end();
    expect(sink.text).to.equal('a\nb\n');
  });

  it('waits where the reader is slow, and goes on when it has caught up', async () => {
    const slow = new Slow();
    const writer = new Writer(slow);
    let written = false;
    const writing = writer.write('a long line\n').then(() => (written = true));
    await settled();
    expect(written).to.equal(false);
    slow.take();
    await writing;
    expect(slow.taken).to.deep.equal(['a long line\n']);
  });

  it('does not wait where there is room', async () => {
    const slow = new Slow();
    await new Writer(slow).write('a\n');
    expect(slow.taken).to.deep.equal(['a\n']);
  });

  it('ends when all is handed over, not before', async () => {
    const slow = new Slow();
    const writer = new Writer(slow);
    await writer.write('a\n');
    let ended = false;
    const ending = writer.end().then(() => (ended = true));
    await settled();
    expect(ended).to.equal(false);
    slow.take();
    await settled();
    slow.take();
    await ending;
  });

  for (const code of ['EPIPE', 'ERR_STREAM_DESTROYED']) {
    it(`${code}: its reader went away`, async () => {
      const writer = new Writer(broken(code));
      // The error may come with this line or the next.
      const error = (await errorOf(writer.write('a\n'))) ?? (await errorOf(writer.end()));
      expect(error).to.be.instanceOf(OutputError).and.include({
        closed: true,
        message: 'stdout could not be written: its reader went away',
      });
      expect(await errorOf(writer.write('b\n'))).to.equal(error);
      expect(await errorOf(writer.end())).to.equal(error);
    });
  }

  it('ENOSPC: the disk is full', async () => {
    const writer = new Writer(broken('ENOSPC'));
    const error = (await errorOf(writer.write('a\n'))) ?? (await errorOf(writer.end()));
    expect(error).to.be.instanceOf(OutputError).and.include({
      closed: false,
      message: 'stdout could not be written: the disk behind it is full (ENOSPC)',
    });
  });

  it('an error without a code is told by its message', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('odd')) });
    const writer = new Writer(stream);
    const error = (await errorOf(writer.write('a\n'))) ?? (await errorOf(writer.end()));
    expect(error).to.include({ message: 'stdout could not be written: odd' });
  });

  it('an error ends the wait for a slow reader', async () => {
    const slow = new Slow();
    const writing = errorOf(new Writer(slow).write('a long line\n'));
    await settled();
    slow.destroy(Object.assign(new Error('EPIPE'), { code: 'EPIPE' }));
    expect(await writing)
      .to.be.instanceOf(OutputError)
      .and.include({ closed: true });
  });

  it('an error ends the wait for the end', async () => {
    const slow = new Slow();
    const writer = new Writer(slow);
    await writer.write('a\n');
    const ending = errorOf(writer.end());
    slow.destroy(Object.assign(new Error('EIO'), { code: 'EIO' }));
    expect(await ending).to.include({ message: 'stdout could not be written: EIO' });
  });

  it('a stream that is closed without an error is noticed too', async () => {
    const slow = new Slow();
    const writer = new Writer(slow);
    const writing = errorOf(writer.write('a long line\n'));
    slow.destroy();
    expect(await writing)
      .to.be.instanceOf(OutputError)
      .and.include({ closed: true });
    expect(await errorOf(writer.write('b\n'))).to.be.instanceOf(OutputError);
  });
});
