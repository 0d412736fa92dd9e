/** Allocates records. */

/** From this number of fields on, V8 copies an object five times slower (`bench/results.md`). */
const MANY_FIELDS = 128;

/**
 * Creates the function that allocates records. Copying an object that has all columns is fastest in
 * V8; with many columns, an object without a prototype is. Both support a column `__proto__`.
 */
export function createRecordMaker(names: readonly string[]): () => Record<string, unknown> {
  if (names.length >= MANY_FIELDS) return () => Object.create(null);
  // Parsed, since V8 gives an object that is built field by field a slow representation.
  const empty: Record<string, unknown> = JSON.parse(
    `{${names.map((name) => `${JSON.stringify(name)}:null`).join(',')}}`,
  );
  return () => ({ ...empty });
}
