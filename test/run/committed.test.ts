import { expect } from 'chai';
import { Readable } from 'node:stream';
import { readCommitted } from '#src/run/committed.js';

async function told(
  chunks: readonly string[],
  longest?: number,
): Promise<{ states: unknown[]; others: string[] }> {
  const states: unknown[] = [];
  const others: string[] = [];
  const handlers = {
    onState: (state: unknown) => states.push(state),
    onOther: (what: string) => others.push(what),
    onTooLong: () => others.push('too long'),
  };
  await readCommitted(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), handlers, longest);
  return { states, others };
}

const state = (at: unknown): { bookmarks: { jobs: { at: unknown } } } => ({
  bookmarks: { jobs: { at } },
});
const line = (at: unknown): string => `${JSON.stringify(state(at))}\n`;

describe('what a target has committed', () => {
  it('is the bare value, or a STATE message', async () => {
    const message = `${JSON.stringify({ type: 'STATE', value: state(2) })}\r\n`;
    expect(await told([line(1), message])).to.deep.equal({
      states: [state(1), state(2)],
      others: [],
    });
  });

  it('is the last state that arrives at once, in chunks of any size', async () => {
    expect((await told([line(1) + line(2), line(3)])).states).to.deep.equal([state(2), state(3)]);
    const [...letters] = line('a\u2028b');
    expect((await told(letters)).states).to.deep.equal([state('a\u2028b')]);
  });

  it('counts even without a line end at the end of the output', async () => {
    expect((await told([line(1), line(2).trim()])).states).to.deep.equal([state(1), state(2)]);
    expect(await told([line(1), line(2).slice(0, -5)])).to.deep.equal({
      states: [state(1)],
      others: ['text'],
    });
  });

  it('is distinguished from other lines', async () => {
    const json = 'JSON without bookmarks';
    const lines = [
      'Loading …',
      '',
      'null',
      '[]',
      '{"rows": 3}',
      '{"bookmarks": 1}',
      '{"type": "STATE"}',
      '{"cut',
    ];
    expect(await told([`${lines.join('\n')}\n${line(1)}`])).to.deep.equal({
      states: [state(1)],
      others: ['text', json, json, json, json, json, 'text'],
    });
    expect(await told([])).to.deep.equal({ states: [], others: [] });
  });

  it('may be split within a character', async () => {
    const bytes = Buffer.from(line('a€'));
    const states: unknown[] = [];
    const others: string[] = [];
    const onState = (one: unknown): unknown => states.push(one);
    const onOther = (what: string): unknown => others.push(what);
    await readCommitted(Readable.from([...bytes].map((byte) => Buffer.of(byte))), {
      onState,
      onOther,
      onTooLong: () => onOther('long'),
    });
    expect([states, others]).to.deep.equal([[state('a€')], []]);
  });

  it('drops a line that is too long, and continues after it', async () => {
    const long = 'x'.repeat(30);
    expect(
      await told([line(1), long, long, long, `${long}\n${line(2)}`, line(3)], 50),
    ).to.deep.equal({
      states: [state(1), state(2), state(3)],
      others: ['too long'],
    });
    expect(await told([long, long, long], 50)).to.deep.equal({ states: [], others: ['too long'] });
    expect(await told([long, `${long}\n`], 59)).to.deep.equal({ states: [], others: ['text'] });
  });

  it('reads a line of 40 MB in time', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const others: string[] = [];
    const handlers = {
      onState: () => expect.fail('a state'),
      onOther: (what: string) => others.push(what),
      onTooLong: () => expect.fail('too long'),
    };
    const before = process.cpuUsage();
    await readCommitted(Readable.from(Array.from({ length: 640 }, () => chunk)), handlers);
    const { user, system } = process.cpuUsage(before);
    expect(others).to.deep.equal(['text']);
    // A quadratic algorithm takes 19 s.
    expect((user + system) / 1e6).to.be.lessThan(3);
  });
});
