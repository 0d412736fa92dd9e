import { expect } from 'chai';
import { Readable } from 'node:stream';
import { readCommitted } from '../../src/run/committed.js';

async function told(chunks: readonly string[]): Promise<{ states: unknown[]; others: string[] }> {
  const states: unknown[] = [];
  const others: string[] = [];
  await readCommitted(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), {
    onState: (state) => states.push(state),
    onOther: (what) => others.push(what),
  });
  return { states, others };
}

const state = (at: unknown): { bookmarks: { jobs: { at: unknown } } } => ({ bookmarks: { jobs: { at } } });
const line = (at: unknown): string => `${JSON.stringify(state(at))}\n`;

describe('what a target has committed', () => {
  it('is the bare value, or a STATE message', async () => {
    const message = `${JSON.stringify({ type: 'STATE', value: state(2) })}\r\n`;
    expect(await told([line(1), message])).to.deep.equal({ states: [state(1), state(2)], others: [] });
  });

  it('is the last of what comes at once, in whatever pieces', async () => {
    expect((await told([line(1) + line(2), line(3)])).states).to.deep.equal([state(2), state(3)]);
    const [...letters] = line('a\u2028b');
    expect((await told(letters)).states).to.deep.equal([state('a\u2028b')]);
  });

  it('counts without a line end too, where the output ends with it', async () => {
    expect((await told([line(1), line(2).trim()])).states).to.deep.equal([state(1), state(2)]);
    expect(await told([line(1), line(2).slice(0, -5)])).to.deep.equal({ states: [state(1)], others: ['text'] });
  });

  it('is told apart from other lines', async () => {
    const json = 'JSON without bookmarks';
    const lines = ['Loading …', '', 'null', '[]', '{"rows": 3}', '{"bookmarks": 1}', '{"type": "STATE"}', '{"cut'];
    expect(await told([`${lines.join('\n')}\n${line(1)}`])).to.deep.equal({
      states: [state(1)],
      others: ['text', json, json, json, json, json, 'text'],
    });
    expect(await told([])).to.deep.equal({ states: [], others: [] });
  });
});
