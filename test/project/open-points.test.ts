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

/** The page without its beginning, which explains the marks. */
const BODY = TEXT.slice(TEXT.indexOf('\n## '));

/** What the page calls open: a cell of a table's last column, or a bullet below such a heading. */
function openPoints(): string[] {
  const cells = [...BODY.matchAll(/^\|(?:[^|]*\|){2}([^|]*)\|$/gm)]
    .map(([, cell = '']) => cell.trim())
    .filter((cell) => cell !== '' && cell !== 'open' && !/^-+$/.test(cell));
  const requests = cells.slice(0, cells.indexOf('anything else'));
  const parts = BODY.split(/^#+ /m).filter((part) => part.startsWith('Open: '));
  const bullets = parts.flatMap((part) => {
    const points = part.split(/\n(?=- |\n)/).filter((point) => point.startsWith('- '));
    return points.length > 0 ? points : [part];
  });
  return [...requests.flatMap((cell) => cell.split(';')), ...bullets];
}

/** Sentences elsewhere that leave something open. */
function doubts(): string[] {
  return BODY.split(/\n\n|\n(?=- )|\. /).filter((sentence) =>
    /\b(?:probably|possibly|may be|might)\b/.test(sentence),
  );
}

describe('the open points of docs/api.md', () => {
  it('name each question of the probe once, and no other', () => {
    expect(named(BODY).toSorted()).to.deep.equal(QUESTIONS.map(({ id }) => id).toSorted());
  });

  it('each have a question, or a reason to have none', () => {
    const points = openPoints();
    expect(points).to.have.length.of.at.least(9);
    for (const point of [...points, ...doubts()]) expect(point).to.match(/\((?:probe|no probe):\s/);
  });
});
