import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { QUESTIONS } from '#src/engine/probe/questions.js';

/** The documentation of the API. */
const TEXT = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');

/** The questions that a part of the page names. */
function named(text: string): string[] {
  return [...text.matchAll(/\(probe:\s([^)]+)\)/g)].flatMap(([, ids = '']) =>
    [...ids.matchAll(/`([^`]+)`/g)].map(([, id = '']) => id),
  );
}

describe('the open points of docs/api.md', () => {
  it('name each question of the probe once, and no other', () => {
    expect(named(TEXT).toSorted()).to.deep.equal(QUESTIONS.map(({ id }) => id).toSorted());
  });

  it('each have a question', () => {
    const open = TEXT.split(/^#+ /m).filter((part) => part.startsWith('Open: '));
    expect(open).to.have.length(3);
    for (const part of open) {
      const points = part.includes('\n- ') ? part.split(/\n(?=- )/).slice(1) : [part];
      for (const point of points) expect(named(point), point).to.not.deep.equal([]);
    }
  });
});
