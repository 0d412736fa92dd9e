/** Names in messages: one of several, and suggestions for misspelled ones. */

/** `a, b or c`. The formatter is made when it is wanted: it takes some 20 ms, which each start would pay. */
export function oneOf(names: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(names);
}

/** How a message ends that names something unknown: ` (did you mean a or b?)` with the nearest of `names`, or nothing. */
export function didYouMean(name: string, names: readonly string[]): string {
  const wanted = pairs(name);
  const found = names
    .map((candidate) => ({ candidate, likeness: likeness(wanted, pairs(candidate)) }))
    .filter(({ likeness }) => likeness >= 0.5)
    .toSorted((a, b) => b.likeness - a.likeness)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
  return found.length === 0 ? '' : ` (did you mean ${oneOf(found)}?)`;
}

/** The pairs of neighbouring letters in a name, whatever its case and what stands between its words. */
function pairs(name: string): Set<string> {
  const letters = name
    .slice(0, 64)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
  return new Set(
    Array.from({ length: Math.max(0, letters.length - 1) }, (_, at) => letters.slice(at, at + 2)),
  );
}

/** 1 for the same pairs, 0 for none in common (Dice's coefficient). */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((pair) => b.has(pair)).length;
  return common === 0 ? 0 : (2 * common) / (a.size + b.size);
}
