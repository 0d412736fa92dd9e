/** Masks the cells of a row, once they are sorted into columns: then the row is not copied. */
import type { Cells } from './cells.js';
import { isPlain, type Mask } from './mask-walk.js';

/**
 * Compiles what masks the cells of the current row.
 *
 * @param masks what masks the value of each slot
 */
export function compileMaskCells(masks: readonly Mask[]): (cells: Cells) => void {
  return (cells) => {
    const { raw, duplicates } = cells;
    for (let slot = 0; slot < masks.length; slot += 1) {
      const value = raw[slot];
      if (value === undefined) continue;
      raw[slot] = maskCell(masks[slot], value);
    }
    for (const [at, { slot, value }] of duplicates.entries())
      duplicates[at] = { slot, value: maskCell(masks[slot], value) };
  };
}

function maskCell(mask: Mask | undefined, value: unknown): unknown {
  if (mask === undefined || (mask.looksInside === true && isPlain(value))) return value;
  // An absent cell is undefined.
  return mask(value, 0) ?? undefined;
}
