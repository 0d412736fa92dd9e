/** Lists of names in messages, and suggestions for misspelled names. */

/**
 * Joins names with "or": `a, b, or c`.
 *
 * The formatter is created on demand: it takes some 20 ms, which would be added to every start.
 */
export function oneOf(names: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(names);
}

/**
 * Suggests names for one that is unknown.
 *
 * @returns the end of a message, ` (did you mean a or b?)` with up to three of `names`; empty text
 *   if no name is similar
 */
export function didYouMean(name: string, names: readonly string[]): string {
  const ofName = letterPairs(name);
  const similar = names
    .map((candidate) => ({ candidate, likeness: likeness(ofName, letterPairs(candidate)) }))
    .filter(({ likeness }) => likeness >= 0.5)
    .toSorted((a, b) => b.likeness - a.likeness)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
  return similar.length === 0 ? '' : ` (did you mean ${oneOf(similar)}?)`;
}

/** The pairs of adjacent letters and digits in a name, without regard to case and separators. */
function letterPairs(name: string): Set<string> {
  const letters = name
    .slice(0, 64)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
  return new Set(
    Array.from({ length: Math.max(0, letters.length - 1) }, (_, at) => letters.slice(at, at + 2)),
  );
}

/** Dice's coefficient: 1 for equal sets, 0 for sets without a common pair. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((pair) => b.has(pair)).length;
  return common === 0 ? 0 : (2 * common) / (a.size + b.size);
}
