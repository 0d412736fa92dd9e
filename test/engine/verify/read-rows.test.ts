/** Bad lines are named by their number, wherever the pieces of the input end. */
import { Readable } from 'node:stream';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { readRows } from '#src/engine/verify/read-rows.js';
import { ConfigError, StopError } from '#src/errors.js';

/** Reads a text that arrives in pieces of this many bytes. */
async function read(
  input: string | Buffer,
  take: (row: unknown) => string | null = () => null,
  size = 65_536,
): Promise<{ rows: unknown[]; error: string | null; hash: string | null }> {
  const bytes = Buffer.from(input);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  const rows: unknown[] = [];
  const taken = (row: unknown): string | null => {
    const reason = take(row);
    if (reason === null) rows.push(row);
    return reason;
  };
  try {
    const { hash } = await readRows(Readable.from(pieces), taken, new AbortController().signal);
    return { rows, error: null, hash };
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return { rows, error: (error as Error).message, hash: null };
  }
}

describe('the rows on stdin', () => {
  const cases: readonly (readonly [name: string, text: string | Buffer, error: string])[] = [
    ['text', '{"a":1}\nsecret words\n', 'line 2: not valid JSON'],
    ['a row that is cut off', '{"a":1}\n{"a":', 'line 2: not valid JSON'],
    ['null in the middle', '{"a":1}\nnull\n{"a":2}\n', 'line 2: null instead of an object'],
    ['null at the end', '{"a":1}\n\nnull', 'line 3: null instead of an object'],
    ['null alone', 'null\n', 'line 1: null instead of an object'],
    ['two values on a line', '{"a":1}{"a":2}\n', 'line 1: not valid JSON'],
    ['blanks', '{"a":1}\n  \n', 'line 2: not valid JSON'],
    ['after empty lines', '\n\n{"a":1}\n\r\n\n]\n', 'line 6: not valid JSON'],
    ['a JSON array over lines', '[\n{"a":1}\n]\n', 'line 1: not valid JSON'],
    ['NaN', '{"a":NaN}\n', 'line 1: not valid JSON'],
  ];
  for (const [name, text, message] of cases) {
    it(`are refused with the line: ${name}`, async () => {
      for (const size of [1, 2, 7, 65_536]) {
        const { error } = await read(text, () => null, size);
        expect(error, `pieces of ${size}`).to.equal(`stdin, ${message}`);
      }
    });
  }

  it('are refused if they are not UTF-8', async () => {
    const latin = await read(Buffer.from('{"a":"é"}\n', 'latin1'));
    expect(latin.error).to.match(/^stdin, line 1: .* not UTF-8/);
    const utf16 = await read(Buffer.from('\uFEFF{"a":1}\n', 'utf16le'));
    expect(utf16.error).to.match(/^stdin, line 1: .* not UTF-8/);
    const cut = await read(Buffer.from('{"a":"é"}\n').subarray(0, 7));
    expect(cut.error).to.match(/^stdin, line 1: /);
  });

  it('are refused if a line is longer than 16 MB', async () => {
    const text = `{"a":1}\n{"a":"${'x'.repeat(17 * 1024 * 1024)}"}\n`;
    // Large pieces, since split2 searches all that it has of a line again with each piece.
    const { error } = await read(text, () => null, 1024 * 1024);
    expect(error).to.equal('stdin, line 2: longer than 16 MB');
  });

  it('are refused by the reason of whoever takes them', async () => {
    const take = (row: unknown): string | null =>
      JSON.stringify(row) === '{"a":2}' ? 'no key' : null;
    for (const size of [1, 65_536]) {
      const { rows, error } = await read('{"a":1}\n\n{"a":2}\n{"a":3}\nbad\n', take, size);
      expect(error).to.equal('stdin, line 3: no key');
      expect(rows).to.deep.equal([{ a: 1 }]);
    }
  });

  it('may begin with a byte order mark, and lack the last line break', async () => {
    const { rows } = await read('\uFEFF{"a":1}\r\n{"a":2}');
    expect(rows).to.deep.equal([{ a: 1 }, { a: 2 }]);
  });

  it('may be none', async () => {
    for (const text of ['', '\n', '\r\n\n']) {
      const { rows, error } = await read(text);
      expect({ rows, error }).to.deep.equal({ rows: [], error: null });
    }
  });

  it('arrive whole and in order, and a bad line has its number', async () => {
    const line = fc.oneof(
      fc
        .record({ a: fc.string({ unit: 'binary', maxLength: 20 }) })
        .map((row) => JSON.stringify(row)),
      fc.constantFrom('', '\r'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 60 }),
        fc.integer({ min: 1, max: 50 }),
        fc.option(fc.constantFrom('x', 'null', '{')),
        async (lines, size, bad) => {
          const text = [...lines, ...(bad === null ? [] : [bad, '', '{}'])].join('\n');
          const { rows, error, hash } = await read(text, () => null, size);
          if (bad === null) {
            const filled = lines.filter((one) => one.trim() !== '');
            expect(rows).to.deep.equal(filled.map((one): unknown => JSON.parse(one)));
            expect(hash).to.equal((await read(text)).hash);
          } else {
            const why = bad === 'null' ? 'null instead of an object' : 'not valid JSON';
            expect(error).to.equal(`stdin, line ${lines.length + 1}: ${why}`);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are not waited for after a signal', async () => {
    const controller = new AbortController();
    const endless = new Readable({ read: () => undefined });
    const reading = readRows(endless, () => null, controller.signal);
    const stop = new StopError('stopped by SIGTERM', 'SIGTERM');
    endless.push('{"a":1}\n');
    setImmediate(() => controller.abort(stop));
    const error = await reading.catch((thrown: unknown) => thrown);
    expect(error).to.equal(stop);
  });

  it('that cannot be read are an error', async () => {
    const broken = new Readable({
      read() {
        this.destroy(Object.assign(new Error('EIO: secret'), { code: 'EIO' }));
      },
    });
    const reading = readRows(broken, () => null, new AbortController().signal);
    const error = await reading.catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(ConfigError);
    expect((error as Error).message).to.equal('stdin cannot be read (EIO)');
  });
});
