import type { Warning } from '#src/codes.js';

/** A result with the messages of its warnings in place of the warnings. */
export function withMessages<T extends { readonly warnings: readonly Warning[] }>(
  result: T,
): Omit<T, 'warnings'> & { readonly warnings: readonly string[] } {
  return { ...result, warnings: result.warnings.map(({ message }) => message) };
}
